import type { Change, HeadWrite, ItemWrite, PagesWrite, RecordedAnswer, Replacement } from '../change.ts';
import type { Alert, Waiting } from '../core/alerts.ts';
import { alertEndsOn } from '../core/ends.ts';
import { isLinked } from '../core/evidence.ts';
import type { GrantTerms } from '../core/guards.ts';
import { isItem, type Remains } from '../core/item.ts';
import type { ClosedOrder } from '../core/order.ts';
import { closedIds, isOrdered } from '../core/orders.ts';
import type { Policy } from '../core/policy.ts';
import { NO_PURGE } from '../core/purgeSettings.ts';
import type { Vault } from '../core/vault.ts';
import { isNote } from './chains.ts';
import { controlOps } from './control.ts';
import { deletionKey, ENDS, endOps } from './ends.ts';
import { executorOps, goingOps, letGoOps, namingOps } from './executors.ts';
import { indexOps } from './indexes.ts';
import { keptHintsOf } from './keptHints.ts';
import { keys, trashKey } from './keys.ts';
import { kindOps } from './kinds.ts';
import { operationOps, resultOp } from './operations.ts';
import { pageCells } from './pages.ts';
import { type Cells, drop, type Op, pack, put, replacing, touch, WITH_EXECUTORS, WITH_TALLIES } from './table.ts';
import { newTallyOps, tallyOps } from './tallies.ts';

/** A change as the rows it writes: what is derived from an item (its place in the trash, indexes, the tally) follows the item. */
export function opsOf(change: Change): readonly Op[] {
  const {
    vault,
    head,
    grave,
    fence,
    stillDeleted,
    items = [],
    mergedPages,
    stillInTrash = [],
    putMarks = [],
    dropMarks = [],
    server,
    touchServer,
    jobs = [],
    operations = [],
    results = [],
    pins = [],
    guard,
    guardGoes,
    removesGuard,
    serviceGuard,
    executor,
    executorGoes,
    namesExecutor,
    letsGo,
    grant,
    spent = [],
    settings,
  } = change;
  const { alerts = [], counted = [], waiting = [], stopWaiting = [], control } = change;
  const answer = change.answer?.(change);
  return [
    ...(head ? headOps(vault, change.id, head) : []),
    ...(grave ? graveOps(vault, grave) : []),
    ...(makesAnything(change) ? [put(keys.gate(vault), {})] : []),
    ...items.flatMap((write) => itemOps(vault, write)),
    ...tallyOps(change),
    ...(mergedPages ? pageOps(vault, mergedPages.item, mergedPages) : []),
    ...stillInTrash.map((item) => touch(trashKey(item) ?? '')),
    ...putMarks.map((mark) => put(keys.mark(vault, mark), mark)),
    ...dropMarks.map((mark) => drop(keys.mark(vault, mark))),
    ...alerts.map((one) => alertOp(vault, one)),
    ...counted.map((one) => put(deletionKey(vault, one), one)),
    ...waiting.map((one) => put(waitingKey(vault, one), { ...one, ...OF_BEFORE })),
    ...stopWaiting.map((one) => drop(waitingKey(vault, one))),
    ...(change.closedOrder ? [closedOrderOp(vault, change.closedOrder)] : []),
    ...jobs.map((job): Op => ({ op: 'put', key: keys.job(vault, job.item, job.id), cells: pack(job, ENDS) })),
    ...operations.flatMap((one) => operationOps(vault, one)),
    ...results.map((one) => resultOp(vault, one)),
    ...entryOps(change),
    ...(fence === undefined ? [] : [touch(keys.fence(vault, fence))]),
    ...(stillDeleted ? [touch(keys.vault(vault))] : []),
    ...(server ? [replacement(keys.server(vault, server.now.name), server)] : []),
    ...(touchServer === undefined ? [] : [touch(keys.server(vault, touchServer))]),
    ...pins.map((one) => replacement(keys.pin(vault, one.now), one)),
    ...(guard ? [replacement(keys.guard(guard.now.name), guard), termsOp(guard.now.name, guard.now)] : []),
    ...(guardGoes === undefined ? [] : [termsOp(guardGoes, undefined)]),
    ...(removesGuard ? [drop(keys.guard(removesGuard.value.name)), termsOp(removesGuard.value.name, undefined)] : []),
    ...(settings ? [replacement(keys.serviceSettings, settings)] : []),
    ...(serviceGuard
      ? [replacement(keys.serviceGuard, serviceGuard), put(keys.control('guard'), serviceGuard.now)]
      : []),
    ...kindOps(change),
    ...(executor ? executorOps(executor) : []),
    ...(executorGoes ? goingOps(executorGoes) : []),
    ...(namesExecutor === undefined ? [] : namingOps(namesExecutor)),
    ...(letsGo ? letGoOps(letsGo) : []),
    ...(grant ? [replacement(keys.grant(grant.now.guard, grant.now.id), grant)] : []),
    ...spent.map((one) => replacement(keys.spent(vault, one.now.grant), one)),
    ...(control ? controlOps(control) : []),
    ...keptHintsOf(change),
    ...(answer ? [answerOp(vault, answer)] : []),
    ...endOps(change, answer),
  ];
}

/** Code of before does not read a place without it. */
const OF_BEFORE = { single: false } as const;

const waitingKey = (vault: string, { together, at, alert }: Waiting): string =>
  keys.waitingOne(vault, together, at, alert);

/** Where the guard goes, they say nothing: whoever lists its grants has to look whether it is there. */
const termsOp = (guard: string, terms: GrantTerms | undefined): Op =>
  put(keys.grantTerms(guard), { quorum: terms?.quorum ?? null });
/** When it is over stands in it, for whoever checks the store. */
const alertOp = (vault: string, { was, now }: Replacement<Alert>): Op =>
  replacement(keys.alert(vault, now.id), { was, now: was ? now : { ...now, endsOn: alertEndsOn(now) } });

const replacement = (key: string, { was, now }: Replacement<object>): Op => replacing(key, pack(now), was);

/** A deleted vault has no fence. A deletion rests on the gate, too: nothing was made in the vault since its blockers were looked for. */
function headOps(
  vault: string,
  id: string,
  { was, now, putPolicy, dropPolicy, names, firstOf }: HeadWrite,
): readonly Op[] {
  const isOpen = now.deletion === null;
  const open = was?.vault.deletion === null ? was : undefined;
  return [
    replacing(keys.vault(vault), vaultCells({ vault: now, fence: id }), was && { tag: was.vaultTag }),
    ...(was ? [] : newTallyOps(vault)),
    ...(open ? [drop(keys.fence(vault, open.fence))] : []),
    ...(isOpen ? [{ op: 'insert', key: keys.fence(vault, id), cells: { v: 1 } } as const] : []),
    ...(open && !isOpen ? [replacing(keys.gate(vault), pack({}), tagged(open.gateTag))] : []),
    ...(putPolicy ? [policyOp(vault, putPolicy)] : []),
    ...(dropPolicy ? [drop(keys.policy(vault, dropPolicy.name))] : []),
    ...(names === undefined ? [] : [drop(keys.naming(vault, names))]),
    ...(firstOf === undefined ? [] : [put(keys.noted(vault, firstOf), {})]),
  ];
}

/**
 * Code that keeps no tallies cannot read the head, and so makes nothing in a vault that this code has touched; nor can code that knows no
 * executors, where something is said of them, or no kinds of one's own, where the vault is for them alone.
 */
export function vaultCells({ vault, fence }: { readonly vault: Vault; readonly fence: string }): Cells {
  const { purge = NO_PURGE, ...rest }: Partial<Vault> = vault;
  const isSet = purge.executor !== null || purge.parameters !== null;
  const version = isSet || vault.kind === 'Generic' ? WITH_EXECUTORS : WITH_TALLIES;
  return pack({ vault: isSet ? vault : rest, fence }, { v: version });
}

const policyOp = (vault: string, policy: Policy): Op => ({
  op: 'put',
  key: keys.policy(vault, policy.name),
  cells: pack(policy, policy.kinds ? { v: WITH_EXECUTORS } : {}),
});

const tagged = (tag: string | undefined) => (tag === undefined ? undefined : { tag });

/** The grave is replaced as it was read: so a vault that is made since under the same name is not taken for the one that goes. */
const graveOps = (vault: string, { was, now }: NonNullable<Change['grave']>): readonly Op[] => [
  replacing(keys.grave(vault), pack(now), tagged(was.graveTag)),
  drop(keys.vault(vault)),
  drop(keys.removing(vault, now.id)),
];

/** It makes something that keeps the vault from being deleted. */
const makesAnything = ({ items = [], server }: Change): boolean =>
  items.some(({ was, now }) => !lives(was?.value) && lives(now)) ||
  (server?.now.registration === 'Registered' && server.was?.value.registration !== 'Registered');

const lives = (remains: Remains | undefined): boolean => remains !== undefined && isItem(remains);

/** An item as its row; whatever else is derived from it is written with it, and so it is counted from then on. */
export const itemCells = ({ uncounted: _, ...remains }: Remains, cells: Cells = { state: remains.state }): Cells =>
  pack(remains, { v: isNew(remains) ? WITH_EXECUTORS : WITH_TALLIES, ...cells });

/** Of a kind of your own, or it knows of orders. */
const isNew = (remains: Remains): boolean =>
  ('kind' in remains && remains.kind !== undefined) ||
  isOrdered(remains) ||
  remains.lastToken !== undefined ||
  ordersOf(remains).length > 0;

function itemOps(vault: string, { was, now, ...pages }: ItemWrite): readonly Op[] {
  return [
    replacing(keys.item(vault, now.name), itemCells(now), was),
    ...trashOps(trashKey(was?.value), trashKey(now), now),
    ...indexOps(vault, was?.value, now),
    ...forgotten(was?.value, now).map((order) => drop(keys.closedOrder(vault, now.name, order))),
    ...pageOps(vault, now.name, pages),
  ];
}

const closedOrderOp = (vault: string, order: ClosedOrder): Op =>
  put(keys.closedOrder(vault, order.item, order.id), order);

/** What came out of the trash has no orders any more, and of many only the newest are kept. */
const forgotten = (was: Remains | undefined, now: Remains): readonly string[] =>
  ordersOf(was).filter((id) => !ordersOf(now).includes(id));

const ordersOf = (remains: Remains | undefined): readonly string[] => (remains ? closedIds(remains) : []);

const pageOps = (vault: string, item: string, { putPages = [], dropPages = [] }: PagesWrite): readonly Op[] => [
  ...putPages.map((page): Op => ({ op: 'put', key: keys.page(vault, item, page.id), cells: pageCells(page) })),
  ...dropPages.map((page) => drop(keys.page(vault, item, page.id))),
];

function trashOps(before: string | undefined, after: string | undefined, now: ItemWrite['now']): readonly Op[] {
  const gone = before !== undefined && before !== after ? [drop(before)] : [];
  if (after === undefined) return gone;
  return [...gone, { op: before === after ? 'replace' : 'insert', key: after, cells: itemCells(now, {}) }];
}

/** The row knows whose write it is, and whether its subject changed with it. */
const entryOps = (change: Change): readonly Op[] =>
  (change.entries ?? []).filter(isLinked).map((entry) => ({
    op: 'insert',
    key: keys.entry(change.vault, entry, entry.link.seq),
    cells: pack(entry, { w: change.id, ...(isNote(change) ? { note: true } : {}) }),
  }));

const answerOp = (vault: string, { answer, was }: RecordedAnswer): Op =>
  replacing(keys.answer(vault, answer.key), pack(answer, ENDS), was);
