/** A vault of any size, built as rows, and what is asked about it: every filter, list and refusal, with what is answered and what that may cost. */
import { type Item, type ItemState, isItem, type Remains } from '../../src/core/item.ts';
import type { Server } from '../../src/core/server.ts';
import { keys } from '../../src/store/keys.ts';
import { put } from '../../src/store/table.ts';
import type { appOver } from '../support/app.ts';
import { anItem, aPolicy, aServer, aTombstone, aVault } from '../support/builders.ts';
import { headRows, itemRows, write } from '../support/rows.ts';
import type { Tables } from '../support/tables.ts';
import { portsOver } from '../support/world.ts';

export const VAULT = 'contoso';
const STATES: readonly ItemState[] = ['Protected', 'Protected', 'SoftDeleted', 'Protected', 'SoftDeleted'];
const MARS = { workload: 'MARS', server: 'srv-1', policy: 'hybrid', previousPolicy: 'hybrid' };

/** Of each ten items nine live, and few are in another state, of another kind, or under another policy. */
function itemOf(index: number): Remains {
  const name = `i${String(index).padStart(6, '0')}`;
  const about = { vault: VAULT, name, sourceId: name, etag: name };
  if (index % 10 === 9) return aTombstone({ vault: VAULT, name, etag: name });
  if (index < 9) return anItem(index < 4 ? 'ProtectionStopped' : 'BackupsSuspended', about);
  if (index < 18) return anItem('Purging', about);
  if (index < 27) return anItem('Protected', { ...about, ...MARS });
  if (index < 29) return anItem('Protected', { ...about, policy: 'rare' });
  return anItem(STATES[index % STATES.length] ?? 'Protected', about);
}

const server = (name: string, registration: Server['registration']) =>
  put(keys.server(VAULT, name), aServer(VAULT, name, { registration }));

/** Answers the items that live. */
export async function fill(tables: Tables, size: number): Promise<readonly Item[]> {
  const items = Array.from({ length: size }, (_, index) => itemOf(index));
  const policies = ['daily', 'hybrid', 'rare', 'unused'].map((name) => aPolicy(name));
  await write(tables.vaults, VAULT, [
    ...headRows(aVault({ name: VAULT }), policies, items),
    ...items.flatMap(itemRows),
    ...[server('srv-1', 'Registered'), server('srv-2', 'SoftDeleted'), server('srv-3', 'Unregistered')],
  ]);
  const tombstones = items.filter(({ state }) => state === 'Purged').map((one) => ({ ...one, vault: 'emptied' }));
  await write(tables.vaults, 'emptied', [
    ...headRows(aVault({ name: 'emptied' }), policies, tombstones),
    ...tombstones.flatMap(itemRows),
  ]);
  for (const name of ['empty', 'other']) await write(tables.vaults, name, headRows(aVault({ name }), policies, []));
  const ports = portsOver(tables);
  for (const vault of [VAULT, 'empty', 'other']) await ports.commit({ line: 'vault', vault, id: 'v' });
  return items.filter(isItem);
}

/** The first change that a process makes in a vault costs more: it reads how far the history goes. */
export const FIRST: Call['ask'] = ['patchVault', VAULT, { body: { coolingOffHours: 1 } }];

export interface Call {
  readonly what: string;
  readonly ask: Parameters<ReturnType<typeof appOver>>;
  readonly status?: number;
  /** Of a list of items: which are meant. */
  readonly isMeant?: (item: Item) => boolean;
  /** What the answer names. */
  readonly names?: readonly string[];
  /** The most requests, and how many more for each entry that is shown. */
  readonly most: number;
  readonly shown?: number;
}

const list = (query: string, isMeant: (item: Item) => boolean, most: number, shown = 0): Call => ({
  what: `items, ${query || 'all'}`,
  ask: ['listItems', VAULT, { query: `${query}&top=20` }],
  ...{ isMeant, most, shown },
});
const isIn =
  (state: ItemState) =>
  (item: Item): boolean =>
    item.state === state;
const isMars = ({ workload }: Item): boolean => workload === 'MARS';

const FRESH = { kind: 'RecoveryServices', alerts: { recipients: ['ops@contoso.com'] } };
const ON_SERVER = ['i000018', 'i000020', 'i000021', 'i000022', 'i000023', 'i000024', 'i000025', 'i000026'];

/** The table of issue and page: a line for each call. They are made in this order. */
export const CALLS: readonly Call[] = [
  { what: 'GET vault', ask: ['getVault', VAULT], names: [VAULT], most: 1 },
  { what: 'list of three vaults', ask: ['listVaults', ''], names: [VAULT, 'empty', 'other'], most: 4 },
  list('', () => true, 3),
  list('state=SoftDeleted', isIn('SoftDeleted'), 3),
  list('state=SoftDeleted&workload=AzureVM', isIn('SoftDeleted'), 3),
  list('state=Purging', isIn('Purging'), 3),
  list('state=ProtectionStopped', isIn('ProtectionStopped'), 3, 1),
  list('state=BackupsSuspended&workload=AzureVM', isIn('BackupsSuspended'), 3, 1),
  list('state=Protected', isIn('Protected'), 3, 1),
  list('workload=AzureVM', (item) => !isMars(item), 3, 1),
  list('workload=MARS&state=Protected', isMars, 3, 1),
  list('server=srv-1', isMars, 3, 1),
  list('server=srv-1&state=Protected', isMars, 3, 1),
  {
    what: 'list of servers, one in the trash',
    ask: ['listServers', VAULT],
    names: ['srv-1', 'srv-2', 'srv-3'],
    most: 2,
  },
  { what: 'GET server', ask: ['getServer', `${VAULT}/srv-1`], names: ['srv-1'], most: 2 },
  {
    what: 'DELETE server, in use',
    ask: ['deleteServer', `${VAULT}/srv-1`],
    ...{ status: 409, names: ['ServerNotEmpty', ...ON_SERVER], most: 6 },
  },
  {
    what: 'DELETE policy, in use by many',
    ask: ['deletePolicy', `${VAULT}/daily`],
    ...{ status: 409, names: ['PolicyInUse', 'i000030', 'i000061'], most: 3 },
  },
  {
    what: 'DELETE policy, in use by two',
    ask: ['deletePolicy', `${VAULT}/rare`],
    ...{ status: 409, names: ['PolicyInUse', 'i000027', 'i000028'], most: 3 },
  },
  { what: 'DELETE policy', ask: ['deletePolicy', `${VAULT}/unused`], status: 204, most: 4 },
  {
    what: 'PUT policy, a workload in use is dropped',
    ask: ['putPolicy', `${VAULT}/rare`, { body: { workloads: ['SQLInAzureVM'] } }],
    ...{ status: 409, names: ['PolicyInUse', 'i000027'], most: 3 },
  },
  {
    what: 'DELETE vault, blocked',
    ask: ['deleteVault', VAULT],
    ...{ status: 409, names: ['VaultHasSoftDeletedItems', 'i000032', 'i000034'], most: 6 },
  },
  { what: 'DELETE vault, whose items were purged', ask: ['deleteVault', 'emptied'], status: 204, most: 6 },
  { what: 'DELETE vault, again', ask: ['deleteVault', 'emptied'], status: 204, most: 6 },
  { what: 'PUT vault, a new one', ask: ['putVault', 'fresh', { body: FRESH }], status: 201, most: 6 },
  { what: 'PATCH vault', ask: ['patchVault', VAULT, { body: { coolingOffHours: 2 } }], names: ['2'], most: 2 },
];

export interface Listed {
  readonly value?: readonly { readonly name: string }[];
}

/** What is wrong about an answer: what it shows and should not, and what it does not name. */
export function wrongIn({ isMeant, names = [] }: Call, body: Listed, items: ReadonlyMap<string, Item>) {
  const shown = isMeant ? (body.value ?? []) : [];
  const isStrange = (item: Item | undefined) => !item || !isMeant?.(item);
  const text = JSON.stringify(body);
  return {
    strangers: shown.filter(({ name }) => isStrange(items.get(name))),
    isEmpty: isMeant !== undefined && shown.length === 0,
    unnamed: names.filter((name) => !text.includes(name)),
  };
}
export const NOTHING_WRONG = { strangers: [], isEmpty: false, unnamed: [] };

export const ceilingOf = ({ most, shown = 0 }: Call, { value = [] }: Listed): number => most + shown * value.length;
