/** The functions host over a storage account of the test's choice, where a whole local run would bring its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { endChild } from '../../local/child.ts';
import { DEFAULT_AUDIENCE } from '../../local/idp/claims.ts';
import { startIdp } from '../../local/idp/start.ts';
import { atEnd } from './atEnd.ts';
import { mint, ROOT, type Service } from './launch.ts';

export interface OwnHost extends Pick<Service, 'api' | 'storage' | 'token' | 'output'> {
  /** Also done when the tests of the file are done. */
  end(): Promise<unknown>;
}

/** Its timer sweeps only if the environment says so. `root`: where the app lies. */
export async function startHostOver(
  storage: string,
  env: Readonly<Record<string, string>> = {},
  root = ROOT,
): Promise<OwnHost> {
  const idp = await startIdp(0);
  atEnd(idp.stop);
  const child = fork(join(ROOT, 'local', 'host', 'main.ts'), ['--root', root, '--port', '0'], {
    cwd: root,
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      ...process.env,
      FUNCTIONS_WORKER_RUNTIME: 'node',
      AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
      IDENTITY_ISSUER: idp.origin,
      IDENTITY_AUDIENCE: DEFAULT_AUDIENCE,
      IDENTITY_JWKS: `${idp.origin}/jwks`,
      'AzureWebJobs.sweep.Disabled': 'true',
      PURGE_NOTICE: 'PT0S',
      // nobody's: a local run beside the tests would get their mails, for local.settings.json names its usual port
      MAIL_CONNECTION_STRING: 'endpoint=http://127.0.0.1:9/;accesskey=bm9ib2R5',
      AzureWebJobsStorage: storage,
      DATA_STORAGE: storage,
      ...env,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const end = () => endChild(child, () => child.kill('SIGTERM'), 30_000);
  atEnd(end);
  const died = once(child, 'exit').then((): never => {
    throw new Error(`The functions host did not start:\n${output}`);
  });
  died.catch(() => {});
  const [{ origin }] = (await Promise.race([once(child, 'message'), died])) as [{ readonly origin: string }];
  return { api: origin, storage, end, output: () => output, token: (claims) => mint(idp.origin, claims) };
}
