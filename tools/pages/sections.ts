/** Pages of docs/ in which marked sections are made from the code, and all else is written by people. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DOCS = join(import.meta.dirname, '..', '..', 'docs');

type Cells = readonly string[];

const line = (cells: Cells): string => `| ${cells.join(' | ')} |`;

export const table = (head: Cells, rows: readonly Cells[]): readonly string[] => [
  line(head),
  `|${'---|'.repeat(head.length)}`,
  ...rows.map(line),
];

/** Writes the sections into the page. With `--check` it writes nothing and says whether they are stale. */
export function keepSections(file: string, task: string, sections: Readonly<Record<string, readonly string[]>>): void {
  const page = readFileSync(join(DOCS, file), 'utf8');
  const fresh = Object.entries(sections).reduce((text, [name, lines]) => {
    const [begin, end] = [`<!-- ${name}: npm run ${task} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/${file} has no place for ${name}: ${begin} … ${end}`);
    return text.slice(0, from) + [begin, '', ...lines, '', ''].join('\n') + text.slice(to);
  }, page);
  if (!process.argv.includes('--check')) writeFileSync(join(DOCS, file), fresh);
  else if (page !== fresh) {
    process.stderr.write(`docs/${file} does not show what the code says: run "npm run ${task}".\n`);
    process.exitCode = 1;
  }
}
