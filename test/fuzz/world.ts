/** What there is to hit: vaults with everything in them, new ones now and then, because shots ruin them. */
import { call } from '../support/call.ts';
import type { Service } from '../support/launch.ts';
import type { Tokens } from './callers.ts';
import type { Random } from './random.ts';
import type { Hint } from './shapes.ts';

/** And two more: one is empty, and in the other all is ordered to be destroyed. */
const VAULTS = 2;
/** So many items in that one. */
const ORDERED = 12;
/** The last of them is in the trash. */
const ITEMS = 3;
const HOUR_MS = 3_600_000;
const WORKLOADS = ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles', 'MARS'];
const TYPES = [
  'DeleteBackupData',
  'DeleteBackupData',
  'UpcomingPurge',
  'MassDeletion',
  'PassphraseChanged',
  'CriticalOperationRefused',
];

export interface World {
  readonly generation: number;
  readonly tokens: Tokens;
  /** The ids of the vaults, by their names: those of their alerts hold them. */
  readonly ids: ReadonlyMap<string, string>;
  /** Filled while shots are fired; what they hit depends on who was first, what they say does not. */
  readonly jobs: string[];
  readonly pins: string[];
  readonly etags: string[];
  readonly letters: string[];
  readonly grants: string[];
  readonly orders: string[];
  /** The tokens by which the holders of orders speak of them. */
  readonly leases: Map<string, number>;
}

const vaultName = (generation: number, at: number): string => `fuzz-${generation}-${at}`;
/** A server is registered in one vault at a time. */
const serverName = (generation: number): string => `server-${generation}`;
const executorName = (generation: number): string => `executor-${generation}`;
const kindName = (generation: number): string => `kind-${generation}`;
const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

/** A name for a part of a path, of something that is there most of the time. */
export function nameFor(part: string, world: World, random: Random): string {
  const vault = vaultName(world.generation, random.pick([0, 0, 0, 0, 1, 1, 1, VAULTS, VAULTS + 1]));
  const names: Readonly<Record<string, () => string>> = {
    vault: () => vault,
    item: () => `item-${random.below(ITEMS + 2)}`,
    policy: () => random.pick(['daily', 'other', 'spare']),
    server: () => random.pick([serverName(world.generation), 'second']),
    guard: () => random.pick([`guard-${world.generation}`, `guard-${world.generation}`, 'spare']),
    executor: () => random.pick([executorName(world.generation), executorName(world.generation), 'spare']),
    kind: () => random.pick([kindName(world.generation), 'spare', 'AzureVM']),
    order: () => random.pick(world.orders),
    /** An order of which somebody may speak. */
    lease: () => random.pick([...world.leases.keys(), random.pick(world.orders)]),
    grant: () => random.pick(world.grants),
    operation: () => `${vault}~${world.ids.get(vault) ?? 'no'}~such`,
    job: () => random.pick(world.jobs),
    recoveryPoint: () => `point-${random.below(2)}`,
    hold: () => `hold-${random.below(2)}`,
    silence: () => `silence-${random.below(2)}`,
    id: () => random.pick(world.letters),
    alert: () =>
      `${vault}~${random.pick(['', 'item-2', 'item-2', 'item-2'])}~${random.pick(TYPES)}~1.${world.ids.get(vault)}`,
  };
  return (names[part] ?? (() => `${part}-${random.below(3)}`))();
}

const orderIn = (path: string): string => /purgeOrders\/([^/]+)/.exec(path)?.[1] ?? '';

/** Fields whose schema does not say what would be taken. */
export const hintsFor =
  (world: World, path: string): Hint =>
  (field, random) => {
    const name = (part: string) => nameFor(part, world, random);
    const hints: Readonly<Record<string, () => unknown>> = {
      policy: () => name('policy'),
      server: () => (random.chance(0.3) ? serverName(world.generation) : null),
      vault: () => name('vault'),
      guard: () => name('guard'),
      recoveryPoint: () => (path.endsWith('/restore') ? name('recoveryPoint') : undefined),
      executor: () => name('executor'),
      tid: () => 'local',
      oid: () => random.pick(['destroyer', 'destroyer', 'destroyer-2']),
      'contacts[]': () => 'data@example.com',
      token: () => world.leases.get(orderIn(path)) ?? 1,
      hash: () => `sha256:${'0'.repeat(64)}`,
      parameters: () => random.pick([{}, { account: 'customers' }, null]),
      workload: () => random.pick(WORKLOADS),
      'workloads[]': () => random.pick(WORKLOADS),
      sourceId: () => `/fuzz/${random.below(5000)}`,
      name: () => name('recoveryPoint'),
      'items[]': () => name('item'),
      confirmName: () => orderIn(path).split('~')[1] ?? /items\/([^/]+)/.exec(path)?.[1] ?? 'item-0',
      schedule: () => '0 0 2 * * *',
      agentVersion: () => random.pick(['2.0.9260', '99.0.0.0', '1.0']),
      grantee: () => random.pick(['ada', 'agent', 'keeper', 'everybody']),
      deletedBy: () => random.pick(['ada', 'agent']),
      'recipients[]': () => 'ops@example.com',
      'owners[]': () => 'owner@example.com',
      createdAt: () => at(-random.below(2000)),
      from: () => at(-random.below(48)),
      to: () => at(random.below(48)),
      expiresAt: () => at(1 + random.below(23)),
      until: () => at(1 + random.below(150)),
      offset: () => random.pick(['PT0S', 'PT1H', 'P1D']),
      days: () => String(1 + random.below(180)),
      top: () => String(1 + random.below(200)),
      eventType: () =>
        random.pick([
          'Microsoft.Communication.EmailDeliveryReportReceived',
          'Microsoft.EventGrid.SubscriptionValidationEvent',
          'x',
        ]),
      preview: () => random.pick(['true', 'false']),
    };
    return Object.hasOwn(hints, field) ? hints[field]?.() : undefined;
  };

const POLICY = { workloads: WORKLOADS, schedule: '0 0 2 * * *', retention: { daily: 30, weekly: 12 } };

interface Made {
  readonly id?: string;
  readonly grant?: string;
  readonly purgeOrder?: { readonly order: string };
  readonly value?: readonly { readonly order: string; readonly token: number }[];
}

type Make = (method: string, path: string, body: object, who?: 'everybody' | 'agent' | 'destroyer') => Promise<Made>;

const idOf = async (made: Promise<Made>): Promise<string> => (await made).id ?? '';

/** Builds a world beside the old one, and puts the clock back. */
export async function build(
  { api, mail }: Pick<Service, 'api' | 'mail'>,
  generation: number,
  tokens: Tokens,
): Promise<World> {
  const make: Make = async (method, path, body, who = 'everybody') => {
    const token = tokens.get(who);
    const reply = await call<Made>(api, method, `/api/${path}`, { body, ...(token ? { token } : {}) });
    if (reply.status >= 300)
      throw new Error(`no world: ${method} ${path} ${reply.status} ${JSON.stringify(reply.body)}`);
    return reply.body;
  };
  // what comes of this deletion's mails can be dismissed or tried again
  await call(mail, 'PUT', '/faults', { body: { mode: 'reject', count: 2 } });
  await make('PUT', 'local/clock', { offset: 'PT0S' });
  // in a pause no order is given out; where a guard keeps it, it stays
  const everybody = tokens.get('everybody');
  await call(api, 'DELETE', '/api/pause', everybody ? { token: everybody } : {});
  await make('PUT', `guards/guard-${generation}`, { excludedOperations: ['stopProtection'] });
  const empty = vaultName(generation, VAULTS);
  const ids = new Map([[empty, await idOf(make('PUT', `vaults/${empty}`, { kind: 'Backup' }))]]);
  const jobs: string[] = [];
  for (let vault = 0; vault < VAULTS; vault += 1) {
    const name = vaultName(generation, vault);
    ids.set(name, await furnish(make, `vaults/${name}`, vault === 0 ? serverName(generation) : undefined));
    jobs.push(await idOf(make('POST', `vaults/${name}/items/item-0/backup`, {})));
  }
  const guarded = `vaults/${vaultName(generation, VAULTS - 1)}/guard`;
  await make('PUT', guarded, { guard: `guard-${generation}` });
  const grants: string[] = [];
  for (const operation of ['removeGuard', 'deleteProtection']) {
    const { grant = '' } = await make('POST', `guards/guard-${generation}/grants`, {
      ...{ operation, vault: vaultName(generation, VAULTS - 1), grantee: 'ada', expiresAt: at(20) },
    });
    grants.push(grant);
  }
  const { id, ...ordered } = await order(make, generation);
  ids.set(vaultName(generation, VAULTS + 1), id);
  return { generation, tokens, ids, jobs, pins: [], etags: [], letters: ['no-such'], grants, ...ordered };
}

/** Everything that a vault can hold, and something in its trash. Answers the vault's id. */
async function furnish(make: Make, url: string, server: string | undefined): Promise<string> {
  const alerts = { recipients: ['ops@example.com'], owners: ['owner@example.com'] };
  const id = await idOf(make('PUT', url, { kind: 'RecoveryServices', alerts }));
  for (const policy of ['daily', 'other']) await make('PUT', `${url}/policies/${policy}`, POLICY);
  if (server) await make('PUT', `${url}/servers/${server}`, { kind: 'MARS', agentVersion: '99.0.0.0' }, 'agent');
  for (let item = 0; item < ITEMS; item += 1) {
    const hybrid = server !== undefined && item === 1;
    const body = { workload: hybrid ? 'MARS' : 'AzureVM', policy: 'daily', sourceId: `/${url}/${item}` };
    await make('PUT', `${url}/items/item-${item}`, hybrid ? { ...body, server } : body, hybrid ? 'agent' : 'everybody');
  }
  await make('PUT', `${url}/items/item-1/recoveryPoints/point-0`, {
    createdAt: at(-1),
    rung: 'daily',
    expiresAt: at(900),
  });
  await make('POST', `${url}/items/item-2/stop`, { mode: 'delete', confirmName: 'item-2' });
  await make('PUT', `${url}/items/item-2/holds/hold-0`, { reason: 'legal' });
  await make('PUT', `${url}/silences/silence-0`, { from: at(-1), until: at(100), reason: 'quiet' });
  return id;
}

/** An executor, a kind whose items it destroys, and orders for it, half of them claimed. */
async function order(
  make: Make,
  generation: number,
): Promise<Pick<World, 'orders' | 'leases'> & { readonly id: string }> {
  const [executor, kind] = [executorName(generation), kindName(generation)];
  const url = `vaults/${vaultName(generation, VAULTS + 1)}`;
  await make('PUT', `executors/${executor}`, { callers: [{ tid: 'local', oid: 'destroyer' }] });
  await make('PUT', `kinds/${kind}`, {});
  const vault = { kind: 'Generic', softDelete: { state: 'Disabled' }, purge: { executor } };
  const id = await idOf(make('PUT', url, vault));
  const orders: string[] = [];
  for (let item = 0; item < ORDERED; item += 1) {
    const path = `${url}/items/item-${item}`;
    await make('PUT', path, { workload: kind, sourceId: `${url}/${item}/` });
    const { purgeOrder } = await make('POST', `${path}/stop`, { mode: 'delete', confirmName: `item-${item}` });
    if (purgeOrder) orders.push(purgeOrder.order);
  }
  const { value = [] } = await make('POST', 'purgeOrders/claim', { executor, max: ORDERED / 2 }, 'destroyer');
  return { id, orders, leases: new Map(value.map((one) => [one.order, one.token])) };
}
