import { alert } from '../../core/alerts.ts';
import { type Caller, type ChainHead, channelOf, type Entry } from '../../core/caller.ts';
import { brokenIn, chainOf, headOf, isLinked, OF_VAULT, type Subject } from '../../core/evidence.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Outcome, ok, type Refused } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import { type FlowPorts, landAlerts } from '../story/land.ts';
import { noGuard } from '../story/nouns.ts';
import type { Listed, Page } from '../story/pages.ts';
import { raisedBefore } from '../story/raise.ts';
import { noItem, noVault, type Place } from '../story/request.ts';

/** An entry with the chain in which it stands. */
export interface Told {
  readonly chain: string;
  readonly entry: Entry;
}

export interface History extends Listed<Told> {
  /** The last entry of the chain; null where there is none. */
  readonly head: ChainHead | null;
  readonly intact: boolean;
  /** The numbers of entries that are missing, changed or unreadable. */
  readonly broken: readonly number[];
}

/** A subject that has a history: where that lies, and what the subject knows of it. */
interface Whose {
  readonly vault: string;
  readonly of: Subject;
  readonly subject: () => Promise<{ readonly evidence?: ChainHead } | undefined>;
  readonly nobody: () => Refused | Promise<Refused>;
}

type Reading = Pick<FlowPorts, 'vaults' | 'alerts' | 'guards' | 'seals' | 'land' | 'newId'>;

/** Histories are readable while their vault is deleted, too. */
const nobodyIn = async (flow: Reading, place: Place): Promise<Refused> =>
  (await flow.vaults.standing(place.vault)) ? noItem(place) : noVault(place.vault);

/** Of an item that is forgotten nobody knows the server, so no agent can be shown that it was its own. */
export async function historyOfItem(
  flow: Reading,
  { caller, now }: { readonly caller: Caller; readonly now: Instant },
  place: Place,
  page: Page,
): Promise<Outcome<History>> {
  const subject = async () => (await flow.vaults.item(place.vault, place.item))?.value;
  if (channelOf(caller) === 'agent' && !(await subject())) return nobodyIn(flow, place);
  return historyOf(flow, now, page, {
    vault: place.vault,
    of: { item: place.item },
    subject,
    nobody: () => nobodyIn(flow, place),
  });
}

export const historyOfVault = (flow: Reading, now: Instant, vault: string, page: Page): Promise<Outcome<History>> =>
  historyOf(flow, now, page, {
    vault,
    of: OF_VAULT,
    subject: async () => (await flow.vaults.standing(vault))?.vault,
    nobody: () => noVault(vault),
  });

export const historyOfGuard = (flow: Reading, now: Instant, guard: string, page: Page): Promise<Outcome<History>> =>
  historyOf(flow, now, page, {
    vault: SERVICE,
    of: { item: null, guard },
    subject: async () => (await flow.guards.get(guard))?.value,
    nobody: () => noGuard(guard),
  });

export const historyOfService = (flow: Reading, now: Instant, page: Page): Promise<Outcome<History>> =>
  historyOf(flow, now, page, {
    vault: SERVICE,
    of: OF_VAULT,
    subject: async () => ({}),
    nobody: () => noVault(SERVICE),
  });

/** A page of a history. It outlives its subject; it is looked at whenever it is shown. */
async function historyOf(
  flow: Reading,
  now: Instant,
  { top, after }: Page,
  { vault, of, subject, nobody }: Whose,
): Promise<Outcome<History>> {
  // One more than is shown: the last one that is shown is bound to it.
  const read = async () => (await flow.vaults.history(vault, of, { after, limit: top + 1 })).found;
  const [first, known] = await Promise.all([read(), after === undefined ? subject() : undefined]);
  if (first.length === 0 && after === undefined && !known) return nobody();
  const chain = chainOf(vault, of);
  const look = (rows: typeof first) =>
    brokenIn(chain, rows, { known: known?.evidence, isEnd: rows.length <= top, holds: flow.seals.holds });
  // The subject may have changed while the rows were read: they are read again before anybody is alarmed.
  const rows = look(first).length > 0 ? await read() : first;
  const broken = look(rows);
  if (broken.length > 0) await raiseBroken(flow, now, vault, of, broken);
  const newest = rows[0]?.entry;
  return ok({
    shown: rows.slice(0, top).flatMap(({ entry }) => (entry ? [{ chain, entry }] : [])),
    last: rows.length > top ? rows[top - 1]?.place : undefined,
    head: newest && isLinked(newest) ? headOf(newest) : null,
    intact: broken.length === 0,
    broken,
  });
}

/** The chains of a vault and of its items, one after the other, each from its beginning. */
export async function chainsOfVault(
  { vaults, seals }: Pick<FlowPorts, 'vaults' | 'seals'>,
  vault: string,
  { top, after }: Page,
): Promise<Outcome<Pick<History, 'shown' | 'last' | 'intact'>>> {
  let [of, from] = after === undefined ? [await vaults.nextSubject(vault, undefined), 1] : placeIn(after);
  if (!of) return (await vaults.standing(vault)) ? ok({ shown: [], last: undefined, intact: true }) : noVault(vault);
  const shown: Told[] = [];
  let intact = true;
  while (of && shown.length < top) {
    const chain = chainOf(vault, of);
    const limit = top - shown.length;
    const rows = await vaults.chain(vault, of, from, limit);
    shown.push(...rows.flatMap(({ entry }) => (entry ? [{ chain, entry }] : [])));
    intact &&= brokenIn(chain, rows.toReversed(), { isEnd: from === 1, holds: seals.holds }).length === 0;
    from += limit;
    if (rows.length === limit || (await lengthOf(vaults, vault, of)) >= from) continue;
    of = await vaults.nextSubject(vault, of);
    from = 1;
  }
  return ok({ shown, last: of && `${of.item ?? '~'}!${from}`, intact });
}

/** Where a page ended: in whose chain, and at which number. */
function placeIn(after: string): readonly [Subject, number] {
  const [item = '~', from] = after.split('!');
  return [item === '~' ? OF_VAULT : { item }, Number(from) || 1];
}

async function lengthOf(vaults: Reading['vaults'], vault: string, of: Subject): Promise<number> {
  const { found } = await vaults.history(vault, of, { limit: 1 });
  return found[0]?.seq ?? 0;
}

/** Once for each chain, however often it is looked at: the alert is named after it. */
async function raiseBroken(
  flow: Reading,
  now: Instant,
  vault: string,
  { item, guard }: Subject,
  broken: readonly number[],
): Promise<void> {
  const subject = { vault: vault === SERVICE ? null : vault, item };
  const facts = { chain: chainOf(vault, { item, guard }), broken: broken.map(String) };
  const raised = alert('EvidenceBroken', subject, now, facts, guard ?? 'chain');
  if (!(await raisedBefore(flow, raised))) await landAlerts(flow, now, [{ was: undefined, now: raised }]);
}
