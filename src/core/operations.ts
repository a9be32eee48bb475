/** Long work that a call has begun and that goes on behind it, in steps: which it is, how far it is, and what came of it. */
import { KEPT_DAYS } from './kept.ts';
import { keyOf, sameName } from './names.ts';
import { addDays, type Instant } from './time.ts';
import type { Undeleted, Undeletion } from './undeletion.ts';
import type { Vault } from './vault.ts';

export const OPERATION_KINDS = ['RehintPolicy', 'ExtendRetention', 'Reindex', 'UndeleteItems', 'RemoveVault'] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];
export const OPERATION_STATUSES = ['Running', 'Succeeded', 'Failed'] as const;

/** What is to be done: the same wish while one runs is the same operation. */
export interface Wish {
  readonly kind: OperationKind;
  /** The policy; null: the vault as a whole. */
  readonly subject: string | null;
  /** Tells apart those of one kind that are about the vault as a whole. */
  readonly mark?: string | undefined;
}

/** Says in the head of a vault that an operation runs, so that who would begin it again knows of it. */
export interface Running extends Wish {
  readonly id: string;
  /** null: the service itself. */
  readonly startedBy: string | null;
  readonly startedAt: Instant;
}

export interface Operation extends Running {
  readonly vault: string;
  readonly status: (typeof OPERATION_STATUSES)[number];
  /** Where its next step goes on; null: at the beginning, or it has ended. Only its walk can read it. */
  readonly cursor: string | null;
  readonly done: number;
  /** Those that could not be dealt with. */
  readonly failed: number;
  /** null: nobody has counted. */
  readonly total: number | null;
  readonly endedAt: Instant | null;
  readonly error: { readonly code: 'VaultDeleted'; readonly message: string } | null;
  /** Of `UndeleteItems`: what it has to undelete, and for whom. */
  readonly undeletes?: Undeletion | undefined;
}

/** What became of one item, as an operation keeps it. */
export interface OperationResult extends Undeleted {
  /** Its name in its vault. */
  readonly operation: string;
  /** Where its walk met the item: results lie in the order in which they came about. */
  readonly place: string;
}

/** Only these keep results. */
export const keepsResults = ({ kind }: Wish): boolean => kind === 'UndeleteItems';

/** `contoso~<id of the vault>~<write id>`: it leads to its vault, and a later vault of that name has others. */
const ID = /^([^~]{1,63})~([A-Za-z0-9._-]{1,80})~([A-Za-z0-9._-]{1,80})$/;

export const operationId = ({ name, id }: Pick<Vault, 'name' | 'id'>, write: string): string =>
  `${name}~${id}~${write}`;

/** It is carried on by itself; a removal goes by the hint that leads to its vault. */
export const isWalk = ({ kind }: Pick<Wish, 'kind'>): boolean => kind !== 'RemoveVault';

/** The end of the id of an operation that removes its vault. A vault is removed once. */
const REMOVAL = 'removal';
export const removalOf = ({ name, id }: Pick<Vault, 'name' | 'id'>): string => operationId({ name, id }, REMOVAL);

/**
 * In which vault an operation lies, and under which name; undefined: that is no id of one. A removal outlives its vault: it lies among the
 * rows of the service.
 */
export function placeOfOperation(id: string): { readonly vault: string | null; readonly name: string } | undefined {
  const [, vault, of, write] = ID.exec(id) ?? [];
  if (vault === undefined || of === undefined || write === undefined) return undefined;
  return write === REMOVAL ? { vault: null, name: of } : { vault, name: write };
}

/** Its name where it lies: the id of the write that began it, or of a removal that of the vault. */
export const operationName = (id: string): string => placeOfOperation(id)?.name ?? '';

const isWish = (a: Wish, b: Wish): boolean =>
  a.kind === b.kind && a.mark === b.mark && (a.subject === b.subject || sameName(a.subject, b.subject));

export const wishIn = <T extends { readonly value: Wish }>(running: readonly T[], wish: Wish): T | undefined =>
  running.find(({ value }) => isWish(value, wish));

/** At the beginning of its walk: a new one, or one that runs and starts anew because what it rests on has changed. */
export const atItsStart = (
  { id, kind, subject, mark, startedBy, startedAt }: Running,
  vault: string,
  { total, undeletes }: Pick<Operation, 'total' | 'undeletes'>,
): Operation => ({
  ...{ id, kind, vault, subject, mark, startedBy, startedAt, total },
  ...{ status: 'Running', cursor: null, done: 0, failed: 0, endedAt: null, error: null, undeletes },
});

/** What a step has done. Without a cursor there is nothing left to do. */
export interface Step {
  readonly cursor: string | undefined;
  readonly done: number;
  readonly failed: number;
}

export function afterStep(before: Operation, step: Step, now: Instant): Operation {
  const counted = { ...before, done: before.done + step.done, failed: before.failed + step.failed };
  return step.cursor === undefined
    ? { ...counted, cursor: null, status: 'Succeeded', endedAt: now }
    : { ...counted, cursor: step.cursor };
}

/** There is nothing left that it could go on with. */
export const endedWithVault = (before: Operation, now: Instant): Operation => ({
  ...before,
  ...{ cursor: null, status: 'Failed', endedAt: now },
  error: { code: 'VaultDeleted', message: `Vault ${before.vault} was deleted.` },
});

/** It is asked for by the very id that it was given, until its time is over. */
export const answersTo = ({ id, endedAt }: Operation, asked: string, now: Instant): boolean =>
  keyOf(id) === keyOf(asked) && (endedAt === null || now < addDays(endedAt, KEPT_DAYS.operation));
