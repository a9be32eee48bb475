/**
 * Every value of a vault is loosened and tightened by each kind of caller, through the whole pipeline over tables in memory. What happens,
 * what the history says and what is raised is compared with the table.
 */

import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import type { Weakening } from '../../../src/core/controls.ts';
import { GUARDED_OPERATIONS } from '../../../src/core/guards.ts';
import { VAULT_LEAVES, type VaultLeaf, valueAt, withValue } from '../../../src/core/leaves.ts';
import { settingsAfter } from '../../../src/core/settings.ts';
import type { Vault } from '../../../src/core/vault.ts';
import { appOver } from '../../support/app.ts';
import { aVault } from '../../support/builders.ts';
import { laidExecutor } from '../../support/executors.ts';
import { laidGrant, laidGuard, who } from '../../support/guards.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables } from '../../support/tables.ts';
import { isSettable, VALUES } from '../../support/values.ts';
import { weakenedInVault } from '../../support/weakened.ts';
import { CONTRIBUTOR, headOf, newHead, portsOver, type World } from '../../support/world.ts';

const PERSON: Caller = { ...CONTRIBUTOR, secondFactor: false };
const APP: Caller = { ...PERSON, appOnly: true };

interface Kind {
  readonly caller: Caller;
  readonly pin?: true;
  /** How it is refused where the factor is asked for. */
  readonly lacks?: string;
}
const KINDS: Readonly<Record<string, Kind>> = {
  'an Operator': { caller: { ...CONTRIBUTOR, roles: ['Operator'] } },
  'a Contributor with the second factor': { caller: CONTRIBUTOR },
  'a Contributor without it': { caller: PERSON, lacks: 'StepUpRequired' },
  'an app with a PIN': { caller: APP, pin: true },
  'an app without one': { caller: APP, lacks: 'SecurityPinRequired' },
};
const GUARDS = ['unguarded', 'without a grant', 'with grants'] as const;

/** A vault as it is, guarded or not; with a PIN if the caller sends one. */
async function aWorld(vault: Vault, guarded: (typeof GUARDS)[number], { caller }: Kind): Promise<World> {
  const ports = portsOver(memoryTables());
  await ports.commit({ line: 'vault', vault: vault.name, id: 'made' });
  await ports.commit(newHead(vault));
  for (const name of ['one', 'two']) await laidExecutor(ports, name);
  if (guarded === 'unguarded') return ports;
  await laidGuard(ports, { name: 'one' });
  if (guarded === 'without a grant') return ports;
  for (const operation of GUARDED_OPERATIONS)
    await laidGrant(ports, { operation, guard: 'one', vault: vault.name, grantee: who(caller.oid) });
  return ports;
}

async function aPin(ports: World): Promise<Readonly<Record<string, string>>> {
  const { status, body } = await appOver(ports)('issueSecurityPin', 'Contoso', {
    body: { operation: 'changeSettings' },
  });
  if (status !== 200) throw new Error(body);
  return { 'x-reprieve-security-pin': String(JSON.parse(body).securityPin) };
}

/** What the table and the order of refusals say about it. */
function expected(weakened: readonly Weakening[], { caller, lacks }: Kind, guarded: (typeof GUARDS)[number]): string {
  if (!caller.roles.includes('Contributor')) return 'Forbidden';
  if (weakened.length > 0 && guarded === 'without a grant') return 'GuardApprovalRequired';
  return (weakened.some(({ factor }) => factor) && lacks) || 'done';
}

const nested = (leaf: VaultLeaf, value: unknown): object =>
  leaf.split('.').reduceRight<unknown>((inside, name) => ({ [name]: inside }), value) as object;

/** The entry of the change, and the alerts that are not about guards. */
async function traces(ports: World) {
  const found = await historyIn(ports, 'Contoso', null);
  const alerts = (await ports.alerts.about('Contoso', null)).found.map(({ value }) => value);
  const entry = found.find(({ operation }) => operation === 'ChangeVault');
  return { entry, alerts: alerts.filter(({ type }) => type !== 'GuardUsed') };
}

interface Step {
  readonly leaf: VaultLeaf;
  readonly from: unknown;
  readonly to: unknown;
  readonly name: string;
  readonly guarded: (typeof GUARDS)[number];
  readonly hours: number;
}

/** Answers whether something was weakened, or tried to. */
async function walk({ leaf, from, to, name, guarded, hours }: Step): Promise<boolean> {
  const kind = KINDS[name] as Kind;
  const purge = { executor: leaf === 'purge.parameters' ? 'one' : null, parameters: null };
  const base = aVault({ guard: guarded === 'unguarded' ? null : 'one', coolingOffHours: hours, purge });
  const before = withValue(base, leaf, from);
  const after = withValue(before, leaf, to);
  // What can never be, such as a way back from AlwaysOn, is another matter.
  if (!settingsAfter(before, nested(leaf, to), before.kind).ok || to === 'AlwaysOn') return false;
  const weakened = weakenedInVault(before, after, kind.caller);
  // The PIN comes first, while nobody guards the vault.
  const ports = await aWorld({ ...before, guard: null }, guarded, kind);
  const pin = kind.pin ? await aPin(ports) : {};
  await ports.commit(newHead(before, await headOf(ports.vaults)));
  const reply = await appOver(ports, undefined, kind.caller)('patchVault', 'Contoso', {
    body: nested(leaf, to),
    headers: pin,
  });
  const outcome = reply.status < 300 ? 'done' : String(JSON.parse(reply.body).error.code);
  const wanted = expected(weakened, kind, guarded);
  const cools = ({ coolsOff }: Weakening) => before.coolingOffHours > 0 && coolsOff;
  const held = weakened.some(cools);
  const said = `${leaf} from ${JSON.stringify(from)} to ${JSON.stringify(to)}, ${name}, ${guarded}, ${hours} hours`;
  expect(outcome, said).toBe(wanted);
  if (outcome === 'done') expect(reply.status, said).toBe(held ? 202 : 200);
  const { vault } = await headOf(ports.vaults);
  expect(valueAt(vault, leaf), said).toEqual(valueAt(outcome === 'done' && !held ? after : before, leaf));
  expect(
    vault.pendingChanges.map(({ control }) => control),
    said,
  ).toEqual(outcome === 'done' ? weakened.filter(cools).map(({ control }) => control) : []);
  const { entry, alerts } = await traces(ports);
  if (weakened.length === 0 || outcome === 'Forbidden') return false;
  const controls = weakened.map(({ control }) => control);
  if (outcome === 'done') {
    expect([entry?.outcome, entry?.facts['control']].flat(), said).toEqual(['Succeeded', ...controls]);
    const told = alerts.filter(({ facts }) => facts['control'] !== undefined);
    expect(told.map(({ type, facts }) => [type, facts['control'], facts['before'], facts['after']])).toEqual(
      weakened.map((one) => [cools(one) ? 'WeakeningRequested' : one.alert, one.control, one.before, one.after]),
    );
  } else {
    expect([entry?.outcome, entry?.code], said).toEqual(['Refused', outcome]);
    expect(
      alerts.map(({ type }) => type),
      said,
    ).toEqual(['CriticalOperationRefused']);
  }
  return true;
}

describe.each(VAULT_LEAVES.filter(isSettable))('%s', (leaf) => {
  test.each(GUARDS)('does what the table says, whoever changes it: %s', async (guarded) => {
    let weakened = 0;
    for (const name of Object.keys(KINDS))
      for (const hours of [0, 24])
        for (const from of VALUES[leaf])
          for (const to of VALUES[leaf].filter((one) => JSON.stringify(one) !== JSON.stringify(from)))
            if (await walk({ leaf, from, to, name, guarded, hours })) weakened += 1;
    // Of each leaf that can be set, somebody weakened something.
    expect(weakened).toBeGreaterThan(0);
  });
});
