/**
 * The sum of what was folded, as rows. A vault may have hundreds of policies, each with items of a hundred kinds, and their names are long: so a
 * name stands once in a row, and what does not fit into the first row goes on in others beside it. All are written together.
 */
import * as z from 'zod';
import { inParts } from '../change.ts';
import { type Tally, userKey } from '../core/tally.ts';
import { NO_COUNTS } from '../core/vault.ts';
import { keys } from './keys.ts';
import { list, record } from './limited.ts';
import { MOST_WORKLOADS, name } from './rows/parts.ts';
import { drop, type Op, pack, put, type Row, reader, readerOf, replacing } from './table.ts';

export const count = z.number().int();
export const counts = z.object({ protected: count, stopped: count, softDeleted: count });

/** What was folded, and whether that and the differences are all there is. */
export interface Base extends Tally {
  /** How often something was folded. The row behind all differences says the same, or a read met a fold on its way. */
  readonly folds: number;
  /** Every item of the vault is counted. */
  readonly isUp: boolean;
}

/** With all workloads that there may be, their names and numbers of nine digits have 512 KiB. */
const POLICIES_A_ROW = 64;
/** The place of a workload among those of the row, and how many of its items are in which state. */
const use = z.tuple([count, count, count, count]);
const lines = {
  workloads: list(name, MOST_WORKLOADS),
  policies: list(z.tuple([name, list(use, MOST_WORKLOADS)]), POLICIES_A_ROW),
};
type Lines = z.output<z.ZodObject<typeof lines>>;

const usersIn = ({ workloads, policies }: Lines): Tally['users'] =>
  Object.fromEntries(
    policies.flatMap(([policy, uses]) =>
      uses.map(([at, active, stopped, softDeleted]) => {
        const key = userKey(policy, workloads[at] ?? '');
        return [key, { protected: active, stopped, softDeleted }] as const;
      }),
    ),
  );

const rest = { folds: count, isUp: z.boolean() };
/** Beside each count, the names of its policy and its workload. */
const ofBefore = z.object({ counts, users: record(counts, 160_000), ...rest });

export const readBase = {
  base: reader(
    z.union([
      z
        .object({ counts, ...lines, ...rest })
        .transform(({ workloads, policies, ...base }): Base => ({ ...base, users: usersIn({ workloads, policies }) })),
      ofBefore,
    ]),
  ),
  part: reader(z.object(lines).transform((part): Tally => ({ counts: NO_COUNTS, users: usersIn(part) }))),
  end: readerOf({ folds: count }),
};

type User = readonly [policy: string, workload: string, counts: Tally['counts']];

/** The users of some policies, as one row holds them. */
function linesOf(policies: readonly (readonly [string, readonly User[]])[]): Lines {
  const workloads = [...new Set(policies.flatMap(([, users]) => users.map(([, workload]) => workload)))];
  const places = new Map(workloads.map((workload, at) => [workload, at]));
  const useOf = ([, workload, of]: User): z.output<typeof use> => [
    ...([places.get(workload) ?? 0, of.protected, of.stopped, of.softDeleted] as const),
  ];
  return { workloads, policies: policies.map(([policy, users]) => [policy, users.map(useOf)]) };
}

function rowsOf(users: Tally['users']): readonly Lines[] {
  const each = Object.entries(users).map(([key, of]): User => {
    const [policy = '', workload = ''] = key.split('!');
    return [policy, workload, of];
  });
  return inParts([...Map.groupBy(each, ([policy]) => policy)], POLICIES_A_ROW).map(linesOf);
}

/** As it was read: its first row, and the others. */
export interface BaseRows {
  readonly base: Row | undefined;
  readonly parts: readonly Row[];
}

/** The base and what ends the differences. They are written together, so whoever reads both alike has read what lies between at rest. */
export function baseOps(vault: string, { counts: sum, users, folds, isUp }: Base, was: BaseRows): readonly Op[] {
  const [first = linesOf([]), ...others] = rowsOf(users);
  const parts = others.map((one, at) => put(keys.tallyPart(vault, at), one));
  const stay = new Set(parts.map(({ key }) => key));
  return [
    replacing(keys.tallyBase(vault), pack({ counts: sum, ...first, folds, isUp }), was.base),
    ...parts,
    ...was.parts.filter(({ key }) => !stay.has(key)).map(({ key }) => drop(key)),
    put(keys.tallyEnd(vault), { folds }),
  ];
}
