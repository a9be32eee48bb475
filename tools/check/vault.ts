import { isDeepStrictEqual } from 'node:util';
import type { PointPage } from '../../src/change.ts';
import { type Alert, isTold, type Ridden, type Waiting } from '../../src/core/alerts.ts';
import type { ChainHead } from '../../src/core/caller.ts';
import { chainOf, type Subject } from '../../src/core/evidence.ts';
import { ITSELF, SERVICE } from '../../src/core/hints.ts';
import { type Item, isItem, type Job, type Remains } from '../../src/core/item.ts';
import { keyOf } from '../../src/core/names.ts';
import type { ClosedOrder } from '../../src/core/order.ts';
import { iso } from '../../src/core/time.ts';
import type { Mark } from '../../src/core/told.ts';
import type { Head } from '../../src/core/vault.ts';
import { parseDeleted, parseHead } from '../../src/store/head.ts';
import { inEndKey, inTrashKey, keys, type RowKind } from '../../src/store/keys.ts';
import { pageCells, readPage } from '../../src/store/pages.ts';
import { read } from '../../src/store/rows.ts';
import type { Row } from '../../src/store/table.ts';
import { checkAlerts } from './alerts.ts';
import { chainsIn, checkChains } from './chains.ts';
import { isProved } from './closedOrders.ts';
import { checkEnds, checkLate, namingIn, namingInService } from './ends.ts';
import { checkLinks, checkService, checkSpent } from './guards.ts';
import { checkItem, checkTombstone } from './item.ts';
import { checkOperation, checkResults, checkRunning } from './operations.ts';
import { checkPlaces, type Home } from './places.ts';
import { type Part, WHOLE } from './slices.ts';
import { checkTallies } from './tallies.ts';
import { attempt, type Contents, type Finding, placeOf, type Surroundings, type Tell, type Written } from './terms.ts';

export interface Checked {
  readonly findings: readonly Finding[];
  readonly lives: boolean;
  readonly items: number;
  readonly tombstones: number;
}

/** A vault that is closed, or not there yet, has no items to speak of. */
export function checkVault(vault: string, rows: readonly Row[], around: Surroundings, part: Part = WHOLE): Checked {
  const findings: Finding[] = [];
  const tell = (key: string, rule: Finding['rule'], message: string) =>
    findings.push({ row: `vaults/${vault}/${key}`, rule, message });
  const head = attempt(
    () => parseHead(vault, rows),
    (why) => tell(keys.vault(vault), 'unreadable', why),
  );
  const isCut = (chain: string) => part.isCut(subjectOf(chain));
  checkChains(chainsIn(vault, rows), knownIn(vault, rows, part), { ...around, isCut }, (chain, rule, message) =>
    tell(keys.histories(vault), rule, `${chain}: ${message}`),
  );
  if (vault === SERVICE) checkService(rows, around, tell);
  const deleted = attempt(
    () => (head ? undefined : parseDeleted(vault, rows)),
    () => undefined,
  );
  const known = head ?? deleted;
  if (known) checkLinks(known, around, tell);
  if (deleted) checkDeleted(vault, deleted, rows, around, tell);
  else if (around.deleted.has(vault) && !isLookedAt(vault, around))
    tell(keys.vault(vault), 'I5', 'the list of deleted vaults has this one, which is not deleted');
  const home = homeOf(vault, rows, head ?? deleted, around);
  const placed = checkPlaces(vault, rows, home, tell);
  if (!head) {
    if (vault === SERVICE) checkEnds(vault, rows, { part, naming: namingInService(rows) }, around, tell);
    // Of one that is being removed the rows go that say what is over, and then what they say it of.
    else checkLate(vault, placed, around, tell);
    return { findings, lives: false, items: 0, tombstones: 0 };
  }
  if (!around.listed.has(vault)) tell(keys.vault(vault), 'I5', 'the directory of vaults does not list this one');
  const fences = rows.filter(({ key }) => key.startsWith(keys.fence(vault, '')));
  for (const { key } of fences)
    if (key !== keys.fence(vault, head.fence)) tell(key, 'I5', 'a second fence: a decision could rest on an old head');
  for (const { key } of rows)
    if (key.startsWith(keys.removing(vault, '')))
      tell(key, 'I5', 'it says that the vault is being removed, which is open');
  for (const name of head.unreadablePolicies ?? [])
    tell(keys.policy(vault, name), 'unreadable', 'this policy cannot be read');
  checkPending(vault, head, around, tell);
  if (part === WHOLE) {
    checkRunning(vault, head, rows, tell);
    checkResults(vault, rows, tell);
  }
  const { ridden, ...found } = contentsOf(vault, placed, around, tell);
  const { alerts, waiting } = found;
  const contents: Contents = { ...found.contents, ridden: part === WHOLE ? ridden : undefined };
  checkAlerts(vault, alerts, waiting, around, tell);
  checkEnds(vault, rows, { part, naming: namingIn(head) }, around, tell);
  for (const remains of contents.items.values())
    if (isItem(remains)) checkItem(remains, contents, head, around, tell);
    else checkTombstone(remains, contents, around, tell);
  checkOrphans(contents, tell);
  // of a vault in slices it is summed up: see sums.ts
  if (part === WHOLE)
    attempt(
      () => checkTallies(vault, rows, contents.items, tell),
      (why) => tell(keys.tallyBase(vault), 'unreadable', why),
    );
  const items = [...contents.items.values()].filter(isItem).length;
  return { findings, lives: true, items, tombstones: contents.items.size - items };
}

/** What an old version left of a vault that is listed is cleared when its name is used again; and what cannot be read may be there. */
function homeOf(vault: string, rows: readonly Row[], head: Head | undefined, { listed }: Surroundings): Home {
  if (vault === SERVICE) return 'service';
  if (head) return 'vault';
  if (!listed.has(vault)) return 'nowhere';
  return rows.some(({ key }) => key === keys.vault(vault)) ? 'vault' : 'named';
}

/** As the keys of its history name it. */
const nameOf = ({ item, guard }: Subject): string => keyOf(guard == null ? (item ?? ITSELF) : `guard~${guard}`);

/** The same, by the name of the chain. */
function subjectOf(chain: string): string {
  const [kind, first = '', , item] = chain.split('/');
  return kind === 'guard' ? `guard~${first}` : (item ?? ITSELF);
}

/** The entries that subjects remember. */
function knownIn(vault: string, rows: readonly Row[], part: Part): ReadonlyMap<string, ChainHead> {
  const known = new Map<string, ChainHead>();
  const note = (of: Subject, evidence: ChainHead | undefined) => {
    if (evidence && part.has(nameOf(of))) known.set(chainOf(vault, of), evidence);
  };
  const READ: { readonly [prefix: string]: (row: Row) => void } = {
    [keys.items(vault)]: (row) => {
      const remains = read.remains(row);
      note({ item: remains.name }, remains.evidence);
    },
    [keys.grave(vault)]: (row) => note({ item: null }, read.grave(row).evidence),
    [keys.vault(vault)]: (row) => note({ item: null }, read.vault(row).vault.evidence),
    [keys.guard('')]: (row) => {
      const guard = read.guard(row);
      note({ item: null, guard: guard.name }, guard.evidence);
    },
  };
  // What cannot be read is told of elsewhere.
  for (const row of rows)
    for (const [prefix, note] of Object.entries(READ))
      if (row.key.startsWith(prefix))
        attempt(
          () => note(row),
          () => undefined,
        );
  return known;
}

/** The next sweep looks whether the directory says what the vault is. */
const isLookedAt = (vault: string, { hints, now }: Surroundings): boolean =>
  hints.get(placeOf(vault, ITSELF)).some(({ kind, due }) => kind === 'remove' && due <= now);

/**
 * A deleted vault is listed as such, holds nothing, and is looked at when its time has come. A failed try puts its hint off. Among those that
 * are open a line may stand until the next sweep, to which a hint leads.
 */
function checkDeleted(
  vault: string,
  { vault: { deletion } }: Head,
  rows: readonly Row[],
  around: Surroundings,
  tell: Tell,
): void {
  const { hints, listed, deleted, now } = around;
  if (!deleted.has(vault)) tell(keys.vault(vault), 'I5', 'the list of deleted vaults does not have this one');
  for (const row of rows) {
    if (row.key.startsWith(keys.fence(vault, ''))) tell(row.key, 'I5', 'a fence in a deleted vault');
    if (!row.key.startsWith(keys.items(vault))) continue;
    if (row.cells['state'] !== 'Purged') tell(row.key, 'I5', 'an item that lives in a deleted vault');
  }
  const ends = hints.get(placeOf(vault, ITSELF)).filter(({ kind }) => kind === 'remove');
  if (listed.has(vault) && !isLookedAt(vault, around))
    tell(
      keys.vault(vault),
      'I5',
      'the directory lists a deleted vault among those that are open, and no hint leads there',
    );
  if (deletion && !ends.some(({ due }) => due <= deletion.removeAt || deletion.removeAt <= now))
    tell(keys.vault(vault), 'I2', `no hint leads to the removal of the vault at ${iso(deletion.removeAt)}`);
}

/** A pending change has a hint; once its time has come, the hint may have been put off by a failed try. */
function checkPending(vault: string, head: Head, { hints, now }: Surroundings, tell: Tell): void {
  const cooled = hints.get(placeOf(vault, ITSELF)).filter(({ kind }) => kind === 'cooled');
  for (const { id, effectiveAt } of head.vault.pendingChanges)
    if (!cooled.some(({ due }) => due <= effectiveAt || effectiveAt <= now))
      tell(keys.vault(vault), 'I2', `no hint leads to the pending change ${id} at ${iso(effectiveAt)}`);
}

function markIn(vault: string, row: Row, tell: Tell): Mark {
  const mark = read.mark(row);
  if (row.key !== keys.mark(vault, mark)) tell(row.key, 'I5', `its key says otherwise than its document: ${mark.item}`);
  return mark;
}

const documentOf = ({ cells }: Row): string => {
  let text = '';
  for (let piece = 0; cells[`doc${piece}`] !== undefined; piece += 1) text += cells[`doc${piece}`];
  return text;
};

function contentsOf(vault: string, rows: readonly Row[], around: Surroundings, tell: Tell) {
  const items = new Map<string, Remains>();
  const documents = new Map<string, string>();
  const pages = new Map<string, PointPage[]>();
  const jobs = new Map<string, Job[]>();
  const history = new Map<string, Written[]>();
  const servers = new Set<string>();
  const trash = new Map<string, string>();
  const marks = new Map<string, Mark[]>();
  const closed = new Map<string, ClosedOrder[]>();
  const alerts = new Map<string, Alert>();
  const ridden = new Map<string, Ridden[]>();
  const waiting: Waiting[] = [];
  const add = <T>(map: Map<string, T[]>, name: string, value: T) => map.set(name, [...(map.get(name) ?? []), value]);
  const KINDS: { readonly [K in RowKind]: (row: Row, parts: readonly string[]) => void } = {
    head: (row, [what]) => {
      if (what !== 'trash') return;
      const { item, isMark } = inTrashKey(row.key);
      if (isMark) add(marks, item, markIn(vault, row, tell));
      else trash.set(row.key, documentOf(row));
    },
    item: (row, [name = '']) => {
      const remains = read.remains(row);
      items.set(name, remains);
      documents.set(name, documentOf(row));
      if (row.key !== keys.item(vault, remains.name) || row.cells['state'] !== remains.state)
        tell(row.key, 'I5', `its key and state say otherwise than its document: ${remains.name}, ${remains.state}`);
    },
    order: (row, [item = '']) => {
      const order = read.closedOrder(row);
      add(closed, item, order);
      if (row.key !== keys.closedOrder(vault, order.item, order.id))
        tell(row.key, 'I5', `its key says otherwise than its document: ${order.id}`);
    },
    ordered: (row) => void trash.set(row.key, documentOf(row)),
    // What is derived is checked as a whole, against all items.
    by: () => {},
    page: (row, [item = '']) => {
      const page = readPage(row);
      add(pages, item, page);
      if (!page.ofBefore && !isDeepStrictEqual(pageCells(page), row.cells))
        tell(row.key, 'I5', 'its index does not hold the names of its points');
    },
    job: (row, [item = '']) => void add(jobs, item, read.job(row)),
    audit: (row, [item = '', , ofBefore = '']) => {
      const { to, at, facts, outcome, operation, link } = read.entry(row);
      const id = keyOf(String(row.cells['w'] ?? ofBefore));
      if (!isProved(facts)) tell(row.key, 'I7', 'the proof of what was destroyed does not fit its digest');
      if (outcome === 'Succeeded')
        add(history, item, { id, to, at: at.toMillis(), facts, operation, isChained: link !== undefined });
    },
    // The service's own: no vault has them.
    ...{ settings: () => {}, guard: () => {}, executor: () => {}, kind: () => {}, control: () => {}, swept: () => {} },
    server: (row, [name = '']) => {
      read.server(row);
      servers.add(name);
    },
    idem: (row) => void read.answer(row),
    pin: (row) => void read.pin(row),
    // Those of before lie in their vault.
    grant: (row) => void read.oldGrant(row),
    spent: (row) => checkSpent(vault, row, around, tell),
    // It is about to name an executor, or who was about to gave up.
    link: () => {},
    alert: (row) => {
      const alert = read.alert(row);
      alerts.set(alert.id.toLowerCase(), alert);
      if (!isTold(alert)) for (const one of alert.rides ?? []) add(ridden, keyOf(alert.item ?? ITSELF), one);
      if (row.key !== keys.alert(vault, alert.id))
        tell(row.key, 'I4', `its key says otherwise than its document: ${alert.id}`);
    },
    wait: (row) => void (read.waiting(row).single || waiting.push(read.waiting(row))),
    counted: (row) => void read.counted(row),
    end: (row) => void (inEndKey(row.key).own === undefined && read.end(row)),
    op: (row) => checkOperation(vault, row, around, tell),
    result: (row) => void read.result(row),
  };
  for (const row of rows) {
    const [, kind = '', ...parts] = row.key.split('!');
    attempt(
      () => KINDS[kind as RowKind](row, parts),
      (why) => tell(row.key, 'unreadable', why),
    );
  }
  return {
    contents: { vault, items, documents, pages, jobs, history, servers, trash, marks, closed },
    ridden,
    alerts,
    waiting,
  };
}

/** What belongs to an item that is not there. */
function checkOrphans({ vault, items, pages, jobs, closed }: Contents, tell: Tell): void {
  const living = (name: string): Item | undefined => {
    const remains = items.get(name);
    return remains && isItem(remains) ? remains : undefined;
  };
  for (const name of pages.keys())
    if (!living(name)) tell(keys.pages(vault, name), 'I5', 'recovery points of an item that is not there');
  for (const [name, orders] of closed)
    if (!items.has(name))
      for (const { id } of orders)
        tell(keys.closedOrder(vault, name, id), 'I5', 'an order of an item that is not there');
  for (const [name, ofItem] of jobs)
    for (const job of ofItem)
      if (job.status === 'InProgress' && living(name)?.activeJob?.id !== job.id)
        tell(keys.job(vault, name, job.id), 'I5', 'a running job that its item does not know');
}
