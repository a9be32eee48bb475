/** What there is to hit: vaults with everything in them, new ones now and then, because shots ruin them. */
import { call } from '../support/call.ts';
import type { Random } from './random.ts';
import type { Hint } from './shapes.ts';
import type { Tokens } from './callers.ts';

export const VAULTS = 3;
const ITEMS = 4;
const HOUR_MS = 3_600_000;
const WORKLOADS = ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles', 'MARS'];
const TYPES = ['DeleteBackupData', 'UpcomingPurge', 'MassDeletion', 'PassphraseChanged', 'CriticalOperationRefused'];

export interface World {
  readonly generation: number;
  readonly tokens: Tokens;
  /** Filled while shots are fired; what they hit depends on who was first, what they say does not. */
  readonly jobs: string[];
  readonly pins: string[];
  readonly etags: string[];
}

const vaultName = (generation: number, at: number): string => `fuzz-${generation}-${at}`;
const at = (hours: number): string => new Date(Date.now() + hours * HOUR_MS).toISOString();

/** A name for a part of a path, of something that is there most of the time. */
export function nameFor(part: string, world: World, random: Random): string {
  const vault = vaultName(world.generation, random.below(VAULTS));
  const names: Readonly<Record<string, () => string>> = {
    vault: () => vault,
    item: () => `item-${random.below(ITEMS)}`,
    policy: () => random.pick(['daily', 'other', 'spare']),
    server: () => random.pick(['server', 'second']),
    guard: () => random.pick([`guard-${world.generation}`, 'spare']),
    job: () => world.jobs.at(-1) ?? 'job',
    point: () => `point-${random.below(3)}`,
    alert: () => `${vault}~${random.pick(['', `item-${random.below(ITEMS)}`])}~${random.pick(TYPES)}~1`,
  };
  return (names[part] ?? (() => `${part}-${random.below(3)}`))();
}

/** Fields whose schema does not say what would be taken. */
export const hintsFor =
  (world: World, path: string): Hint =>
  (field, random) => {
    const name = (part: string) => nameFor(part, world, random);
    const hints: Readonly<Record<string, () => unknown>> = {
      policy: () => name('policy'),
      server: () => (random.chance(0.3) ? 'server' : null),
      vault: () => name('vault'),
      guard: () => name('guard'),
      recoveryPoint: () => (path.endsWith('/restore') ? name('point') : undefined),
      workload: () => random.pick(WORKLOADS),
      'workloads[]': () => random.pick(WORKLOADS),
      sourceId: () => `/fuzz/${random.below(50)}`,
      name: () => name('point'),
      'items[]': () => name('item'),
      confirmName: () => /items\/([^/]+)/.exec(path)?.[1] ?? 'item-0',
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
      continuation: () => undefined,
      eventType: () =>
        random.pick(['Microsoft.Communication.EmailDeliveryReportReceived', 'Microsoft.EventGrid.SubscriptionValidationEvent', 'x']),
      preview: () => random.pick(['true', 'false']),
    };
    return Object.hasOwn(hints, field) ? hints[field]?.() : undefined;
  };

const POLICY = { workloads: WORKLOADS, schedule: '0 0 2 * * *', retention: { daily: 30, weekly: 12 } };

/** Builds a world beside the old one, and puts the clock back. */
export async function build(api: string, generation: number, tokens: Tokens): Promise<World> {
  const as = async (who: 'everybody' | 'agent', method: string, path: string, body: object) => {
    const token = tokens.get(who);
    const { status, body: said } = await call(api, method, `/api/${path}`, { body, ...(token ? { token } : {}) });
    if (status >= 300) throw new Error(`no world: ${method} ${path} ${status} ${JSON.stringify(said)}`);
  };
  await as('everybody', 'PUT', 'local/clock', { offset: 'PT0S' });
  await as('everybody', 'PUT', `guards/guard-${generation}`, { excludedOperations: ['stopProtection'] });
  for (let vault = 0; vault < VAULTS; vault += 1) {
    const url = `vaults/${vaultName(generation, vault)}`;
    const alerts = { recipients: ['ops@example.com'], owners: ['owner@example.com'] };
    await as('everybody', 'PUT', url, { kind: 'RecoveryServices', alerts });
    for (const policy of ['daily', 'other']) await as('everybody', 'PUT', `${url}/policies/${policy}`, POLICY);
    if (vault === 0) await as('agent', 'PUT', `${url}/servers/server`, { kind: 'MARS', agentVersion: '99.0.0.0' });
    for (let item = 0; item < ITEMS; item += 1) {
      const hybrid = vault === 0 && item < 2 ? { workload: 'MARS', server: 'server' } : { workload: 'AzureVM' };
      const body = { ...hybrid, policy: 'daily', sourceId: `/${url}/${item}` };
      await as('server' in hybrid ? 'agent' : 'everybody', 'PUT', `${url}/items/item-${item}`, body);
    }
  }
  return { generation, tokens, jobs: [], pins: [], etags: [] };
}
