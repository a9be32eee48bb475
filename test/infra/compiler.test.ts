import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Compiler, compile, findCompiler, same } from '../../tools/infra/compiler.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const INFRA = join(ROOT, 'infra');
const compiler = await findCompiler();
if (!compiler)
  process.stderr.write('compiler.test.ts: Bicep not found, so nothing is compiled here (docs/deploy.md)\n');

const folders: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprieve-bicep-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

type Edit = readonly [path: string, what: string, by: string];

/** A copy of infra/ in which some things are other. */
function copyWith(...edits: readonly Edit[]): string {
  const copy = temporary();
  cpSync(INFRA, copy, { recursive: true });
  for (const [path, what, by] of edits) {
    const text = readFileSync(join(copy, path), 'utf8');
    if (!text.includes(what)) throw new Error(`${path} does not say ${what}`);
    writeFileSync(join(copy, path), text.replace(what, by));
  }
  return copy;
}

/** What `npm run bicep` says. */
const tool = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) =>
  new Promise<{ code: number; said: string }>((resolve) => {
    execFile(process.execPath, [join(ROOT, 'tools', 'bicep.ts'), ...args], { env }, (error, _, said) =>
      resolve({ code: error ? 1 : 0, said }),
    );
  });

const USED = "@description('Tags of every resource.')\nparam tags object\n";

/** Each a mistake of another kind, in another file, and what the compiler calls it. */
const MISTAKES: readonly (readonly [mistake: string, edit: Edit, said: RegExp])[] = [
  ['a parameter that is deleted', ['app/identity.bicep', USED, ''], /identity\.bicep\(.* Error BCP057/],
  [
    'an unknown property',
    ['app/mail.bicep', 'disableLocalAuth: true', "disableLocalAuth: true, colour: 'red'"],
    /mail\.bicep\(.* Warning BCP037/,
  ],
  [
    'a misspelled output',
    ['main.bicep', 'mail.outputs.endpoint', 'mail.outputs.endpiont'],
    /main\.bicep\(.* Error BCP083/,
  ],
];

/** In one copy, because a compilation takes seconds. That one warning is enough is shown below. */
test.skipIf(!compiler)('what is wrong in a template turns it red, each mistake by name', async () => {
  const { code, said } = await tool(['--check', copyWith(...MISTAKES.map(([, edit]) => edit))]);
  for (const [mistake, , complaint] of MISTAKES) expect(said, mistake).toMatch(complaint);
  expect(code).toBe(1);
});

/** A compiler that is done at once. That ours makes of the sources what is committed is a check of its own (`npm run bicep -- --check`). */
test('a compiled file that is stale turns it red, until it is written anew', async () => {
  const copy = copyWith();
  const [compiled, committed] = [join(copy, 'compiled.json'), readFileSync(join(INFRA, 'main.json'), 'utf8')];
  writeFileSync(compiled, committed.replace('Europe', 'Asia'));
  const env = { ...process.env, BICEP: join(program('bicep', `cat '${compiled}'`), 'bicep') };
  const { code, said } = await tool(['--check', copy], env);
  expect(said).toMatch(/main\.json is not what infra\/main\.bicep says: run "npm run bicep"/);
  expect(code).toBe(1);
  expect(await tool([copy], env)).toEqual({ code: 0, said: '' });
  const written = readFileSync(join(copy, 'main.json'), 'utf8');
  expect([same(written, readFileSync(compiled, 'utf8')), same(written, committed)]).toEqual([true, false]);
  expect(await tool(['--check', copy], env)).toEqual({ code: 0, said: '' });
});

test('where there is no compiler it says so once, and fails nothing', async () => {
  const nowhere = { PATH: temporary(), HOME: temporary() };
  const stale = copyWith(['main.json', 'Europe', 'Asia']);
  expect(await tool(['--check', stale], nowhere)).toEqual({
    code: 0,
    said: 'Bicep not found, template not recompiled\n',
  });
  expect(await tool([stale], nowhere)).toEqual({ code: 1, said: 'Bicep not found, template not recompiled\n' });
});

/** A program of that name, in a folder of its own; what it answers is up to its script. */
function program(name: string, script: string): string {
  const folder = temporary();
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}

test('the Azure CLI compiles where it has Bicep, and is not asked to fetch it', async () => {
  const has = program('az', '[ "$1 $2" = "bicep version" ]');
  expect(await findCompiler({ PATH: has, HOME: temporary() })).toEqual(['az', 'bicep']);
  const hasNot = program('az', 'exit 1');
  expect(await findCompiler({ PATH: hasNot, HOME: temporary() })).toBeUndefined();
});

test('the one that is named comes first', async () => {
  const named = join(program('mine', 'exit 0'), 'mine');
  expect(await findCompiler({ BICEP: named, PATH: program('bicep', 'exit 0'), HOME: temporary() })).toEqual([named]);
});

test('a warning is a complaint, and what the Azure CLI adds about itself is none', async () => {
  const says = (lines: string, code = 0): Compiler => [
    join(program('bicep', `printf '%s\\n' '${lines}' >&2; echo '{}'; exit ${code}`), 'bicep'),
  ];
  const warning = '/x/main.bicep(5,17) : Warning BCP037: The property is not allowed';
  expect((await compile(says(warning), 'x')).complaints).toEqual([warning]);
  expect((await compile(says('A new Bicep release is available'), 'x')).complaints).toEqual([]);
  expect(await compile(says('it broke', 1), 'x')).toEqual({ template: undefined, complaints: ['it broke'] });
});

test('who wrote a template down does not matter, all else does', () => {
  const by = (version: string, name: string) =>
    JSON.stringify({ metadata: { _generator: { version } }, resources: [{ name }] });
  expect(same(by('1', 'a'), by('2', 'a'))).toBe(true);
  expect(same(by('1', 'a'), by('1', 'b'))).toBe(false);
});
