/** The package as a user gets it: the lines of its README, in an empty folder, before a door on a real wire. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, expect, test } from 'vitest';
import { atEnd } from '../support/atEnd.ts';
import { eventually } from '../support/eventually.ts';
import { type Away, installed, NODE_22 } from '../support/installed.ts';
import { ROOT } from '../support/launch.ts';
import { callerOf, type DoorToTest } from './support/door.ts';
import { fakeDoor } from './support/fakeDoor.ts';

const README = readFileSync(join(ROOT, 'executor', 'README.md'), 'utf8');
const [LINES = ''] = [...README.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code);

let away: Away;
beforeAll(async () => {
  away = await installed('./executor');
});

const inPackage = (...path: readonly string[]) => join(away.folder, 'node_modules', 'reprieve', ...path);

/** The door on a wire of its own: what it answers is what the fake answers. */
async function onWire(door: DoorToTest): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method = 'GET', url, headers } = request;
    const body = await text(request);
    const sent = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
    const answer = await door.fetch(`${door.url}${url}`, { method, headers: sent, ...(body ? { body } : {}) });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text());
  }).listen(0, '127.0.0.1');
  atEnd(() => server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function started(file: string, env: Readonly<Record<string, string>>): ChildProcess {
  const child = spawn(process.execPath, [...NODE_22, file], { cwd: away.folder, env, stdio: 'pipe' });
  atEnd(() => child.kill('SIGKILL'));
  return child;
}

test('it is small, and needs no other package', () => {
  expect(readdirSync(join(away.folder, 'node_modules')).toSorted()).toEqual(['.package-lock.json', 'reprieve']);
  const manifest = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
  expect(Object.keys(manifest).filter((name) => /dependencies/i.test(name))).toEqual([]);
  expect(manifest).toMatchObject({ name: 'reprieve', engines: { node: '>=22' } });
  const files = readdirSync(inPackage(), { recursive: true, withFileTypes: true });
  expect(
    files
      .filter((one) => one.isFile())
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['README.md', 'executor.d.ts', 'executor.js', 'package.json', 'types.d.ts']);
  const code = readFileSync(inPackage('dist', 'executor.js'), 'utf8');
  expect(code.length).toBeLessThan(25_000);
  expect(code).not.toMatch(/\b(import|require)\b\s*[({'"]/);
  expect(LINES.trim().split('\n').length).toBeLessThanOrEqual(30);
});

test('its types are those of the README, and refuse a proof that is none', async () => {
  const types = { typeRoots: [join(ROOT, 'node_modules', '@types')], types: ['node'] };
  const compilerOptions = {
    strict: true,
    module: 'nodenext',
    target: 'es2024',
    lib: ['es2024'],
    noEmit: true,
    ...types,
  };
  writeFileSync(join(away.folder, 'package.json'), JSON.stringify({ type: 'module' }));
  writeFileSync(
    join(away.folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: ['fine.ts', 'wrong.ts'] }),
  );
  writeFileSync(join(away.folder, 'fine.ts'), LINES);
  writeFileSync(join(away.folder, 'wrong.ts'), LINES.replace('return { objects, ', 'return { object: objects, '));
  const { out } = await away.run(process.execPath, [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    '--pretty',
    'false',
  ]);
  expect(out.split('\n').filter((line) => /^\S/.test(line))).toEqual([expect.stringMatching(/^wrong\.ts.*TS2322/)]);
});

test('the lines of the README do what they say, and end when they have to', async () => {
  const door = fakeDoor('folders');
  const { read, claim, post } = callerOf(door);
  // of this one somebody counted seven, and was killed when they were about to go
  const halfway = await door.makeDue('umbrella');
  const [{ token } = expect.fail('no order')] = await claim();
  await post(`/${halfway}/renew`, { token, checkpoint: 7 });
  await post(`/${halfway}/fail`, {
    token,
    code: 'Killed',
    message: 'Killed.',
    destroyed: 'some',
    retryAfterSeconds: 0,
  });
  mkdirSync(join(away.folder, 'tenants', `.doomed-${halfway}`, 'files'), { recursive: true });
  const [ours, theirs, gone, outside] = [
    await door.makeDue('acme'),
    await door.makeDue('globex'),
    await door.makeDue('initech'),
    await door.makeDue('../../etc'),
  ];
  for (const [tenant, owner] of [
    ['acme', `contoso/${(await read(ours)).item}\n`],
    ['globex', 'contoso/another'],
  ] as const) {
    mkdirSync(join(away.folder, 'tenants', tenant, 'files'), { recursive: true });
    writeFileSync(join(away.folder, 'tenants', tenant, 'OWNER'), owner);
  }
  writeFileSync(join(away.folder, 'fine.mjs'), LINES);
  const child = started('fine.mjs', { REPRIEVE_URL: await onWire(door), REPRIEVE_TOKEN: door.token('executor') });
  const said = Promise.all([child.stdout, child.stderr].map((one) => (one ? text(one) : '')));
  const states = async () =>
    Promise.all([ours, theirs, gone, outside, halfway].map(async (one) => (await read(one)).state));
  const wanted = ['Completed', 'Refused', 'Completed', 'Refused', 'Completed'];
  await eventually(async () => `${await states()}` === `${wanted}`, states);
  child.kill('SIGTERM');
  const [code, signal] = await once(child, 'exit');
  expect({ code, signal, said: await said }).toEqual({ code: 0, signal: null, said: ['', ''] });
  expect(readdirSync(join(away.folder, 'tenants'))).toEqual(['globex']);
  expect(readdirSync(join(away.folder, 'tenants', 'globex')).toSorted()).toEqual(['OWNER', 'files']);
  expect([ours, gone, halfway].map(door.proofOf)).toEqual([2, 0, 7].map((objects) => ({ objects, method: 'rm' })));
});
