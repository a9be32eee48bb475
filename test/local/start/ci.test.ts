import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { ROOT } from '../../support/launch.ts';

const base = mkdtempSync(join(tmpdir(), 'reprieve-ci-'));
afterAll(() => rmSync(base, { recursive: true }));

/** `.ci/run` where only these programs exist, each a line of shell, beside what a shell needs. */
function run(name: string, programs: Readonly<Record<string, string>>) {
  const folder = join(base, name);
  mkdirSync(folder);
  for (const tool of ['bash', 'dirname'])
    symlinkSync(spawnSync('which', [tool], { encoding: 'utf8' }).stdout.trim(), join(folder, tool));
  for (const [program, line] of Object.entries(programs)) {
    writeFileSync(join(folder, program), `#!${join(folder, 'bash')}\n${line}\n`);
    chmodSync(join(folder, program), 0o755);
  }
  const { status, stdout, stderr } = spawnSync(join(folder, 'bash'), [join(ROOT, '.ci', 'run')], {
    env: { PATH: folder },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const npm = 'echo "npm $* CI=$CI"';

test('.ci/run installs nothing that is there, and tests', () => {
  const apt = 'echo "apt-get $*"';
  expect(run('whole', { chromium: '', npm, 'apt-get': apt })).toEqual({
    status: 0,
    stdout: 'npm test CI=true\n',
    stderr: '',
  });
});

test('.ci/run installs the browser where there is none', () => {
  const { status, stdout } = run('bare', { npm, 'apt-get': 'echo "apt-get $*"' });
  expect(status).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'apt-get update -q',
    'apt-get install -qy --no-install-recommends chromium',
    'npm test CI=true',
    '',
  ]);
});

test.each([
  ['has no network', { 'apt-get': 'exit 100' }],
  ['is no Debian', {}],
])('.ci/run says so and tests on when the machine %s', (_, apt) => {
  const { status, stdout, stderr } = run(`offline-${Object.keys(apt).length}`, { npm, ...apt });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'npm test CI=true\n' });
  expect(stderr).toMatch(/^\.ci\/run: could not install chromium .*: going on without, what needs it is skipped$/m);
});

test('the outcome of the tests is the outcome of .ci/run', () => {
  expect(run('red', { chromium: '', npm: 'exit 7' }).status).toBe(7);
});
