import type { Io } from '../io.ts';
import type { Json } from '../json.ts';
import { adviceFor, type Trouble } from '../trouble.ts';
import type { Block, Rows, Shown } from './shown.ts';

const TONES: Readonly<Record<string, number>> = {
  SoftDeleted: 31,
  Purging: 31,
  Sev0: 31,
  DeadLettered: 31,
  Failed: 31,
  Blocked: 31,
  Abandoned: 31,
  fail: 31,
  held: 33,
  ProtectionStopped: 33,
  BackupsSuspended: 33,
  Sev1: 33,
  Protected: 32,
};

const BOLD = 1;
const DIM = 2;

type Printer = Pick<Io, 'out' | 'err' | 'env' | 'isTerminal' | 'isErrTerminal'>;
type Paint = (code: number | undefined, text: string) => string;

const isColourful = ({ env }: Pick<Io, 'env'>, isTerminal: boolean): boolean =>
  isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';

const painter =
  (colourful: boolean): Paint =>
  (code, text) =>
    colourful && code !== undefined && text !== '' ? `\x1b[${code}m${text}\x1b[0m` : text;

/** Control characters in what others wrote (reasons, comments) would steer the terminal, or turn the text around. */
const STEERING = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;
export const harmless = (text: string): string => text.replace(new RegExp(`${STEERING.source}+`, 'gu'), ' ');
const escaped = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;

export function printJson(answer: Json, write: (text: string) => void): void {
  const lines = JSON.stringify(answer, null, 2).split('\n');
  write(`${lines.map((line) => line.replace(STEERING, escaped)).join('\n')}\n`);
}

export function print(shown: Shown, io: Printer): void {
  const paint = painter(isColourful(io, io.isTerminal));
  const dim = painter(isColourful(io, io.isErrTerminal));
  for (const block of shown) {
    if (block.kind === 'hint') {
      if (io.isTerminal) io.err(`${dim(DIM, harmless(block.text))}\n`);
      continue;
    }
    const lines = io.isTerminal ? pretty(block, paint) : plain(block.rows);
    if (lines.length > 0) io.out(`${lines.join('\n')}\n`);
    else if (io.isTerminal && block.kind === 'table') io.err(`${block.empty}\n`);
  }
}

/** For programs: tabs between, no titles. */
const plain = (rows: Rows): readonly string[] => rows.map((row) => row.map(harmless).join('\t'));

function pretty(block: Exclude<Block, { kind: 'hint' }>, paint: Paint): readonly string[] {
  const rows = block.rows.map((row) => row.map(harmless));
  if (rows.length === 0) return [];
  const titles = block.kind === 'table' ? [block.titles] : [];
  const widths = widthsOf([...titles, ...rows]);
  const line = (row: readonly string[], tone: (text: string, column: number) => number | undefined) =>
    row
      .map((text, column) => paint(tone(text, column), text) + gap(text, widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const ofText = (text: string) => (Object.hasOwn(TONES, text) ? TONES[text] : undefined);
  return [
    ...titles.map((title) => line(title, () => BOLD)),
    ...rows.map((row) => line(row, (text, column) => (block.kind === 'facts' && column === 0 ? DIM : ofText(text)))),
  ];
}

const gap = (text: string, width: number): string => ' '.repeat(Math.max(0, width - text.length));

const widthsOf = (rows: Rows): readonly number[] =>
  (rows[0] ?? []).map((_, column) => rows.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));

/** On stderr: a program that reads stdout gets an answer or nothing. */
export function printTrouble(trouble: Trouble, json: boolean, io: Printer): void {
  const { err } = io;
  if (json) {
    printJson(asError(trouble), err);
    return;
  }
  const paint = painter(isColourful(io, io.isErrTerminal));
  const say = (text: string) => err(`${harmless(text)}\n`);
  err(`${paint(31, 'ERROR:')} ${harmless(trouble.message)}\n`);
  if (trouble.kind === 'usage') say(`Try: npx ${trouble.help}`);
  if (trouble.kind === 'refused') {
    const { details, code, requestId } = trouble.problem;
    for (const { target = '', message } of details) say(`  ${target} ${message}`.trimEnd());
    say(`Code: ${code}   Request id: ${requestId ?? 'none'}`);
  }
  const advice = adviceFor(trouble);
  if (advice) say(advice);
}

const asError = (trouble: Trouble): object => {
  if (trouble.kind !== 'refused')
    return { error: { code: trouble.kind === 'usage' ? 'WrongUsage' : 'Unreachable', message: trouble.message } };
  const { error, status, requestId } = trouble.problem;
  return { error: { ...error, status, ...(requestId ? { requestId } : {}) } };
};
