/** The few lines of Python in docs/evidence.md, written from that page alone, check the same entries as the service does. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/launch.ts';

const page = readFileSync(join(ROOT, 'docs', 'evidence.md'), 'utf8');
const block = (language: string): string => page.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? '';

const python = (lines: string): readonly string[] => {
  const { stdout, stderr, status } = spawnSync('python3', ['-c', block('python')], { input: lines, encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  return stdout.trim().split('\n');
};

const CHAIN = 'vault/contoso/item/sql-01';
const isThere = spawnSync('python3', ['--version']).status === 0;

describe.runIf(isThere)('the Python of docs/evidence.md', () => {
  const examples = block('jsonl');

  test('says of the examples that they hold', () => {
    expect(python(examples)).toEqual([1, 2, 3].map((seq) => `${CHAIN} ${seq} holds`));
  });

  test.each([
    ['one letter is changed', examples.replace('"channel":"portal"', '"channel":"postal"'), 1],
    ['an entry is missing', examples.split('\n').toSpliced(1, 1).join('\n'), 3],
    ['another hash is given out', examples.replace(/"hash":"./, '"hash":"f'), 1],
  ])('finds it where %s', (_, altered, seq) => {
    expect(altered).not.toBe(examples);
    expect(python(altered)).toContain(`${CHAIN} ${seq} DOES NOT HOLD`);
  });
});
