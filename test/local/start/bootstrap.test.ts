import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { exitOf } from '../../../local/child.ts';
import { eventually } from '../../support/eventually.ts';
import { ROOT } from '../../support/launch.ts';
import { allEnd, isAlive } from '../../support/processes.ts';

const base = mkdtempSync(join(tmpdir(), 'reprieve-bootstrap-'));
const spawned: ChildProcess[] = [];
afterAll(() => {
  for (const child of spawned) child.kill('SIGKILL');
  rmSync(base, { recursive: true });
});

const STARTED = `
  const stop = (why) => () => { console.log('told', why); process.exit(5); };
  process.on('SIGINT', stop('SIGINT')).on('SIGTERM', stop('SIGTERM')).on('disconnect', stop('disconnect'));
  console.log('task', process.pid, process.version, ...process.argv.slice(2));
  if (process.argv.includes('leave')) process.exit(3);
  setInterval(() => {}, 1000);
`;

/** What our build does as far as the bootstrap knows: it writes this file with the fingerprint that it is told. */
const BUILD = `
  import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
  const source = readFileSync('src/main.ts', 'utf8');
  mkdirSync('dist', { recursive: true });
  writeFileSync('dist/main.js', '// sources ' + process.argv[2] + '\\n' + source);
`;

/** A project with our bootstrap and packages, an app and a build of one line, and a task that tells what happens to it. */
function project(name: string): string {
  const root = join(base, name);
  for (const folder of ['src', 'tools/api', 'client', 'portal', 'cli'])
    mkdirSync(join(root, folder), { recursive: true });
  cpSync(join(ROOT, 'local'), join(root, 'local'), { recursive: true, filter: (from) => !from.endsWith('.ts') });
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json']) cpSync(join(ROOT, file), join(root, file));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'tools', 'build.ts'), BUILD);
  writeFileSync(join(root, 'tools', 'portal.ts'), '');
  writeFileSync(join(root, 'local', 'start.ts'), STARTED);
  writeFileSync(join(root, 'src', 'main.ts'), 'export const app: string = "first";\n');
  return root;
}

/** The same with what our build is made of. */
function realProject(name: string): string {
  const root = project(name);
  for (const folder of ['tools', 'src', 'client', 'portal', 'cli'])
    cpSync(join(ROOT, folder), join(root, folder), { recursive: true });
  return root;
}

/** Packages of its own, of which these programs are a few lines; all others end well at once. */
function withPrograms(root: string, programs: Readonly<Record<string, string>>): void {
  const own = join(root, 'node_modules');
  rmSync(own);
  mkdirSync(join(own, '.bin'), { recursive: true });
  cpSync(join(ROOT, 'node_modules', '.package-lock.json'), join(own, '.package-lock.json'));
  for (const name of ['biome', 'tsc', 'depcruise', 'knip', 'vitest', 'node'])
    writeFileSync(join(own, '.bin', name), `#!/bin/sh\n${programs[name] ?? 'exit 0'}\n`, { mode: 0o755 });
}

function bootstrap(root: string, ...args: string[]) {
  const child = spawn(process.execPath, [join(root, 'local', 'bootstrap.mjs'), ...args]);
  spawned.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { child, output: () => output, ended: () => exitOf(child) };
}

const bundle = (root: string) => readFileSync(join(root, 'dist', 'main.js'), 'utf8');
const taskPid = (output: string) => Number(/^task (\d+)/m.exec(output)?.[1]);

test('it builds when the sources changed, and only then, and keeps the exit code of the task', async () => {
  const root = project('builds');
  const first = bootstrap(root, 'start', 'leave', '--port', '0');
  expect(await first.ended()).toEqual({ code: 3, signal: null });
  expect(first.output()).toContain('reprieve: building dist/main.js');
  expect(first.output()).toMatch(/^task \d+ v24\.\S+ leave --port 0$/m);
  expect(bundle(root)).toContain('"first"');

  const second = bootstrap(root, 'start', 'leave');
  await second.ended();
  expect(second.output()).not.toContain('reprieve:');

  writeFileSync(join(root, 'src', 'main.ts'), 'export const app: string = "second";\n');
  const third = bootstrap(root, 'start', 'leave');
  await third.ended();
  expect(third.output()).toContain('reprieve: building');
  expect(bundle(root)).toContain('"second"');
});

test('two first starts side by side build once, and an abandoned setup holds nobody up', async () => {
  const root = project('side-by-side');
  mkdirSync(join(root, '.reprieve'));
  const dead = bootstrap(root, 'nothing');
  await dead.ended();
  writeFileSync(join(root, '.reprieve', 'setup.lock'), `${dead.child.pid} abandoned`);
  const starts = [1, 2, 3].map(() => bootstrap(root, 'start', 'leave'));
  expect(await Promise.all(starts.map((start) => start.ended()))).toEqual(Array(3).fill({ code: 3, signal: null }));
  const said = starts.map((start) => start.output()).join('');
  expect(said.match(/building dist/g)).toHaveLength(1);
});

test('sources that do not build are reported, and nothing is started', async () => {
  const root = realProject('broken');
  writeFileSync(join(root, 'src', 'main.ts'), 'export const = ;\n');
  const start = bootstrap(root, 'start');
  expect(await start.ended()).toEqual({ code: 1, signal: null });
  expect(start.output()).toContain('The function app could not be built: see the errors above.');
  expect(start.output()).not.toContain('task');
});

test('checks run side by side; one that fails is heard whole, and the tests do not begin', async () => {
  const root = project('checks');
  withPrograms(root, {
    node: `exec '${process.execPath}' "$@"`,
    biome: 'echo "biome begins"; sleep 0.2; echo "biome ends"',
    tsc: 'echo "tsc begins $*"; sleep 0.2; echo "src/main.ts: TS2322" >&2; exit 2',
    vitest: 'echo "the tests"',
  });
  const verify = bootstrap(root, 'verify');
  expect(await verify.ended()).toEqual({ code: 2, signal: null });
  expect(verify.output()).toMatch(/^biome begins\nbiome ends\n/m);
  expect(verify.output()).toMatch(/^reprieve: types\ntsc begins -p \. .*\nsrc\/main\.ts: TS2322\n/m);
  expect(verify.output()).not.toContain('the tests');
});

test('a signal, even twice for one keypress, reaches the task once', async () => {
  const root = project('signals');
  const start = bootstrap(root, 'start');
  await eventually(
    () => start.output().includes('task'),
    () => 'the task',
  );
  start.child.kill('SIGINT');
  start.child.kill('SIGINT');
  expect(await start.ended()).toEqual({ code: 5, signal: null });
  expect(start.output().match(/told SIGINT/g)).toHaveLength(1);
});

test('when it is killed the task notices and ends', async () => {
  const root = project('killed');
  const start = bootstrap(root, 'start');
  await eventually(
    () => start.output().includes('task'),
    () => 'the task',
  );
  const task = taskPid(start.output());
  expect(isAlive(task)).toBe(true);
  start.child.kill('SIGKILL');
  expect(await allEnd([task])).toBe(true);
});

test('an unknown task is answered with the known ones', async () => {
  const start = bootstrap(project('unknown'), 'strat');
  expect(await start.ended()).toEqual({ code: 2, signal: null });
  expect(start.output()).toBe(
    'reprieve: there is no task "strat"; there are start, parts, test, verify, package, build, faults, soak, attacks, fuzz, store-reindex, check-store, bench, bicep, check-infra, api, settings, scale, demo, portal-pictures, cli-help, states, controls, rooms, mail-preview\n',
  );
});
