import { execFileSync, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TableClient } from '@azure/data-tables';
import { afterAll, afterEach, expect, test } from 'vitest';
import { type Azurite, startAzurite } from '../../../local/azurite/start.ts';
import { exitOf } from '../../../local/child.ts';
import { portOf } from '../../../local/ports.ts';
import { startAzurite as startInMemory } from '../../support/azurite.ts';
import { ROOT } from '../../support/launch.ts';
import { allEnd, isAlive } from '../../support/processes.ts';

const base = mkdtempSync(join(tmpdir(), 'reprieve-azurite-'));
const started: Azurite[] = [];
let folders = 0;

afterEach(() => Promise.all(started.splice(0).map((azurite) => azurite.stop())));
afterAll(() => rmSync(base, { recursive: true }));

const freshFolder = () => join(base, String(++folders));

async function azurite(folder: string): Promise<Azurite> {
  const one = await startAzurite({ port: 0, folder });
  started.push(one);
  return one;
}

const rows = ({ connectionString }: Pick<Azurite, 'connectionString'>) =>
  TableClient.fromConnectionString(connectionString, 'rows', { allowInsecureConnection: true });

async function writeRow(at: Pick<Azurite, 'connectionString'>): Promise<void> {
  await rows(at).createTable();
  await rows(at).createEntity({ partitionKey: 'p', rowKey: 'r', kept: 'yes' });
}

const readRow = async (at: Azurite) => (await rows(at).getEntity('p', 'r'))['kept'];

test('a graceful stop keeps what was written a moment before', async () => {
  const folder = freshFolder();
  const first = await azurite(folder);
  await writeRow(first);
  expect(await first.stop()).toBe(true);
  expect(isAlive(first.pid)).toBe(false);
  expect(await readRow(await azurite(folder))).toBe('yes');
});

test('when its parent is killed it saves, goes, and the next start waits for it', async () => {
  const folder = freshFolder();
  const parent = fork(join(import.meta.dirname, 'fixture', 'azurite-parent.ts'), [folder], { execArgv: [] });
  const orphan = await new Promise<{ pid: number; connectionString: string }>((resolve) => {
    parent.once('message', (message: { pid: number; connectionString: string }) => resolve(message));
  });
  await writeRow(orphan);
  parent.kill('SIGKILL');
  await exitOf(parent);
  const next = await azurite(folder);
  expect(await allEnd([orphan.pid])).toBe(true);
  expect(next.folder).toBe(folder);
  expect(await readRow(next)).toBe('yes');
});

test('a second signal while it saves does not cut the saving short', async () => {
  const folder = freshFolder();
  const first = await azurite(folder);
  await writeRow(first);
  process.kill(first.pid, 'SIGTERM');
  process.kill(first.pid, 'SIGTERM');
  expect(await first.gone).toEqual({ code: 0, signal: null });
  expect(await readRow(await azurite(folder))).toBe('yes');
});

test('two on one folder get one each', async () => {
  const folder = freshFolder();
  const both = await Promise.all([azurite(folder), azurite(folder)]);
  expect(both.map((one) => one.folder).sort()).toEqual([folder, `${folder}-2`]);
});

test('it is told to send no telemetry, and what would send it is not installed', () => {
  const load = `require('azurite/dist/src/common/Telemetry.js');
    console.log(Object.keys(require.cache).filter((file) => /azurite.dist.src|applicationinsights/.test(file)).join('\\n'))`;
  const loaded = execFileSync(process.execPath, ['-e', load], { cwd: ROOT, encoding: 'utf8' });
  expect(loaded).toContain('Telemetry.js');
  expect(loaded).toContain(join('local', 'azurite', 'applicationinsights', 'nothing.js'));
});

test('in memory nothing touches the disk', async () => {
  const one = await startInMemory();
  await writeRow(one);
  expect(await readRow(one)).toBe('yes');
  expect(existsSync(join(process.cwd(), '__azurite_db_table__.json'))).toBe(false);
});

test('one that cannot start says why', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', () => resolve()));
  const attempt = startAzurite({ port: portOf(blocker) });
  await expect(attempt).rejects.toThrow(
    /^Azurite, the local storage service, did not start; it said last:\n.*EADDRINUSE/s,
  );
  await new Promise((resolve) => blocker.close(resolve));
});
