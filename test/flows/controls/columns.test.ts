/** For every control an attack that its row refuses. Take the guard operation or the factor out of the row, and the attack succeeds. */

import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import { CONTROL_NAMES, CONTROLS, type Control, type Controls } from '../../../src/core/controls.ts';
import { GUARDED_OPERATIONS } from '../../../src/core/guards.ts';
import type { Outcome } from '../../../src/core/problems.ts';
import type { SettingsPatch } from '../../../src/core/settings.ts';
import { dismiss } from '../../../src/flows/alerts/dismissal.ts';
import { putSilence } from '../../../src/flows/alerts/silences.ts';
import { linkService, unlinkGuard } from '../../../src/flows/guards/links.ts';
import { putHold, removeHold } from '../../../src/flows/items/holds.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { resolve } from '../../../src/flows/orders/resolve.ts';
import { releaseBelt } from '../../../src/flows/service/askedSweep.ts';
import { endPause, putPause } from '../../../src/flows/service/pause.ts';
import type { Asked } from '../../../src/flows/story/request.ts';
import { entry } from '../../../src/flows/story/request.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { aDeadLetter, OPERATION } from '../../support/alerts.ts';
import { anItem, anOrder, aPolicy, aVault, later, NOON } from '../../support/builders.ts';
import { laidGrant, laidGuard, who } from '../../support/guards.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, headOf, newHead, portsOver, type World } from '../../support/world.ts';

const PLACE = { vault: 'Contoso' };
const ITEM = { vault: 'Contoso', item: 'sql-01' };
const MALLORY: Caller = { ...CONTRIBUTOR, oid: 'mallory', secondFactor: false };

type Attack = (ports: World, request: Asked) => Promise<Outcome<unknown>>;

const patch =
  (wish: SettingsPatch): Attack =>
  (ports, request) =>
    putVault(ports, request, PLACE, { patch: wish, mustExist: true });

/** Whoever keeps a guard is not somebody who works under it: that is tried in test/flows/guards. Nobody asks for a start with other settings. */
type Attacked = Exclude<Control, 'guard' | 'serviceSettings'>;
const ATTACKED = CONTROL_NAMES.filter((one): one is Attacked => one !== 'guard' && one !== 'serviceSettings');

/** The belt holds the purge of an item. */
const HELD = { due: NOON, kind: 'purge', vault: 'Contoso', item: 'sql-02', tries: 0 } as const;

const ORDER = 'contoso~sql-03~o1';

/** A control without an attack does not compile. */
const ATTACKS: { readonly [C in Attacked]: Attack } = {
  softDelete: patch({ softDelete: { state: 'Disabled' } }),
  softDeletePeriod: patch({ softDelete: { retentionDays: 14 } }),
  hybridSecurity: patch({ hybrid: { state: 'Disabled' } }),
  portalDelete: patch({ hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' } }),
  immutability: patch({ immutability: null }),
  coolingOff: patch({ coolingOffHours: 1 }),
  guardLink: (ports, request) => unlinkGuard(ports, request, PLACE),
  vault: (ports, request) => deleteVault(ports, request, PLACE),
  policy: (ports, request) => putPolicy(ports, request, PLACE, { name: 'daily', retention: { daily: 7 } }),
  protection: (ports, request) => resume(ports, request, ITEM, { verb: 'changePolicy', policy: 'short' }),
  hold: (ports, request) => removeHold(ports, request, ITEM, { name: 'court' }),
  addressees: patch({ alerts: { recipients: [], owners: null } }),
  hardDeleteAlert: patch({ alerts: { onHardDelete: false } }),
  reminders: patch({ alerts: { reminderDays: [1] } }),
  digest: patch({ alerts: { mode: 'HourlyDigest' } }),
  silence: (ports, request) =>
    putSilence(ports, request, PLACE, {
      ...{ name: 'hush', from: NOON, until: later(1), types: null, items: null, reason: 'quiet' },
    }),
  deadLetter: (ports, request) => dismiss(ports, request, { id: OPERATION }),
  pause: (ports, request) => endPause(ports, request, {}),
  executor: patch({ purge: { executor: null } }),
  kind: patch({ purge: { parameters: null } }),
  purgeOrder: (ports, request) =>
    resolve(ports, request, { order: ORDER }, { outcome: 'abandoned', reason: 'gone', confirmName: 'sql-03' }),
  belt: (ports, request) =>
    releaseBelt(ports, request, {}, { token: 'sealed', stated: { dueBy: NOON, count: 1 }, now: NOON, due: [HELD] }),
};

/** An executor is to destroy it. */
async function orderOne(ports: World): Promise<void> {
  const now = anItem('Purging', { name: 'sql-03', order: anOrder({ id: ORDER }) });
  const entries = [entry({ now: NOON }, 'sql-03', { operation: 'PurgeOrdered', to: now })];
  await ports.commit({ vault: 'Contoso', id: 'ordered', items: [{ was: undefined, now }], entries });
}

async function protectOne(ports: World): Promise<void> {
  await done(protect(ports, aRequest(), ITEM, { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' }));
  await done(putHold(ports, aRequest(), ITEM, { name: 'court', reason: 'case 7', until: null }));
}

/** A guarded vault with all that can be weakened in it. */
async function aWorld(control: Control, granted: boolean): Promise<World> {
  const ports = portsOver(memoryTables());
  const settings = aVault();
  const vault = aVault({
    softDelete: { ...settings.softDelete, retentionDays: 60 },
    // Immutability would refuse the shorter policies itself.
    immutability: control === 'immutability' ? 'Unlocked' : 'Disabled',
    alerts: { ...settings.alerts, recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] },
    coolingOffHours: control === 'coolingOff' ? 48 : 0,
    purge: { executor: 'blobs', parameters: { account: 'customers' } },
  });
  await ports.commit({ line: 'vault', vault: vault.name, id: 'made' });
  await ports.commit(newHead(vault, undefined, aPolicy('daily')));
  await ports.commit(newHead(vault, await headOf(ports.vaults), aPolicy('short', { daily: 7 })));
  // Only an empty vault can be deleted.
  if (control !== 'vault') await protectOne(ports);
  if (control === 'purgeOrder') await orderOne(ports);
  await ports.ledger.bury(aDeadLetter());
  await done(putPause(ports, aRequest(), {}, { reason: 'restore test', until: later(1) }));
  await laidGuard(ports);
  if (control === 'pause' || control === 'belt') await done(linkService(ports, aRequest(), {}, { guard: 'g' }));
  for (const operation of granted ? GUARDED_OPERATIONS : [])
    for (const vault of ['Contoso', null]) await laidGrant(ports, { operation, vault, grantee: who('mallory') });
  const head = await headOf(ports.vaults);
  await ports.commit(newHead({ ...head.vault, guard: 'g' }, head));
  return ports;
}

function asking(caller: Caller): Asked {
  const { keep: _, ...asked } = aRequest();
  return { ...asked, caller };
}

async function attacked(control: Attacked, granted: boolean, controls: Controls = CONTROLS, caller = MALLORY) {
  const ports = await aWorld(control, granted);
  const request = { ...asking(caller), controls };
  const outcome = await ATTACKS[control](ports, request);
  return outcome.ok ? 'done' : outcome.refusal.code;
}

const without = (control: Control, column: 'guard' | 'factor'): Controls => ({
  ...CONTROLS,
  [control]: { ...CONTROLS[control], ...(column === 'guard' ? { guard: 'none' } : { factor: 'no' }) },
});

const WITH_FACTOR = { ...MALLORY, secondFactor: true };
const asksFactor = (control: Control) => (CONTROLS as Controls)[control].factor !== 'no';

test.each(ATTACKED)(
  '%s: the guard refuses first; without its operation in the row the attack succeeds',
  async (control) => {
    expect(await attacked(control, false, CONTROLS, WITH_FACTOR)).toBe('GuardApprovalRequired');
    expect(await attacked(control, false, without(control, 'guard'), WITH_FACTOR)).toBe('done');
  },
);

test.each(ATTACKED.filter(asksFactor))(
  '%s: the factor is asked for; without it in the row the attack succeeds',
  async (control) => {
    expect(await attacked(control, true)).toBe('StepUpRequired');
    expect(await attacked(control, true, without(control, 'factor'))).toBe('done');
  },
);

test.each(ATTACKED.filter((one) => !asksFactor(one)))('%s needs no factor', async (control) => {
  expect(await attacked(control, true)).toBe('done');
});

describe('several weakenings in one body', () => {
  const wish: SettingsPatch = {
    softDelete: { state: 'Disabled', retentionDays: 14 },
    hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' },
    alerts: { mode: 'HourlyDigest' },
  };

  test('need the factor once, write one entry and raise an alert each', async () => {
    const ports = await aWorld('softDelete', true);
    await done(patch(wish)(ports, asking(WITH_FACTOR)));
    const found = await historyIn(ports, 'Contoso', null);
    const changes = found.filter(({ operation }) => operation === 'ChangeVault');
    expect(changes).toMatchObject([
      {
        facts: {
          control: ['softDelete', 'softDeletePeriod', 'portalDelete', 'digest'],
          before: ['Enabled', '60 days', 'block', 'PerAlert'],
          after: ['Disabled', '14 days', 'softDelete', 'HourlyDigest'],
          provedBy: 'token',
        },
      },
    ]);
    const raised = (await ports.alerts.about('Contoso', null)).found.map(({ value }) => value);
    expect(
      raised
        .filter(({ facts }) => facts['control'])
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(['ProtectionWeakened', 'RetentionChanged', 'SoftDeleteDisabledForVault', 'VisibilityReduced']);
  });

  test('are refused together where one of them lacks its approval', async () => {
    const ports = await aWorld('softDelete', false);
    const before = (await headOf(ports.vaults)).vault;
    const outcome = await patch(wish)(ports, asking(WITH_FACTOR));
    expect(outcome).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
    expect((await headOf(ports.vaults)).vault).toEqual(before);
  });
});

test('whoever set a hold ends it without a factor, and a later write by somebody else does not change that', async () => {
  const ports = await aWorld('hold', true);
  await done(putHold(ports, asking(WITH_FACTOR), ITEM, { name: 'court', reason: 'mine now', until: null }));
  expect(await removeHold(ports, asking(MALLORY), ITEM, { name: 'court' })).toMatchObject({
    refusal: { code: 'StepUpRequired' },
  });
  const head = await headOf(ports.vaults);
  await ports.commit(newHead({ ...head.vault, guard: null }, head));
  await done(removeHold(ports, asking({ ...CONTRIBUTOR, secondFactor: false }), ITEM, { name: 'court' }));
  expect((await ports.alerts.about('Contoso', 'sql-01')).found.map(({ value }) => value.type)).toContain(
    'ProtectionWeakened',
  );
});

test.each([
  ['stopped, and resumed under a shorter policy', 'resume'],
  ['protected again under a shorter policy', 'protect'],
] as const)('an item %s is the row protection', async (_, verb) => {
  const ports = await aWorld('protection', false);
  const item = { ...ITEM, item: 'sql-02' };
  const ask = { workload: 'AzureVM', sourceId: '/vm2' } as const;
  await done(protect(ports, aRequest(), item, { ...ask, policy: 'daily' }));
  const head = await headOf(ports.vaults);
  await ports.commit(newHead({ ...head.vault, guard: null }, head));
  await done(stop(ports, aRequest(), item, { mode: 'retain' }));
  const unguarded = await headOf(ports.vaults);
  await ports.commit(newHead({ ...unguarded.vault, guard: 'g' }, unguarded));
  const again = (policy: string) =>
    verb === 'resume'
      ? resume(ports, aRequest(), item, { verb, policy })
      : protect(ports, aRequest(), item, { ...ask, policy });
  expect(await again('short')).toMatchObject({ refusal: { code: 'GuardApprovalRequired' } });
  expect(await again('daily')).toMatchObject({ ok: true });
});
