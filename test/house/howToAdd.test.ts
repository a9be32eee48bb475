/**
 * docs/how-to-add.md is true: its ways are gone in a copy. After each step the check that the page names says what is missing: the
 * type checker names exactly the files of the next steps. At the end everything compiles and every check is content.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { type Complaints, copyOfTheHouse } from '../support/copy.ts';
import { ROOT } from '../support/launch.ts';
import { RECIPES } from './recipes.ts';

/** Who asks for the first step: you do. */
const FIRST = '–';

interface Step {
  readonly files: readonly string[];
  /** Who says that these files are missing. */
  readonly by: string;
}

/** The tables of the page, by heading. Rows with the same number are one step. */
function waysIn(page: string): Readonly<Record<string, readonly Step[]>> {
  const ways: Record<string, Step[]> = {};
  let steps: Step[] = [];
  for (const line of page.split('\n')) {
    const heading = /^## (.+)$/.exec(line)?.[1];
    if (heading !== undefined) ways[heading] = steps = [];
    const [, at, file = '', by = ''] = /^\| (\d+) \| `([^`]+)` \| .+ \| (.+) \|$/.exec(line) ?? [];
    if (at === undefined) continue;
    const one = Number(at) - 1;
    steps[one] = { files: [...(steps[one]?.files ?? []), file], by: by.replaceAll('`', '') };
  }
  return ways;
}

const WAYS = Object.entries(waysIn(readFileSync(join(ROOT, 'docs', 'how-to-add.md'), 'utf8')));
const copy = copyOfTheHouse();

/** The files that the type checker names: those with errors, and in their place those that they import and that are not there. */
function namedIn(complaints: Complaints): string {
  const named = Object.entries(complaints).flatMap(([file, text]) => {
    const absent = [...text.matchAll(/Cannot find module '(\.[^']+)'/g)].map(([, to = '']) => join(dirname(file), to));
    return absent.length > 0 ? absent : [file];
  });
  return named.toSorted().join('\n');
}

/** What is compiled after each step: all of src, and the tests that the page has types ask for. */
const COMPILED = ['src', 'tools/check', 'test/app/functions.test.ts', 'test/http/recipients.test.ts'];

const SCRIPTS: Readonly<Record<string, readonly string[]>> = {
  'npm run api -- --check': ['tools/api.ts', '--check'],
  'npm run settings -- --check': ['tools/settings.ts', '--check'],
  'npm run controls -- --check': ['tools/controls.ts', '--check'],
  'npm run check:infra': ['tools/check-infra.ts'],
};
const isTest = (check: string): boolean => check.endsWith('.test.ts');

/** What these checks say is missing, by check. One that is content says nothing. Tests run in one go. */
async function complaintsOf(checks: readonly string[]): Promise<Complaints> {
  const said: Record<string, string> = { ...(await testsIn(checks)) };
  for (const check of checks.filter((one) => !isTest(one))) {
    const text = await complaintOf(check);
    if (text) said[check] = text;
  }
  return said;
}

async function testsIn(checks: readonly string[]): Promise<Complaints> {
  const tests = checks.filter(isTest);
  return tests.length === 0 ? {} : copy.failures(...tests);
}

async function complaintOf(check: string): Promise<string> {
  if (check === 'types') return namedIn(await copy.typeErrors(...COMPILED));
  if (check === 'types of the portal') return namedIn(await copy.portalTypeErrors());
  const { code, text } = await copy.run('node', ...(SCRIPTS[check] ?? []));
  return code === 0 ? '' : text;
}

test('the page and the recipes tell of the same files', () => {
  const told = WAYS.map(([way, steps]) => [way, steps.flatMap(({ files }) => files)]);
  expect(told).toEqual(Object.entries(RECIPES).map(([way, recipe]) => [way, Object.keys(recipe)]));
});

/**
 * The ways are gone side by side: a check that several ways still have before them waits until it comes next on all of them, because what it
 * asks for, such as the client, is made for all at once. Tests wait for all others, and then run in one go.
 */
test('each step is asked for', async () => {
  const left = WAYS.map(([way, steps]) => ({ way, steps: [...steps] }));
  const isNextOnAll = (check: string): boolean =>
    left.every(({ steps: [next, ...later] }) => next?.by === check || !later.some(({ by }) => by === check));
  for (;;) {
    const ready = [...new Set(left.flatMap(({ steps: [one] }) => one?.by ?? []).filter(isNextOnAll))];
    if (ready.length === 0) break;
    const quick = ready.filter((check) => !isTest(check));
    const next = quick.length > 0 ? quick : ready;
    const said = await complaintsOf(next.filter((check) => check !== FIRST));
    for (const check of next) {
      const asked = left
        .filter(({ steps: [one] }) => one?.by === check)
        .flatMap(({ way, steps }) => steps.shift()?.files.map((file) => ({ file, edit: RECIPES[way]?.[file] })) ?? []);
      const files = [...new Set(asked.map(({ file }) => file))].toSorted();
      if (check.startsWith('types')) expect(said[check], check).toBe(files.join('\n'));
      else if (check !== FIRST) for (const file of files) expect(said[check], check).toContain(file);
      // What is made is the same on each way.
      for (const [edit, file] of new Map(asked.map(({ file, edit }) => [edit, file]))) await edit?.(copy, file);
    }
  }
  expect(left.flatMap(({ steps }) => steps)).toEqual([]);
});

test('with all of them added, every check is content', async () => {
  const checks = [...new Set(WAYS.flatMap(([, steps]) => steps.map(({ by }) => by)))].filter((by) => by !== FIRST);
  expect(await complaintsOf(checks)).toEqual({});
});
