/**
 * Draws the rooms of `src` and the arrows between them into docs/architecture.md, from the imports in the code. With `--check` it draws
 * nothing and says whether the page is stale; with `--sizes` it prints files and lines a room.
 */
import { globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs', 'architecture.md');
const IMPORT = /(?:from|import)\s*\(?\s*'(\.[^']+)'/g;

/** `src/flows/items/stop.ts` is in `items`, `src/core/item.ts` in `core`, `src/app.ts` in `app`. */
function roomOf(file: string): string {
  const [, first = '', second = ''] = file.split('/');
  if (first === 'flows') return second;
  return first.replace(/\.ts$/, '');
}

interface Room {
  readonly files: readonly string[];
  readonly lines: number;
  readonly imports: ReadonlySet<string>;
}

function rooms(): ReadonlyMap<string, Room> {
  const files = globSync('src/**/*.ts', { cwd: ROOT }).toSorted();
  const found = new Map<string, Room>();
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), 'utf8');
    const targets = [...text.matchAll(IMPORT)].map(([, to = '']) => relative(ROOT, join(ROOT, dirname(file), to)));
    const before = found.get(roomOf(file)) ?? { files: [], lines: 0, imports: new Set<string>() };
    found.set(roomOf(file), {
      files: [...before.files, file],
      lines: before.lines + text.split('\n').length - 1,
      imports: new Set([...before.imports, ...targets.map((to) => roomOf(normalize(to)))]),
    });
  }
  return found;
}

/** From left to right: a room imports only what comes after it. */
const FLOWS = [
  ...['service', 'orders', 'sweep', 'items', 'servers', 'guards', 'vaults', 'kinds', 'executors'],
  ...['alerts', 'notify', 'authorize', 'story'],
];

function arrows(all: ReadonlyMap<string, Room>): readonly (readonly [string, string])[] {
  return FLOWS.flatMap((from) =>
    FLOWS.filter((to) => to !== from && all.get(from)?.imports.has(to)).map((to) => [from, to] as const),
  );
}

/** An arrow that a longer way shows as well is left out of the drawing, and counts all the same. */
function drawn(all: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const next = (from: string) => all.flatMap(([a, b]) => (a === from ? [b] : []));
  const reaches = (from: string, to: string): boolean => next(from).some((one) => one === to || reaches(one, to));
  return all.filter(([from, to]) => !next(from).some((one) => one !== to && reaches(one, to)));
}

function drawing(all: ReadonlyMap<string, Room>): string {
  const found = arrows(all);
  return [
    '```mermaid',
    'flowchart LR',
    ...drawn(found).map(([from, to]) => `  ${from} --> ${to}`),
    '```',
    '',
    `${found.length} arrows between the rooms of \`src/flows\`; those that follow from others are not drawn.`,
  ].join('\n');
}

const [BEGIN, END] = ['<!-- rooms: drawn by `npm run rooms` -->', '<!-- rooms end -->'];

function withDrawing(page: string, text: string): string {
  const [before, rest = ''] = page.split(BEGIN);
  const [, after] = rest.split(END);
  if (after === undefined) throw new Error(`docs/architecture.md has no place for the drawing: ${BEGIN}`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}

/** With more of them a newcomer no longer sees where a thing belongs. */
const MOST_ARROWS = 29;

function complain(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 1;
}

const all = rooms();
const count = arrows(all).length;
if (count > MOST_ARROWS)
  complain(
    `${count} arrows between the rooms of src/flows, and ${MOST_ARROWS} are the most: move what asks for a new one.`,
  );
for (const room of readdirSync(join(ROOT, 'src', 'flows')))
  if (!FLOWS.includes(room)) complain(`src/flows/${room} is not drawn: say in tools/rooms.ts what lies to its right.`);
if (process.argv.includes('--sizes')) {
  for (const [room, { files, lines }] of all) process.stdout.write(`${room}: ${files.length} files, ${lines} lines\n`);
} else {
  const page = readFileSync(PAGE, 'utf8');
  const fresh = withDrawing(page, drawing(all));
  if (!process.argv.includes('--check')) writeFileSync(PAGE, fresh);
  else if (fresh !== page) complain('docs/architecture.md is stale: run `npm run rooms` and commit it.');
}
