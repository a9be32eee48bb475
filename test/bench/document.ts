/** docs/performance.md: one marked block a section, so that a run of one leaves the others, and what people wrote, as they are. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../support/launch.ts';

const PATH = join(ROOT, 'docs', 'performance.md');

const INTRODUCTION = `# Performance

\`npm run bench\` writes the measurements, section by section; do not edit them by hand. These are benchmarks, not tests: nothing fails when
a figure misses the ceiling beside it. How far the counts carry is in [scale.md](scale.md).
`;

export function keepSection(name: string, markdown: string): void {
  const text = readOr(INTRODUCTION);
  const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
  const block = `${from}\n\n${markdown.trim()}\n\n${to}`;
  const [start, end] = [text.indexOf(from), text.indexOf(to)];
  const isThere = start >= 0 && end > start;
  const next = isThere ? text.slice(0, start) + block + text.slice(end + to.length) : `${text.trimEnd()}\n\n${block}\n`;
  writeFileSync(PATH, next);
}

function readOr(text: string): string {
  try {
    return readFileSync(PATH, 'utf8');
  } catch {
    return text; // the first run
  }
}
