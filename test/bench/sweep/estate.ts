/** Stores with items that fall due, made straight through the store: as the API would have left them, without its history. */

import { ALL_HINTED } from '../../../src/change.ts';
import { START } from '../../../src/core/evidence.ts';
import { type Hint, itemHint, SERVICE, standingPurge } from '../../../src/core/hints.ts';
import type { ItemIn } from '../../../src/core/item.ts';
import type { Policy } from '../../../src/core/policy.ts';
import { ticketOf } from '../../../src/core/ticket.ts';
import { addDays, type Instant, instantOf } from '../../../src/core/time.ts';
import type { Mark } from '../../../src/core/told.ts';
import { newSettings, type Vault } from '../../../src/core/vault.ts';
import type { Seals } from '../../../src/ports.ts';
import { hintWriter } from '../../../src/store/agenda.ts';
import { keys } from '../../../src/store/keys.ts';
import { put } from '../../../src/store/table.ts';
import { anExecutorOf } from '../../support/executors.ts';
import { FENCE, headRows, itemRows, write } from '../../support/rows.ts';
import { SEALS } from '../../support/stores.ts';
import type { Tables } from '../tables.ts';

export interface Estate {
  readonly vaults: number;
  readonly duePerVault: number;
  /** Protected items that are not due, over all vaults. */
  readonly others: number;
  readonly name?: (index: number) => string;
  /** Deleted so many days before all others. */
  readonly daysBefore?: number | ((item: number) => number);
  /** How many recovery points each of them has; three if absent. */
  readonly pointsEach?: number;
  /** What the hints to purge carry: all of it if absent. Stale: their vaults were changed since. */
  readonly tickets?: 'good' | 'stale' | 'none';
  /** A hint stands for the next end of a point of theirs. */
  readonly ageing?: true;
  /** Their vaults name it: it is to destroy what is due. */
  readonly executor?: string;
  /** With the key of whoever sweeps; that of tests if absent. */
  readonly seal?: Seals['seal'];
}

const POINTS = 3;
const DELETED = instantOf(Date.UTC(2026, 0, 1));
/** The sweep's now: every deleted item has been due for a day, no warning is. */
export const NOW: Instant = addDays(DELETED, 15);

export const vaultName = (index: number): string => `vault-${String(index).padStart(5, '0')}`;

const pointsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    name: `point-${index}`,
    createdAt: DELETED,
    recordedAt: DELETED,
    rung: 'daily' as const,
    expiresAt: null,
    etag: `point-${index}`,
  }));
const points = pointsOf(POINTS);

const common = (vault: string, name: string) => ({
  vault,
  name,
  workload: 'AzureVM' as const,
  tier: 'Vault' as const,
  sourceId: `/machines/${vault}/${name}`,
  server: null,
  lastBackup: { status: 'Completed' as const, at: DELETED },
  activeJob: null,
  holds: [],
  points,
  pagedPoints: 0,
  hintedAt: addDays(DELETED, 300),
  superseded: false,
});

export const dueItem = (vault: string, index: number, daysBefore = 0, own = points): ItemIn<'SoftDeleted'> => ({
  ...common(vault, `due-${String(index).padStart(5, '0')}`),
  hintedAt: null,
  points: own,
  state: 'SoftDeleted',
  generation: 1,
  previousPolicy: 'daily',
  terms: { retention: { daily: 300 }, cuts: [] },
  deletion: {
    ...{ deletedAt: addDays(DELETED, -daysBefore), retentionDays: 14, version: 1 },
    ...{ deletedBy: 'someone', reason: null, comment: null },
  },
  etag: `due-${index}`,
});

/** Its people were reminded two days before. */
const markOf = ({ vault, name, generation, deletion }: ItemIn<'SoftDeleted'>): Mark => ({
  ...{ vault, item: name, generation },
  purgeAt: addDays(deletion.deletedAt, 14),
  toldAt: addDays(deletion.deletedAt, 12),
});

/** With no history the next entry is the first. */
function hintOf(item: ItemIn<'SoftDeleted'>, vault: Vault, fence: string | undefined): readonly Hint[] {
  const mark = { ...markOf(item), head: START };
  const ticket = fence === undefined ? undefined : ticketOf(item, mark, { vault, policies: [DAILY], fence });
  const expiries = item.hintedAt ? [itemHint(item, 'expire', item.hintedAt)] : [];
  return [...standingPurge(item).map((hint) => ({ ...hint, ticket })), ...expiries];
}
const FENCES = { good: FENCE, stale: 'an older one', none: undefined } as const;

const otherItem = (vault: string, index: number): ItemIn<'Protected'> => ({
  ...common(vault, `live-${String(index).padStart(7, '0')}`),
  state: 'Protected',
  generation: 0,
  policy: 'daily',
  previousPolicy: null,
  policyVersion: 1,
  cuts: [],
  etag: `live-${index}`,
});

const settingsOf = (vault: string, executor: string | null): Vault => ({
  ...newSettings('RecoveryServices'),
  purge: { executor, parameters: null },
  ...{ name: vault, id: vault, kind: 'RecoveryServices', extensions: [], version: 1, guard: null },
  ...{ silences: [], pendingChanges: [], deletion: null, etag: 'v' },
});

const DAILY: Policy = {
  ...{ name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 300 } },
  ...{ cuts: [], retired: false, etag: 'p' },
};

/** Fills three tables; what is written is the same whenever the estate is the same. */
export async function build(tables: Tables, estate: Estate): Promise<void> {
  const {
    vaults,
    duePerVault,
    others,
    name = vaultName,
    daysBefore = 0,
    pointsEach = POINTS,
    tickets = 'good',
    ageing = false,
    executor = null,
    seal = SEALS.seal,
  } = estate;
  const own = pointsOf(pointsEach);
  // There was a sweep before.
  const heartbeat = {
    ...{ at: NOW, turn: 1, complete: true, held: null, detail: null, oldestDue: null, oldestUntold: null },
    hintedVault: ALL_HINTED,
  };
  await tables.vaults.commit(SERVICE, [put(keys.control('heartbeat'), heartbeat)]);
  if (executor !== null) await tables.vaults.commit(SERVICE, [put(keys.executor(executor), anExecutorOf(executor))]);
  const hint = hintWriter(tables.agenda, seal);
  const perVault = Math.ceil(others / vaults);
  for (let index = 0; index < vaults; index += 1) {
    const vault = name(index);
    const settings = settingsOf(vault, executor);
    const due = Array.from({ length: duePerVault }, (_, item) => ({
      ...dueItem(vault, item, typeof daysBefore === 'number' ? daysBefore : daysBefore(item), own),
      ...(ageing ? { hintedAt: addDays(DELETED, 300) } : {}),
    }));
    const living = Math.min(perVault, Math.max(0, others - index * perVault));
    const live = Array.from({ length: living }, (_, item) => otherItem(vault, item));
    const rows = [
      ...headRows(settings, [DAILY], [...due, ...live]),
      ...due.flatMap((item) => [...itemRows(item), put(keys.mark(vault, markOf(item)), markOf(item))]),
      ...live.flatMap(itemRows),
    ];
    await write(tables.vaults, vault, rows);
    await hint(due.flatMap((item) => hintOf(item, settings, FENCES[tickets])));
    await hint(
      Array.from({ length: living }, (_, item) => ({
        kind: 'expire' as const,
        vault,
        item: otherItem(vault, item).name,
        due: addDays(DELETED, 300),
      })),
    );
  }
}
