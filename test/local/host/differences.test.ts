/** The list of differences is made here, and is stale when this is red: `-u` writes it anew. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DIFFERENT, SAME } from './real/behaviours.ts';
import { ROWS } from './real/rows.ts';

const ROOT = join(import.meta.dirname, '../../..');
const testsOf = (file: string): string => readFileSync(join(import.meta.dirname, `${file}.test.ts`), 'utf8');

test('local/host/DIFFERENCES.md says what is known, and nothing else', async () => {
  await expect(document()).toMatchFileSnapshot(join(ROOT, 'local/host/DIFFERENCES.md'));
});

test.each(SAME)('there is a test that shows: $real', ({ shownBy: [file, title] }) => {
  expect(testsOf(file)).toContain(`'${title}`);
});

test('what the local host does not ask of host.json is there: a bundle of extensions, for the queues', () => {
  const { extensionBundle } = JSON.parse(readFileSync(join(ROOT, 'host.json'), 'utf8'));
  expect(extensionBundle).toEqual({ id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.*, 5.0.0)' });
});

function document(): string {
  const differing = ROWS.flatMap(({ name, real, differs }) => (differs ? [{ name, real, differs }] : []));
  const since = ROWS.filter((row) => row.since);
  const lines = [
    '# Where the local host differs from the real one',
    '',
    'Made by `test/local/host/differences.test.ts` from `test/local/host/real/`. What is known of the real Functions host (4.1037, with its',
    `Node worker 3.9.1) was seen under it or read in its source. ${ROWS.length} of its answers were recorded; \`answers.test.ts\` sends the same`,
    `requests to ours, and the answer is the same but for the ${differing.length} below, and for ${since.length} in which the app says something else by now.`,
    '',
    '## Known differences',
    ...table(
      ['The real host', 'Ours', 'Why that is harmless'],
      DIFFERENT.map(({ real, ours, harmless }) => [real, ours, harmless]),
    ),
    '',
    '## Recorded answers that differ',
    ...table(
      ['Request', 'The real host', 'Ours', 'Why that is harmless'],
      differing.map(({ name, real, differs }) => [name, String(real.status), String(differs.status), differs.why]),
    ),
    '',
    '## The same, and the test that shows it',
    ...table(
      ['The real host', 'Test'],
      SAME.map(({ real, shownBy: [file] }) => [real, `${file}.test.ts`]),
    ),
    '',
  ];
  return lines.join('\n');
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
