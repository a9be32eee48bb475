/** Operations as rows: one for each, and while it runs one beside the head that says so. */
import type { Held, OperationWrite } from '../change.ts';
import { operationName, type Running } from '../core/operations.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { drop, type Op, pack, put, type Row, replacing } from './table.ts';

/** Of two that begin the same only one can insert what says that it runs; of one that ends and one that starts it anew, one finds that gone. */
export function operationOps(vault: string, { was, now, runs }: OperationWrite): readonly Op[] {
  const key = keys.operation(vault, operationName(now.id));
  const sign = keys.running(vault, now);
  if (was) return [replacing(key, pack(now), was), ...(now.status === 'Running' ? [] : [drop(sign)])];
  const { id, kind, subject, startedBy, startedAt } = now;
  return [put(key, now), replacing(sign, pack({ id, kind, subject, startedBy, startedAt }), runs)];
}

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
