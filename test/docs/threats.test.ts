/** docs/threats.md promises tests: each must be there, under its name. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../support/launch.ts';

const LEAST = 24;
const STRIDE = {
  S: 'Spoofing',
  T: 'Tampering',
  R: 'Repudiation',
  I: 'Information disclosure',
  D: 'Denial of service',
  E: 'Elevation of privilege',
} as const;

interface Threat {
  readonly id: string;
  readonly under: string;
  readonly cells: readonly string[];
  readonly proofs: readonly { readonly title: string; readonly file: string }[];
}

const PROOF = /\[([^\]]+)\]\(\.\.\/([\w./-]+)\)/g;

/** The rows of the page, each with the heading that it stands under. */
function threatsIn(page: string): readonly Threat[] {
  let under = '';
  return page.split('\n').flatMap((line) => {
    under = /^## (.+)$/.exec(line)?.[1] ?? under;
    const [id = '', ...cells] = line.split(/\s*\|\s*/).slice(1, -1);
    if (!/^[A-Z]\d+$/.test(id)) return [];
    const proofs = [...(cells.at(-1) ?? '').matchAll(PROOF)].map(([, title = '', file = '']) => ({ title, file }));
    return [{ id, under, cells, proofs }];
  });
}

/** A title is the first thing that a test is called with; what follows is what it does. A skipped one proves nothing. */
function isTestIn(source: string, title: string): boolean {
  const quoted = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const titled = new RegExp(`\\(\\s*(['"\`])${quoted}\\1,\\s*(?:async )?\\(`);
  const at = titled.exec(source)?.index;
  return at !== undefined && !/\.(?:skip|skipIf|runIf|todo|fails)\b[^;{}]{0,200}$/.test(source.slice(0, at));
}

const sourceOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const threats = threatsIn(sourceOf('docs/threats.md'));

describe('docs/threats.md', () => {
  test('is long enough, and looks at every side', () => {
    expect(threats.length).toBeGreaterThanOrEqual(LEAST);
    for (const [letter, name] of Object.entries(STRIDE))
      expect(threats.filter(({ id, under }) => id.startsWith(letter) && under === name).length, name).toBeGreaterThan(
        0,
      );
    for (const { id, under } of threats) expect(STRIDE[id[0] as keyof typeof STRIDE], id).toBe(under);
    expect(new Set(threats.map(({ id }) => id)).size).toBe(threats.length);
  });

  test.for(threats)('$id has a measure, and tests that are there', ({ cells, proofs }) => {
    expect(cells).toHaveLength(3);
    for (const cell of cells) expect(cell).not.toBe('');
    expect(proofs).not.toEqual([]);
    for (const { title, file } of proofs) expect(isTestIn(sourceOf(file), title), `${title} in ${file}`).toBe(true);
  });
});

test('a title that is only mentioned, or belongs to a skipped test, is no proof', () => {
  expect(isTestIn("test('a thing', () => {", 'a thing')).toBe(true);
  expect(isTestIn("test.for([1, 2])(\n    'a thing (%j)',\n    async (", 'a thing (%j)')).toBe(true);
  expect(isTestIn("test.skip('a thing', () => {", 'a thing')).toBe(false);
  expect(isTestIn("test.skipIf(WINDOWS)('a thing', () => {", 'a thing')).toBe(false);
  expect(isTestIn("expect(one).toBe('a thing');", 'a thing')).toBe(false);
  expect(isTestIn("test('another thing', () => {", 'a thing')).toBe(false);
});
