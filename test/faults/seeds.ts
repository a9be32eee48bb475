/** Stores made in memory by the flows themselves, at instants of the past, and then copied: a trial begins with one of them. */

import type { PointPage } from '../../src/change.ts';
import { MOST_ROWS } from '../../src/change.ts';
import { standingPurge } from '../../src/core/hints.ts';
import { purgeAt, purging } from '../../src/core/lifecycle.ts';
import type { Point } from '../../src/core/policy.ts';
import type { SettingsPatch } from '../../src/core/settings.ts';
import { ticketOf } from '../../src/core/ticket.ts';
import { addDays, DAY_MS, type Instant, instantOf, iso } from '../../src/core/time.ts';
import { putExecutor } from '../../src/flows/executors/executors.ts';
import { putHold } from '../../src/flows/items/holds.ts';
import { completeJob, startJob } from '../../src/flows/items/jobs.ts';
import { beginUndeletion } from '../../src/flows/items/operations/beginUndeletion.ts';
import { recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { sweep } from '../../src/flows/sweep/sweep.ts';
import { deleteVault } from '../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import type { Stores } from '../../src/store/stores.ts';
import type { Cells } from '../../src/store/table.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { anEntry, aRequest, must, newId, portsOver, writing } from '../support/world.ts';

const ANSWER = { bodyHash: 'h', status: 200, headers: {}, body: '' } as const;

/** Real time, for whoever counts back from it. */
export const daysAgo = (days: number): Instant => instantOf(Date.now() - Math.round(days * DAY_MS));

/** What a seed is made with: the world before the trial, in memory. A vault is made when it is first named, with these settings of its own. */
export function aSeed(patches: Readonly<Record<string, SettingsPatch>> = {}) {
  const tables = memoryTables();
  const ports = portsOver(tables);
  const must2xx = <T>(outcome: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
    if (!outcome.ok) throw new Error(`the seed is wrong: ${JSON.stringify(outcome)}`);
    return outcome.value;
  };
  const made = new Set<string>();
  const seed = {
    async vault(vault: string, patch = patches[vault] ?? {}): Promise<void> {
      if (made.has(vault)) return;
      made.add(vault);
      must2xx(
        await putVault(
          ports,
          aRequest(daysAgo(200)),
          { vault },
          { patch: { kind: 'RecoveryServices', ...patch }, mustExist: false },
        ),
      );
      const ask = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
      must2xx(await putPolicy(ports, aRequest(daysAgo(200)), { vault }, { name: 'daily', ...ask }));
    },
    /** It destroys what these settings of vaults name it for. */
    async executor(executor: string, confirmWithinHours: number): Promise<void> {
      const ask = { callers: [{ tid: 'local', oid: 'an app' }], confirmWithinHours };
      must2xx(await putExecutor(ports, aRequest(daysAgo(201)), { executor }, ask));
    },
    async settings(vault: string, patch: SettingsPatch, at: Instant): Promise<void> {
      await seed.vault(vault);
      must2xx(await putVault(ports, aRequest(at), { vault }, { patch, mustExist: true }));
    },
    async item(vault: string, item: string, at: Instant, points = 3): Promise<void> {
      await seed.vault(vault);
      const ask = { workload: 'AzureVM', policy: 'daily', sourceId: `${vault}/${item}` } as const;
      must2xx(await protect(ports, aRequest(at), { vault, item }, ask));
      for (let point = 0; point < points; point += 1) await seed.point(vault, item, `p${point}`, addDays(at, -point));
    },
    async point(vault: string, item: string, name: string, createdAt: Instant): Promise<void> {
      const ask = { name, createdAt, rung: 'daily', expiresAt: null } as const;
      must2xx(await recordPoint(ports, aRequest(createdAt), { vault, item }, ask));
    },
    async stop(vault: string, item: string, mode: 'delete' | 'retainPerPolicy', at: Instant): Promise<void> {
      must2xx(await stop(ports, aRequest(at), { vault, item }, { mode, confirmName: item }));
    },
    /** In the trash since then. */
    async trash(vault: string, item: string, at: Instant, points = 3): Promise<void> {
      await seed.item(vault, item, addDays(at, -1), points);
      await seed.stop(vault, item, 'delete', at);
    },
    /** Its people were told of its purge then, and its hint knows all about it. */
    told: (vault: string, item: string, at: Instant) => tellOf(ports, vault, item, at),
    /** What was due then was done. */
    async swept(at: Instant): Promise<void> {
      const then = { clock: { now: () => at }, realNow: () => at, storage: { ping: async () => ({ date: at }) } };
      const report = await sweep(portsOver(tables, then), { maxPurges: 100, budgetSeconds: 60 }, { now: at });
      if (report.failed > 0) throw new Error(JSON.stringify(report));
    },
    /** Begun then, and left to whoever comes. */
    async undeletion(vault: string, items: readonly string[], at: Instant): Promise<void> {
      const head = must(await ports.vaults.head(vault, 'fresh'));
      const begun = await beginUndeletion(ports, aRequest(at), head, { which: { items }, total: items.length });
      if (begun === 'again') throw new Error(`somebody changed ${vault}`);
      must2xx(begun);
    },
    async hold(vault: string, item: string, at: Instant, until: Instant): Promise<void> {
      must2xx(await putHold(ports, aRequest(at), { vault, item }, { name: 'audit', reason: 'audit', until }));
    },
    async backup(vault: string, item: string, at: Instant): Promise<void> {
      const place = { vault, item };
      const { id } = must2xx(await startJob(ports, aRequest(at), place, { operation: 'Backup', expiresAt: null }));
      must2xx(await completeJob(ports, aRequest(at), place, { job: id, status: 'Failed' }));
    },
    /** Deleted then, with a hundred and fifty rows that nobody needs, so that its removal takes more than one transaction. */
    async deletedVault(vault: string, at: Instant): Promise<void> {
      await seed.vault(vault);
      for (let row = 0; row < 150; row += 1)
        await ports.commit({ vault, id: newId(), answer: () => ({ answer: { ...ANSWER, key: `answer-${row}`, at } }) });
      must2xx(await deleteVault(ports, aRequest(at), { vault }));
      // everybody has heard of it
      for (const was of (await ports.alerts.about(vault, null)).found)
        await ports.commit({ vault, id: newId(), alerts: [{ was, now: { ...was.value, notifications: [] } }] });
    },
    pages: (vault: string, item: string, pages: number, createdAt: Instant) =>
      addPages(ports, vault, item, pages, createdAt),
    begin: (vault: string, item: string, at: Instant) => beginPurge(ports, vault, item, at),
    rows: () => rowsOf(tables),
  };
  return seed;
}

/** So its mark says, and a good ticket lies in its hint to purge. */
export async function tellOf(
  { vaults, alerts, commit, hint }: Pick<Stores, 'vaults' | 'alerts' | 'commit' | 'hint'>,
  vault: string,
  item: string,
  at: Instant,
): Promise<void> {
  const { value } = must(await vaults.item(vault, item));
  const head = must(await vaults.head(vault, 'fresh'));
  if (value.state !== 'SoftDeleted') throw new Error(`${item} is not in the trash`);
  const due = purgeAt(value, head.vault);
  const named = (await alerts.about(vault, item)).found.map((one) => one.value.id);
  const putMarks = [{ vault, item, generation: value.generation, purgeAt: due, toldAt: at, days: 2, alerts: named }];
  const facts = { generation: value.generation };
  const entries = [anEntry(item, { operation: 'Told', at, from: value.state, to: value.state, facts })];
  const written = await commit({ vault, id: newId(), putMarks, stillInTrash: [value], entries });
  const ticket = ticketOf(value, must(written?.change?.putMarks?.[0]), head);
  await hint(standingPurge(value).map((one) => ({ ...one, ticket: must(ticket) })));
}

/** The version before marked a large item first, and then took it apart. */
export async function beginPurge(
  { vaults, commit }: Pick<Stores, 'vaults' | 'commit'>,
  vault: string,
  item: string,
  at: Instant,
): Promise<void> {
  const was = must(await vaults.item(vault, item));
  const { value } = was;
  if (value.state !== 'SoftDeleted') throw new Error(`${item} is not in the trash`);
  const id = newId();
  const now = purging(value, value.terms, id);
  const facts = { purgeAt: iso(purgeAt(value, undefined)), generation: value.generation, told: ['DeleteBackupData'] };
  const entry = anEntry(item, { operation: 'Purge', at, from: value.state, to: now.state, facts });
  if (!(await commit(writing(now, was, { id, entries: [entry] })))) throw new Error(`${item} changed meanwhile`);
}

/** Pages of before, of one point each unless told otherwise, so that an item is large with few points. */
export async function addPages(
  { vaults, commit, hint }: Pick<Stores, 'vaults' | 'commit' | 'hint'>,
  vault: string,
  item: string,
  pages: number,
  createdAt: Instant,
  perPage = 1,
): Promise<void> {
  // daily points live thirty days
  await hint([{ kind: 'expire', vault, item, due: addDays(createdAt, 30) }]);
  for (let made = 0; made < pages; made += 90) {
    const held = must(await vaults.item(vault, item));
    if (held.value.state === 'Purged') throw new Error(`${item} is gone`);
    const etag = newId();
    const putPages = Array.from({ length: Math.min(90, pages - made) }, (_, index): PointPage => {
      const id = `page${String(made + index).padStart(4, '0')}`;
      const points = Array.from({ length: perPage }, (_, at): Point => {
        const name = perPage === 1 ? id : `${id}-${at}`;
        return { name, createdAt, recordedAt: createdAt, rung: 'daily', expiresAt: null, etag: `etag-of-${name}` };
      });
      return { id, points, ofBefore: true };
    });
    const now = { ...held.value, pagedPoints: held.value.pagedPoints + putPages.length * perPage, etag };
    const was = { value: held.value, tag: held.tag };
    if (!(await commit(writing(now, held, { id: etag, items: [{ was, now, putPages }] }))))
      throw new Error(`no pages for ${item}`);
  }
}

export interface Placed {
  readonly table: keyof Tables;
  readonly partition: string;
  readonly key: string;
  readonly cells: Cells;
}

const NAMES = ['registry', 'agenda', 'vaults'] as const;

export async function rowsOf(tables: Tables): Promise<readonly Placed[]> {
  const found = NAMES.map(async (table) =>
    (await tables[table].across('', '~~', {})).map(({ partition, key, cells }) => ({ table, partition, key, cells })),
  );
  return (await Promise.all(found)).flat();
}

/** The rows of a seed, in as few transactions as they fit into. */
export async function plant(tables: Tables, rows: readonly Placed[]): Promise<void> {
  const partitions = Map.groupBy(rows, ({ table, partition }) => `${table}/${partition}`).values();
  const batches = [...partitions].flatMap((ofPartition) =>
    Array.from({ length: Math.ceil(ofPartition.length / MOST_ROWS) }, (_, index) =>
      ofPartition.slice(index * MOST_ROWS, (index + 1) * MOST_ROWS),
    ),
  );
  const queue = batches.values();
  const worker = async () => {
    for (const batch of queue) {
      const [first] = batch;
      if (first)
        await tables[first.table].commit(
          first.partition,
          batch.map(({ key, cells }) => ({ op: 'put', key, cells })),
        );
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
