/** The table of costs, counted: each call is made in a store of any size, which was built as rows. */
import { alertEndsOn } from '../../src/core/ends.ts';
import type { ItemState, Remains } from '../../src/core/item.ts';
import { keys } from '../../src/store/keys.ts';
import { type Op, put } from '../../src/store/table.ts';
import { counted, nothingSeen } from '../bench/sweep/tables.ts';
import { type Door, done } from '../host/support/door.ts';
import { WRITES } from '../host/support/writes.ts';
import { aMail, anAlert } from '../support/alerts.ts';
import { anItem, aPolicy, aServer, aTombstone, aVault } from '../support/builders.ts';
import { headRows, itemRows, write } from '../support/rows.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';
import { COSTS, type Cost, DELIVERY_KEY, LARGE } from './costs.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const STATES: readonly ItemState[] = ['Protected', 'SoftDeleted', 'ProtectionStopped', 'Purging', 'BackupsSuspended'];
/** As many as a vault may have, however large it is. */
export const POLICIES = 200;
export const SERVERS = 1000;

const named = (what: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${what}${String(index).padStart(6, '0')}`);

const about = (name: string) => ({ vault: LARGE, name, etag: name });

/** Its people were told of the end of each item that is gone. */
function toldOf({ name, generation }: Remains): Op {
  const subject = { vault: LARGE, item: name, generation };
  const alert = anAlert('PurgeComplete', subject, { notifications: [aMail()] });
  return put(keys.alert(LARGE, alert.id), { ...alert, endsOn: alertEndsOn(alert) });
}

/** So many items in a vault, as many tombstones, and as many alerts. */
export async function built(size: number) {
  const tables = memoryTables();
  const living = named('i', size).map((name, index) =>
    anItem(STATES[index % STATES.length] ?? 'Protected', { ...about(name), sourceId: name }),
  );
  const gone = named('gone', size).map((name) => aTombstone(about(name)));
  const items = [...living, ...gone];
  const policies = ['daily', 'other', ...named('p', POLICIES - 2)].map((name) => aPolicy(name));
  await write(tables.vaults, LARGE, [
    ...headRows(aVault({ name: LARGE }), policies, items),
    ...items.flatMap(itemRows),
    ...gone.map(toldOf),
    ...named('srv', SERVERS).map((name) => put(keys.server(LARGE, name), aServer(LARGE, name))),
  ]);
  await portsOver(tables).commit({ line: 'vault', vault: LARGE, id: 'v' });
  const seen = nothingSeen();
  const over = (all: Tables) => counted(all, seen, Number.POSITIVE_INFINITY);
  // What telling costs is counted elsewhere.
  const notices = { send: async () => undefined };
  const service = serviceInMemory({ tables, over, deliveryKey: DELIVERY_KEY, notices });
  // The first change that a process makes in a vault costs more: it reads how far the history goes, and has what ends looked after.
  for (const coolingOffHours of [1, 2])
    await done(service.door('PATCH', `vaults/${LARGE}`, { body: { coolingOffHours } }));
  return { seen, ...service };
}

export type Built = Awaited<ReturnType<typeof built>>;

/** What is made in a vault of its own is made in the large one instead. */
const inLarge =
  (door: Door): Door =>
  (method, path, request = {}) => {
    const { body } = request;
    const moved = body && typeof body === 'object' ? { body: JSON.parse(large(JSON.stringify(body))) } : {};
    return door(method, large(path), { ...request, ...moved });
  };
const large = (text: string): string => text.replace(/vault-\d+/g, LARGE);

async function costOf(name: string, { read, alone }: Cost, { door: plain, tables, token, seen }: Built) {
  const door = alone ? plain : inLarge(plain);
  const prepare = WRITES[name];
  const asked = read ? await read(door, token, tables) : prepare && (await prepare(door, tables, token));
  if (!asked) throw new Error(`${name}: nobody says how it is called`);
  const { method = 'GET', path, ...request } = asked;
  Object.assign(seen, nothingSeen());
  const { status, body } = await door(method, path, request);
  if (status >= 300) throw new Error(`${name}: ${status} ${JSON.stringify(body)}`);
  return { counts: { ...seen }, shown: body?.value?.length ?? 0 };
}

export type Call = keyof typeof COSTS;
export const CALLS = Object.keys(COSTS) as readonly Call[];

/** What a call asks for in a small store and in a large one, and what it may. */
export async function compared(call: Call, stores: readonly [Built, Built]) {
  const cost: Cost = COSTS[call];
  const [few, many] = await Promise.all([costOf(call, cost, stores[0]), costOf(call, cost, stores[1])]);
  return { call, few: few.counts, many: many.counts, ceiling: cost.most + (cost.shown ?? 0) * few.shown };
}

/** As docs/performance.md shows it. */
export const cellsOf = ({ call, few, many, ceiling }: Awaited<ReturnType<typeof compared>>): readonly string[] =>
  [call, few.requests, many.requests, few.rowsRead, many.rowsRead, ceiling].map(String);
