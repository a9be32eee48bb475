/** Executors lie among the service's own rows; beside them, which vaults may name them. */
import type { Change, Held, Line, Replacement } from '../change.ts';
import type { Executor } from '../core/executors.ts';
import { SERVICE } from '../core/hints.ts';
import { keyOf } from '../core/names.ts';
import { instantOf, iso, parseInstant } from '../core/time.ts';
import type { ExecutorLinks, Executors } from '../ports.ts';
import { keys } from './keys.ts';
import { read } from './rows.ts';
import { drop, held, type Op, pack, put, type Row, replacing, stretchIn, type Table, touch } from './table.ts';

const KNOWN_MS = 60_000;
const MINUTE_MS = 60_000;
/** How many a process keeps in mind. */
const REMEMBERED = 1000;

/** When it called last is noted beside what is set of it, so that whoever changes that does not have to be asked. */
function executorIn(row: Row): Executor {
  const executor = read.executor(row);
  const seen = parseInstant(String(row.cells['seenAt']));
  return seen && (executor.lastSeenAt === null || executor.lastSeenAt < seen)
    ? { ...executor, lastSeenAt: seen }
    : executor;
}

interface Remembered {
  readonly at: number;
  readonly executor: Promise<Executor | undefined>;
}

/** `elapsed`: milliseconds that only grow, whatever becomes of the clock. */
export function tableExecutors(vaults: Table, elapsed: () => number = () => performance.now()): Executors {
  const memory = new Map<string, Remembered>();
  const get: Executors['get'] = async (name) => held(executorIn)(await vaults.get(SERVICE, keys.executor(name)));
  const look = async (key: string): Promise<Executor | undefined> => {
    try {
      return (await get(key))?.value;
    } catch (error) {
      memory.delete(key);
      throw error;
    }
  };
  return {
    get,
    list: (stretch) => stretchIn(vaults, SERVICE, keys.executors, stretch, executorIn),
    async links(name) {
      const rows = await vaults.range(SERVICE, { prefix: keys.executorLinks(name) });
      const links = rows.filter(({ cells }) => cells['vault'] !== undefined);
      return {
        vaults: links.map(({ cells, tag }): Held<string> => ({ value: String(cells['vault']), tag })),
        gateTag: rows.find(({ key }) => key === keys.executorGate(name))?.tag,
        letGo: letGoIn(rows.find(({ key }) => key === keys.executorLetGo(name))),
      };
    },
    async linked({ after, limit }) {
      const prefix = keys.allExecutorLinks;
      const rows = await vaults.range(SERVICE, { prefix, limit, after: after && prefix + after });
      const last = rows.length < limit ? undefined : rows.at(-1)?.key.slice(prefix.length);
      return {
        found: rows.flatMap(({ cells }) => (cells['vault'] === undefined ? [] : [String(cells['vault'])])),
        last,
      };
    },
    known(name) {
      const key = keyOf(name);
      const known = memory.get(key);
      if (known && elapsed() - known.at < KNOWN_MS) return known.executor;
      const [oldest] = memory.keys();
      if (memory.size >= REMEMBERED && oldest !== undefined) memory.delete(oldest);
      const executor = look(key);
      memory.delete(key);
      memory.set(key, { at: elapsed(), executor });
      return executor;
    },
  };
}

/** The row that changes with whatever is about to name it. */
const gate = (executor: string): Op => put(keys.executorGate(executor), {});

export const executorOps = ({ was, now }: Replacement<Executor>): readonly Op[] => [
  replacing(keys.executor(now.name), pack(now), was),
  gate(now.name),
];

/** It has to be there, and is about to be named. */
export const namingOps = (executor: string): readonly Op[] => [touch(keys.executor(executor)), gate(executor)];

/** Whoever is about to remove it looks again, and finds that a kind has just let it go. */
export const letGoOps = ({ executor, kind, at }: NonNullable<Change['letsGo']>): readonly Op[] => [
  gate(executor),
  { op: 'put', key: keys.executorLetGo(executor), cells: { v: 1, kind, at: iso(at) } },
];

function letGoIn(row: Row | undefined): ExecutorLinks['letGo'] {
  const at = parseInstant(String(row?.cells['at']));
  return row && at ? { kind: String(row.cells['kind']), at } : undefined;
}

/** Whatever was noted since its links were read has changed the gate. */
export const goingOps = ({ name, gateTag }: NonNullable<Change['executorGoes']>): readonly Op[] => [
  drop(keys.executor(name)),
  replacing(keys.executorGate(name), pack({}), { tag: gateTag }),
];

type Written<L extends Line['line']> = { readonly [N in L]: (line: Extract<Line, { line: N }>) => Promise<boolean> };

/**
 * A vault and the executor that it names lie in different partitions. The vault notes in both that it is about to name it, in its own first;
 * the transaction that does so takes that note away. So whoever removes the executor can void what is under way: without its note a vault
 * has to note it anew, and then the executor is gone, or its gate has changed.
 */
export function executorLines(
  vaults: Table,
  elapsed: () => number = () => performance.now(),
): Written<'naming' | 'voidNaming' | 'strikeLinks' | 'executorSeen' | 'forgetExecutor'> {
  const noted = new Map<string, number>();
  return {
    async executorSeen({ executor, at }) {
      const key = keys.executor(executor);
      const last = noted.get(key);
      if (last !== undefined && elapsed() - last < MINUTE_MS) return true;
      const [oldest] = noted.keys();
      if (noted.size >= REMEMBERED && oldest !== undefined) noted.delete(oldest);
      noted.set(key, elapsed());
      const minute = instantOf(Math.floor(+at / MINUTE_MS) * MINUTE_MS);
      return vaults.commit(SERVICE, [{ op: 'touch', key, cells: { seenAt: iso(minute) } }]);
    },
    async naming({ executor, vault }) {
      const note = keys.naming(vault, executor);
      await vaults.commit(keyOf(vault), [put(note, {})]);
      const link: Op = { op: 'put', key: keys.executorLink(executor, vault), cells: { v: 1, vault } };
      const isThere = await vaults.commit(SERVICE, [...namingOps(executor), link]);
      if (!isThere) await vaults.commit(keyOf(vault), [drop(note)]);
      return isThere;
    },
    async voidNaming({ executor, vaults: named }) {
      for (const vault of named) await vaults.commit(keyOf(vault), [drop(keys.naming(vault, executor))]);
      return true;
    },
    async strikeLinks({ executor, links }) {
      for (const { value, tag } of links) await vaults.remove(SERVICE, keys.executorLink(executor, value), tag);
      return true;
    },
    async forgetExecutor({ executor }) {
      const left = await vaults.range(SERVICE, { prefix: keys.executorGate(executor), limit: 2 });
      const isBack = await vaults.get(SERVICE, keys.executor(executor));
      if (isBack) return true;
      for (const { key, tag, cells } of left) if (cells['vault'] === undefined) await vaults.remove(SERVICE, key, tag);
      return true;
    },
  };
}
