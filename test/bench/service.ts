/** A local run of the service whose log goes to a file: nobody who takes part in the measurement has to read it. */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { endChild, hasExited } from '../../local/child.ts';
import { until } from '../../local/until.ts';
import { ROOT } from '../support/launch.ts';
import type { Identity } from './app.ts';

const LOG = join(ROOT, '.reprieve', 'bench', 'service.log');
const START_MS = 60_000;
const STOP_MS = 60_000;

/**
 * In Azure mails are told beside requests, by instances of their own; here they would take the cores from them. The version before tells all
 * of them by one function, this one by two.
 */
const RESTING = { 'AzureWebJobs.notify.Disabled': 'true', 'AzureWebJobs.notifyUrgent.Disabled': 'true' };

export interface Service {
  readonly api: string;
  readonly storage: string;
  readonly token: string;
  readonly identity: Identity;
  stop(): Promise<unknown>;
}

/** By a variable: a version of before knows no such option. */
const ALONE = { REPRIEVE_NO_EXECUTOR: '1' };

/** `root`: a checkout of another version. */
export async function startService(root = ROOT): Promise<Service> {
  mkdirSync(dirname(LOG), { recursive: true });
  const log = openSync(LOG, 'w');
  const child = spawn(
    process.execPath,
    [join(root, 'local', 'start.ts'), '--ephemeral', '--json', '--no-timer'],
    // with the channel it ends when we do, whichever way
    { cwd: root, env: { ...process.env, ...RESTING, ...ALONE }, stdio: ['ignore', 'pipe', log, 'ipc'] },
  );
  closeSync(log);
  let ready = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    ready += text;
  });
  const stop = () => endChild(child, () => child.kill('SIGTERM'), STOP_MS);
  await until(() => ready.includes('\n') || hasExited(child), START_MS);
  if (!ready.includes('\n')) {
    await stop();
    throw new Error(`The service did not become ready; see ${LOG}.`);
  }
  const { api, idp, storage }: Readonly<Record<'api' | 'idp' | 'storage', string>> = JSON.parse(ready);
  const identity = {
    ...{ issuer: idp, audience: 'api://reprieve', jwks: `${idp}/jwks`, stepUpContext: 'c1' },
    ...{ tenants: [], clients: ['reprieve-local'], scope: 'access' },
  };
  return { api, storage, identity, token: await mint(idp), stop };
}

async function mint(idp: string): Promise<string> {
  const claims = { sub: 'bench', roles: ['Contributor'], mfa: true };
  const response = await fetch(`${idp}/token`, { method: 'POST', body: JSON.stringify(claims) });
  if (!response.ok) throw new Error(`No token: ${await response.text()}`);
  const { access_token }: { readonly access_token: string } = JSON.parse(await response.text());
  return access_token;
}
