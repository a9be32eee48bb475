/**
 * Pages of older points, as rows. A point is a line of six cells there, half as long as in its item. The hashes of the names stand in
 * cells of their own, so that a name is looked for without reading the points: sixteen cells, by the first digit of the hash, of
 * which a search selects one. The page that still grows keeps its document under another name: so the same search can select it.
 */
import * as z from 'zod';
import type { PointPage } from '../change.ts';
import { keyOf } from '../core/names.ts';
import { POINT_RUNGS, type Point } from '../core/policy.ts';
import { instantOf } from '../core/time.ts';
import type { PageLine } from '../ports/vaults.ts';
import { hashOf } from './keys.ts';
import { list } from './limited.ts';
import { point } from './rows/item.ts';
import { id, name } from './rows/parts.ts';
import { type Cells, ofOurTime, pack, type Row, reader, readerOf } from './table.ts';

/** As many as a page holds. */
const MOST_POINTS = 500;

/** Code of before must not change what it cannot read. */
const PAGE_VERSION = 2;

const millis = z.number().transform(instantOf);
const line = z
  .tuple([name, millis, millis, z.enum(POINT_RUNGS), millis.nullable(), id])
  .transform(([name, createdAt, recordedAt, rung, expiresAt, etag]): Point => {
    return { name, createdAt, recordedAt, rung, expiresAt, etag };
  });
const lineOf = ({ name, createdAt, recordedAt, rung, expiresAt, etag }: Point) =>
  [name, createdAt.toMillis(), recordedAt.toMillis(), rung, expiresAt?.toMillis() ?? null, etag] as const;

const readCompact = readerOf({ id, points: list(line, MOST_POINTS) });
const readBefore = reader(
  z.object({ id, points: list(point, MOST_POINTS) }).transform((page) => ({ ...page, ofBefore: true as const })),
);

/** Eight bytes, in digits. */
const HASH = 16;
const hashed = (name: string): string => hashOf([keyOf(name)]).slice(0, HASH);
const DIGITS = [...'0123456789abcdef'];
const namesCell = (digit: string): string => `names_${digit}`;

const DOC = /^doc/;
const OPEN = /^open/;
/** More than a page that still has room can fill. */
const OPEN_CELLS = Array.from({ length: 8 }, (_, piece) => `open${piece}`);

const renamed = (cells: Cells, from: RegExp, to: string): Cells =>
  Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name.replace(from, to), cell]));

export function pageCells({ id, points, open, ofBefore }: PointPage): Cells {
  if (ofBefore) return pack({ id, points });
  const hashes = Object.groupBy(
    points.map(({ name }) => hashed(name)),
    ([digit = '']) => digit,
  );
  const names = Object.fromEntries(DIGITS.map((digit) => [namesCell(digit), (hashes[digit] ?? []).join('')]));
  const cells = pack({ id, points: points.map(lineOf) }, { v: PAGE_VERSION, ...names });
  return open ? renamed(cells, DOC, 'open') : cells;
}

const isOfBefore = ({ cells }: Row): boolean => cells['v'] !== PAGE_VERSION;

export function readPage(row: Row): PointPage {
  ofOurTime(row.key, row.cells);
  if (isOfBefore(row)) return readBefore(row);
  const page = readCompact({ key: row.key, cells: renamed(row.cells, OPEN, 'doc') });
  return OPEN_CELLS[0] !== undefined && OPEN_CELLS[0] in row.cells ? { ...page, open: true } : page;
}

/** What a search for this name selects. */
export const cellsFor = (name: string, withOpen: boolean): readonly string[] => [
  'v',
  namesCell(hashed(name).charAt(0)),
  ...(withOpen ? OPEN_CELLS : []),
];

export function readLine(row: Row, id: string, name: string): PageLine {
  const { v, ...cells } = ofOurTime(row.key, row.cells);
  if (isOfBefore(row)) return { id, mayHold: true, ofBefore: true };
  const hash = hashed(name);
  const names = String(cells[namesCell(hash.charAt(0))] ?? '');
  const mayHold = Array.from({ length: names.length / HASH }, (_, at) => names.startsWith(hash, at * HASH));
  return {
    ...{ id, mayHold: mayHold.includes(true), ofBefore: false },
    open: OPEN_CELLS.some((cell) => cell in cells) ? readPage(row) : undefined,
  };
}
