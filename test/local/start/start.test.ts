import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitOf } from '../../../local/child.ts';
import { portOf } from '../../../local/ports.ts';
import { call } from '../../support/call.ts';
import { eventually } from '../../support/eventually.ts';
import { launch, type Service } from '../../support/launch.ts';
import { allEnd, childrenOf } from '../../support/processes.ts';
import { startService as startReal, type Wish } from '../../support/service.ts';

const entry = join(import.meta.dirname, 'fixture', 'start.ts');
const base = mkdtempSync(join(tmpdir(), 'reprieve-start-'));
afterAll(() => rmSync(base, { recursive: true }));

const startService = (wish: Wish = {}) => startReal({ entry, ...wish });
const settings = async (api: string) => (await call<Record<string, string>>(api, 'GET', '/settings')).body;

const rows = (storage: string) => TableClient.fromConnectionString(storage, 'rows', { allowInsecureConnection: true });

const readyLineOf = (output: string): string => output.split('\n').find((line) => line.startsWith('{"ready"')) ?? '';

/** A process that is expected to end by itself: how, and what it said. */
async function ending(wish: Wish) {
  const { child, output } = launch({ entry, ...wish });
  const exit = await exitOf(child);
  await eventually(
    () => child.stdio.every((stream) => stream?.destroyed !== false || stream === null),
    () => 'the end of its output',
  );
  return { ...exit, said: output().trim() };
}

describe('two runs side by side', () => {
  let one: Service;
  let two: Service;

  beforeAll(async () => {
    const timed = { timer: true, args: ['--schedule', '0 0 3 * * *'] };
    [one, two] = await Promise.all([startService(), startService(timed)]);
  });

  test('each knows its own storage and callers', async () => {
    expect(new Set([one, two].flatMap(({ api, idp, mail, storage }) => [api, idp, mail, storage])).size).toBe(8);
    for (const { api, idp, mail, storage } of [one, two]) {
      expect(await settings(api)).toMatchObject({
        AzureWebJobsStorage: storage,
        DATA_STORAGE: storage,
        IDENTITY_ISSUER: idp,
        IDENTITY_AUDIENCE: 'api://reprieve',
        IDENTITY_JWKS: `${idp}/jwks`,
        MAIL_CONNECTION_STRING: expect.stringMatching(new RegExp(`^endpoint=${mail}/;accesskey=.+=*$`)),
        MAIL_SENDER: 'DoNotReply@reprieve.local',
        AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
        FUNCTIONS_WORKER_RUNTIME: 'node',
      });
    }
    await rows(one.storage).createTable();
    await expect(rows(two.storage).getEntity('p', 'r')).rejects.toMatchObject({ statusCode: 404 });
    expect(await one.token({ sub: 'ada', roles: ['Reader'] })).toMatch(/^ey/);
  });

  test('the schedule and the timer are the choice of who starts', async () => {
    expect(await settings(one.api)).toMatchObject({ 'AzureWebJobs.sweep.Disabled': 'true' });
    const told = await settings(two.api);
    expect(told).toMatchObject({ SWEEP_SCHEDULE: '0 0 3 * * *' });
    expect(told).not.toHaveProperty(['AzureWebJobs.sweep.Disabled']);
  });
});

test('with --json the ready line is the only thing on stdout', async () => {
  const { child, stdout, output } = launch({ entry });
  await eventually(
    () => stdout().includes('\n'),
    () => 'the ready line',
  );
  expect(JSON.parse(stdout())).toEqual({
    ready: true,
    api: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    portal: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/portal$/),
    mail: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    idp: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    storage: expect.stringMatching(/^DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;.*TableEndpoint=/),
    executor: null,
  });
  const { mail }: { mail: string } = JSON.parse(stdout());
  expect((await call(mail, 'GET', '/inbox')).body).toEqual({ value: [] });
  child.kill('SIGINT');
  expect(await exitOf(child)).toEqual({ code: 0, signal: null });
  expect(stdout().trim().split('\n')).toHaveLength(1);
  expect(output()).toContain('Functions:');
});

test('SIGTERM lets a request in work finish, and leaves no process', async () => {
  const service = await startService();
  const children = childrenOf(service.pid);
  expect(children).toHaveLength(2);
  const slow = call(service.api, 'GET', '/slow');
  await eventually(
    () => service.output().includes('slow request arrived'),
    () => 'the request to arrive',
  );
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect((await slow).body).toBe('finished');
  expect(await allEnd(children, 0)).toBe(true);
});

describe('the example executor beside it', () => {
  const withIt = (wish: Wish = {}) => startService({ executor: true, ...wish });

  test('is a process of its own, has its container, and ends with the rest', async () => {
    const service = await withIt();
    expect(JSON.parse(readyLineOf(service.output()))).toMatchObject({
      executor: { name: 'blobs', container: 'reprieve-demo' },
    });
    const container = BlobServiceClient.fromConnectionString(service.storage).getContainerClient('reprieve-demo');
    expect(await container.exists()).toBe(true);
    const children = childrenOf(service.pid);
    expect(children).toHaveLength(3);
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(await allEnd(children, 0)).toBe(true);
  });

  test.each([
    ['new', ['GET', 'PUT']],
    ['there', ['GET']],
  ])('is registered before the ready line, and left as it is where it is there: %s', async (is, expected) => {
    const service = await withIt({ env: { FIXTURE_EXECUTOR: is } });
    expect((await call(service.api, 'GET', '/asked')).body).toEqual(expected);
  });

  test('does not outlive a run that is killed', async () => {
    const service = await withIt();
    const children = childrenOf(service.pid);
    await service.kill9();
    expect(await allEnd(children)).toBe(true);
  });

  test('takes everything with it when it dies, in one sentence', async () => {
    const service = await withIt();
    const others = childrenOf(service.pid);
    const isExecutor = (pid: number) =>
      execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).includes('blob-executor');
    for (const pid of others.filter(isExecutor)) process.kill(pid, 'SIGKILL');
    await eventually(
      () => service.output().includes('The example executor ended by itself by SIGKILL.'),
      service.output,
    );
    expect(await allEnd(others)).toBe(true);
  });
});

test('after kill -9 nothing stays, and a start on the same folder finds everything', async () => {
  const data = join(base, 'killed');
  const first = await startService({ data });
  const children = childrenOf(first.pid);
  const token = await first.token({ sub: 'ada' });
  await rows(first.storage).createTable();
  await rows(first.storage).createEntity({ partitionKey: 'p', rowKey: 'r', kept: 'yes' });
  await first.kill9();
  const second = await startService({ data });
  expect(await allEnd(children)).toBe(true);
  expect(await rows(second.storage).getEntity('p', 'r')).toMatchObject({ kept: 'yes' });
  const keyOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[0] ?? '', 'base64url').toString()).kid;
  expect(keyOf(token)).toBe(keyOf(await second.token({ sub: 'ada' })));
});

test('a host that dies takes everything with it, in one sentence', async () => {
  const { child, output, stdout } = launch({ entry });
  await eventually(
    () => stdout().includes('\n'),
    () => 'the ready line',
  );
  const children = childrenOf(child.pid ?? 0);
  const { api }: { api: string } = JSON.parse(stdout());
  await call(api, 'GET', '/die').catch(() => {});
  expect(await exitOf(child)).toEqual({ code: 1, signal: null });
  await eventually(() => output().includes('The functions host ended by itself with exit code 7.'), output);
  expect(await allEnd(children, 0)).toBe(true);
});

test('a storage that dies takes everything with it, in one sentence', async () => {
  const { child, output, stdout } = launch({ entry });
  await eventually(
    () => stdout().includes('\n'),
    () => 'the ready line',
  );
  const { api }: { api: string } = JSON.parse(stdout());
  const { body: host } = await call<number>(api, 'GET', '/pid');
  for (const pid of childrenOf(child.pid ?? 0)) if (pid !== host) process.kill(pid, 'SIGKILL');
  expect(await exitOf(child)).toEqual({ code: 1, signal: null });
  await eventually(() => output().includes('the local storage service, ended by itself by SIGKILL.'), output);
  expect(await allEnd([host], 0)).toBe(true);
});

test('a host that refuses to start is the end of the start', async () => {
  const end = await ending({ env: { FIXTURE_HOST: 'refuses' } });
  expect(end).toMatchObject({ code: 1, signal: null });
  expect(end.said).toBe(
    'The function app registers no function.\nThe functions host did not start; it ended with exit code 3.',
  );
});

test('a signal during the start ends it without a ready line', async () => {
  const { child, stdout } = launch({ entry });
  await eventually(
    () => childrenOf(child.pid ?? 0).length > 0,
    () => 'a child',
  );
  const children = childrenOf(child.pid ?? 0);
  child.kill('SIGTERM');
  expect(await exitOf(child)).toEqual({ code: 0, signal: null });
  expect(stdout()).toBe('');
  expect(await allEnd(children)).toBe(true);
});

test('a port in use is named with the option that moves it', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', () => resolve()));
  const port = portOf(blocker);
  const ends = await Promise.all(
    ['port', 'idp-port', 'mail-port', 'storage-port'].map((option) => ending({ args: [`--${option}`, String(port)] })),
  );
  expect(ends.map(({ code, said }) => [code, said])).toEqual(
    ['port', 'idp-port', 'mail-port', 'storage-port'].map((option) => [
      1,
      `Port ${port} is in use: stop what listens there, or choose another with --${option} (0 takes a free one).`,
    ]),
  );
  await new Promise((resolve) => blocker.close(resolve));
});

test('a wrong option is one sentence and exit code 2', async () => {
  expect(await ending({ args: ['--prot'] })).toMatchObject({
    code: 2,
    said: 'There is no option --prot; npm start -- --help lists them.',
  });
});

test('--func without Core Tools says how to get them', async () => {
  const end = await ending({ args: ['--func'], env: { PATH: base } });
  expect(end).toMatchObject({ code: 1 });
  expect(end.said).toMatch(/^`func` could not be run: install it with /);
});

/** As `func` is: it has a worker of its own, here one that does not listen to polite requests. */
const FAKE_FUNC = `#!${process.execPath}
if (process.argv[2] !== 'start' || process.argv[3] !== '--port') process.exit(9);
const stubborn = "process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000)";
const worker = require('node:child_process').spawn(process.execPath, ['-e', stubborn], { stdio: 'ignore' });
const told = JSON.stringify({ storage: process.env.AzureWebJobsStorage, pids: [process.pid, worker.pid] });
require('node:http').createServer((request, response) => {
  response.end(request.url === '/admin/host/status' ? '{"state":"Running"}' : told);
}).listen(Number(process.argv[4]), '127.0.0.1');
process.on('SIGTERM', () => process.exit(0));
`;

async function startOnFunc() {
  const folder = mkdtempSync(join(base, 'bin-'));
  writeFileSync(join(folder, 'func'), FAKE_FUNC, { mode: 0o755 });
  const service = await startService({ args: ['--func'], env: { PATH: folder } });
  const { body } = await call<string>(service.api, 'GET', '/');
  const { storage, pids }: { readonly storage: string; readonly pids: readonly number[] } = JSON.parse(body);
  expect(storage).toBe(service.storage);
  return { service, all: [...pids, ...childrenOf(service.pid)] };
}

test('--func runs Core Tools in place of our host, with the same settings, and ends all that it started', async () => {
  const { service, all } = await startOnFunc();
  expect(all.length).toBeGreaterThanOrEqual(4);
  expect(await service.stop()).toEqual({ code: 0, signal: null });
  expect(await allEnd(all)).toBe(true);
});

test('--func leaves nothing behind after kill -9 either, and nothing after a second Ctrl-C', async () => {
  const killed = await startOnFunc();
  await killed.service.kill9();
  expect(await allEnd(killed.all)).toBe(true);

  const hurried = await startOnFunc();
  process.kill(hurried.service.pid, 'SIGTERM');
  process.kill(hurried.service.pid, 'SIGINT');
  expect(await allEnd([hurried.service.pid, ...hurried.all])).toBe(true);
});
