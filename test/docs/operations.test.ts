/** What the pages tell people to type is what the service takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../support/launch.ts';

const DOCS = join(ROOT, 'docs');
const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const textOf = (page: string) => readFileSync(join(DOCS, page), 'utf8');

/** The most that a list gives at once: more is a 400. */
const MOST = 200;

test.each(pages)('%s asks for no more of a list at once than there is', (page) => {
  const asked = [...textOf(page).matchAll(/[?&]top=(\d+)/g)].map(([, top]) => Number(top));
  expect(asked.filter((top) => top > MOST)).toEqual([]);
});

test('the runbook sends all dead letters again, page after page', () => {
  const blocks = [...textOf('operations.md').matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  const [loop, ...others] = blocks.filter((block) => block.includes('/redrive'));
  expect(others).toEqual([]);
  const lines = (loop ?? '')
    .trim()
    .split('\n')
    .map((line) => line.trim());
  expect(lines[0]).toBe('next="$API/deadletters?top=200"');
  expect(lines[1]).toBe('while [ -n "$next" ]; do');
  expect(lines.at(-2)).toMatch(/^next=.*\.nextLink \/\/ empty/);
  expect(lines.at(-1)).toBe('done');
});
