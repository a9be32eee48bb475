/** The app as `func start` runs it: local.settings.json, Azurite, and nothing else; the other parts come later. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableServiceClient } from '@azure/data-tables';
import { QueueClient } from '@azure/storage-queue';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectionString } from '../../../local/azurite/connection.ts';
import { endChild } from '../../../local/child.ts';
import { DEFAULT_AUDIENCE } from '../../../local/idp/claims.ts';
import { ACCESS_KEY } from '../../../local/mail/start.ts';
import { freePorts } from '../../../local/ports.ts';
import { startAzurite } from '../../support/azurite.ts';
import { call } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { ROOT } from '../../support/launch.ts';
import { aVault, deletionOf, done, doorOf, inTrash } from '../support/door.ts';

const SETTINGS: { readonly Values: Readonly<Record<string, string>>; readonly Host: object } = JSON.parse(
  readFileSync(join(ROOT, 'local.settings.json'), 'utf8'),
);

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

const started = async (entry: string, args: readonly string[], env: NodeJS.ProcessEnv, cwd: string) => {
  const child = fork(entry, args, { cwd, env, execArgv: [], silent: true });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text: Buffer) => (said += text.toString()));
  ends.push(() => endChild(child, () => child.kill('SIGTERM'), 60_000));
  return { child, said: () => said };
};

interface Told {
  readonly notifications?: readonly { readonly status: string; readonly attempts: number }[];
}

let folder: string;
let ports: Readonly<Record<'mail' | 'idp', number>>;
let host: Awaited<ReturnType<typeof started>>;
let api: string;

beforeAll(async () => {
  const azurite = await startAzurite();
  const [mail = 0, idp = 0] = await freePorts(2);
  ports = { mail, idp };
  folder = mkdtempSync(join(tmpdir(), 'reprieve-func-'));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['host.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, 'dist'), join(folder, 'dist'));
  // the same settings, on ports that are free
  const values = JSON.stringify(SETTINGS)
    .replaceAll('UseDevelopmentStorage=true', azurite.connectionString)
    .replaceAll('127.0.0.1:7072', `127.0.0.1:${mail}`)
    .replaceAll('127.0.0.1:7073', `127.0.0.1:${idp}`);
  writeFileSync(join(folder, 'local.settings.json'), values);
  const env = { PATH: process.env['PATH'], 'AzureWebJobs.sweep.Disabled': 'true' };
  host = await started(join(ROOT, 'local', 'host', 'main.ts'), ['--root', folder, '--port', '0'], env, folder);
  const [message] = await Promise.race([once(host.child, 'message'), once(host.child, 'exit').then(() => [undefined])]);
  if (!message) throw new Error(`The host did not start:\n${host.said()}`);
  api = message.origin;
});

test('local.settings.json names the usual ports of the parts, and what they are reached with', () => {
  const usual = { blob: 10_000, queue: 10_001, table: 10_002 };
  const full = connectionString(usual);
  for (const name of ['AzureWebJobsStorage', 'DATA_STORAGE'])
    expect(new QueueClient(SETTINGS.Values[name] ?? '', 'q').url).toBe(new QueueClient(full, 'q').url);
  const tables = (text: string) => TableServiceClient.fromConnectionString(text, { allowInsecureConnection: true }).url;
  expect(tables(SETTINGS.Values['DATA_STORAGE'] ?? '')).toBe(tables(full));
  expect(SETTINGS).toMatchObject({
    Values: {
      FUNCTIONS_WORKER_RUNTIME: 'node',
      IDENTITY_ISSUER: 'http://127.0.0.1:7073',
      IDENTITY_JWKS: 'http://127.0.0.1:7073/jwks',
      IDENTITY_AUDIENCE: DEFAULT_AUDIENCE,
      MAIL_CONNECTION_STRING: `endpoint=http://127.0.0.1:7072/;accesskey=${ACCESS_KEY}`,
    },
    Host: { LocalHttpPort: 7071 },
  });
});

test('with nothing else running it works; mails wait, and readiness names what is missing; npm run parts ends the wait', async () => {
  const door = doorOf(api);
  const vault = await aVault(door, { settings: { alerts: { recipients: ['ops@example.com'] } } });
  await inTrash(door, vault, 'vm');
  const alert = `vaults/${vault}/alerts/${await deletionOf(door, vault, 'vm')}`;
  await eventually(
    () => host.said().includes('Mails wait, because no mail service answers.'),
    () => `a line about the mail in\n${host.said()}`,
  );
  const mail = async () => (await call<Told>(api, 'GET', `/api/${alert}`)).body.notifications?.[0];
  await eventually(
    async () => (await mail())?.status === 'Queued',
    async () => `the mail to wait: ${JSON.stringify(await mail())}`,
  );
  expect(await mail()).toMatchObject({ status: 'Queued', attempts: 0 });
  expect((await done(door('GET', 'deadletters'))).value).toEqual([]);
  const missing = async () =>
    (
      await call<{ checks: { name: string; status: string; detail: string }[] }>(api, 'GET', '/api/health/ready')
    ).body.checks
      .filter(({ detail }) => detail.includes('npm run parts'))
      .map(({ name, status }) => `${name} ${status}`);
  expect(await missing()).toEqual(['mail warn', 'identity warn']);
  expect((await call(api, 'GET', '/api/health/ready')).status).toBe(200);

  const args = ['--mail-port', String(ports.mail), '--idp-port', String(ports.idp), '--storage-port', '0', '--json'];
  const parts = await started(join(ROOT, 'local', 'start-parts.ts'), [...args, '--data', folder], process.env, folder);
  await eventually(
    () => parts.said().includes('"ready":true'),
    () => `the parts to be ready:\n${parts.said()}`,
  );
  // readiness is worked out every five seconds at most
  await eventually(
    async () => (await missing()).length === 0,
    async () => `nothing to be missing: ${await missing()}`,
  );
  // the time at which a waiting mail is due comes by moving the clock
  await done(door('PUT', 'local/clock', { body: { offset: 'PT10M' } }));
  await done(door('POST', 'sweeps', { body: {} }));
  await eventually(
    async () => (await mail())?.status === 'Sent',
    async () => `the mail to go out: ${JSON.stringify(await mail())}`,
  );
  expect(await mail()).toMatchObject({ attempts: 1 });

  // whoever asks for the parts once more is told that they run
  const again = await started(join(ROOT, 'local', 'start-parts.ts'), [...args, '--data', folder], process.env, folder);
  await eventually(
    () => again.said().includes('"ready":true'),
    () => `the parts to be ready:\n${again.said()}`,
  );
  expect(again.said()).toContain('The mail stand-in runs already.');
  expect(again.said()).toContain('The identity provider runs already.');
});
