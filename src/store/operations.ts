/** Operations as rows: one for each, and while it runs one beside the head that says so. */
import type { Held, OperationWrite, ResultWrite } from '../change.ts';
import { isWalk, operationName, type Running } from '../core/operations.ts';
import type { ResultRow } from '../ports/vaults.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { drop, type Op, pack, put, type Row, replacing } from './table.ts';

/** Of two that begin the same only one can insert what says that it runs; of one that ends and one that starts it anew, one finds that gone. */
export function operationOps(vault: string, { was, now, runs }: OperationWrite): readonly Op[] {
  const key = keys.operation(vault, operationName(now.id));
  // It has one name, whoever begins it: that says enough.
  if (!isWalk(now)) return [replacing(key, pack(now), was)];
  const sign = keys.running(vault, now);
  if (was) return [replacing(key, pack(now), was), ...(now.status === 'Running' ? [] : [drop(sign)])];
  const { id, kind, subject, mark, startedBy, startedAt } = now;
  return [put(key, now), replacing(sign, pack({ id, kind, subject, mark, startedBy, startedAt }), runs)];
}

export function resultOp(vault: string, { result, isNew }: ResultWrite): Op {
  const { operation, place, item, outcome, code } = result;
  const key = keys.result(vault, operation, place);
  const cells = pack({ item, outcome, code });
  return isNew ? { op: 'insert', key, cells } : { op: 'put', key, cells };
}

/** One bad row must not hide the others. */
export const resultIn =
  (prefix: string) =>
  (row: Row): ResultRow => {
    const place = row.key.slice(prefix.length);
    try {
      const result = read.result(row);
      return { place, item: result.item, result };
    } catch {
      return { place, item: place.split('!').at(-1) ?? '' };
    }
  };

/** What newer code began is nothing that this code would begin again. */
export const runningIn = (vault: string, rows: readonly Row[]): readonly Held<Running>[] =>
  rows
    .filter(({ key }) => key.startsWith(keys.allRunning(vault)))
    .flatMap((row) => {
      try {
        return [{ value: read.running(row), tag: row.tag }];
      } catch {
        return [];
      }
    });
