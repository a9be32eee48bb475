/** The table of controls against the contract, and against every value that it speaks of. */
import { describe, expect, test } from 'vitest';
import type { Pause } from '../../src/core/brakes.ts';
import { CONTROL_NAMES, CONTROLS, type Control, type Controls, weakenings } from '../../src/core/controls.ts';
import { cooledOff, ripe, withPending } from '../../src/core/coolingOff.ts';
import type { Hold } from '../../src/core/item.ts';
import { LEAVES, VAULT_LEAVES, type VaultLeaf, valueAt, withValue } from '../../src/core/leaves.ts';
import type { Retention } from '../../src/core/policy.ts';
import type { Instant } from '../../src/core/time.ts';
import type { Silence, Vault } from '../../src/core/vault.ts';
import { aPolicy, aVault, later, NOON } from '../support/builders.ts';
import { VALUES } from '../support/values.ts';
import { weakenedInVault } from '../support/weakened.ts';

const ADA = { tid: 'local', oid: 'ada' };
const BOB = { tid: 'local', oid: 'bob' };

/** As the contract has it: second factor, guard operation, cools off, alert. A new control without a line here does not compile. */
const CONTRACT: { readonly [C in Control]: readonly [string, string, boolean, string] } = {
  softDelete: ['yes', 'disableSoftDelete', true, 'SoftDeleteDisabledForVault'],
  softDeletePeriod: ['no', 'reduceRetention', true, 'RetentionChanged'],
  hybridSecurity: ['yes', 'disableSoftDelete', true, 'DisableHybridSecurity'],
  portalDelete: ['yes', 'disableSoftDelete', true, 'ProtectionWeakened'],
  immutability: ['yes', 'disableImmutability', true, 'ProtectionWeakened'],
  coolingOff: ['yes', 'disableSoftDelete', true, 'ProtectionWeakened'],
  guardLink: ['yes', 'removeGuard', true, 'MuaDisabled'],
  vault: ['no', 'deleteVault', false, 'VaultDeleted'],
  policy: ['no', 'reduceRetention', false, 'ModifyPolicyShorterRetention'],
  protection: ['no', 'reduceRetention', false, 'ModifyProtectionShorterRetention'],
  hold: ['unless the caller set it', 'removeHold', false, 'ProtectionWeakened'],
  addressees: ['if no address is left', 'reduceAlerts', false, 'VisibilityReduced'],
  hardDeleteAlert: ['yes', 'reduceAlerts', false, 'VisibilityReduced'],
  reminders: ['no', 'reduceAlerts', false, 'VisibilityReduced'],
  digest: ['no', 'reduceAlerts', false, 'VisibilityReduced'],
  silence: ['no', 'reduceAlerts', false, 'VisibilityReduced'],
  deadLetter: ['no', 'dismissDeadLetter', false, 'VisibilityReduced'],
  guard: ['yes', 'none', false, 'GuardWeakened'],
  pause: ['unless the caller set it', 'endPause, unless the caller set it', false, 'BrakeReleased'],
  belt: ['yes', 'releaseBelt', false, 'BrakeReleased'],
  executor: ['yes', 'changeExecutor', false, 'ExecutorChanged'],
  kind: ['yes', 'changeExecutor', false, 'ExecutorChanged'],
  purgeOrder: ['yes', 'resolvePurge', false, 'PurgeForced'],
  serviceSettings: ['no', 'none', false, 'ServiceSettingsChanged'],
};

test('the table says what the contract says', () => {
  const table: Controls = CONTROLS;
  for (const control of CONTROL_NAMES) {
    const { factor, guard, guarded, coolsOff, alert } = table[control];
    const words = typeof factor === 'string' ? factor : factor.words;
    const approval = guarded ? `${guard}, ${guarded.words}` : guard;
    expect([words, approval, coolsOff, alert], control).toEqual(CONTRACT[control]);
  }
});

const controlsOf = (before: Vault, after: Vault) => weakenedInVault(before, after, ADA).map(({ control }) => control);

describe('every value of a vault', () => {
  const vault = aVault({ purge: { executor: 'one', parameters: null } });
  const pairs = (leaf: VaultLeaf) =>
    VALUES[leaf].flatMap((a) =>
      VALUES[leaf].map((b) => [withValue(vault, leaf, a), withValue(vault, leaf, b)] as const),
    );

  test.each(VAULT_LEAVES)('%s is watched by its control and by no other, or by none', (leaf) => {
    const watch = LEAVES.vault[leaf];
    const found = new Set(pairs(leaf).flatMap(([before, after]) => controlsOf(before, after)));
    // A silence is looked at one by one.
    expect([...found]).toEqual(typeof watch === 'string' && watch !== 'silence' ? [watch] : []);
  });

  test.each(VAULT_LEAVES)('%s weakens one way only, and not where it stays', (leaf) => {
    for (const [before, after] of pairs(leaf)) {
      if (
        controlsOf(before, after).length > 0 &&
        leaf !== 'alerts.recipients' &&
        leaf !== 'alerts.owners' &&
        leaf !== 'alerts.reminderDays' &&
        leaf !== 'guard' &&
        leaf !== 'purge.executor' &&
        leaf !== 'purge.parameters'
      )
        expect(controlsOf(after, before)).toEqual([]);
      if (JSON.stringify(valueAt(before, leaf)) === JSON.stringify(valueAt(after, leaf)))
        expect(controlsOf(before, after)).toEqual([]);
    }
  });
});

describe('an address', () => {
  const at = (recipients: readonly string[], owners: readonly string[]) =>
    aVault({ alerts: { ...aVault().alerts, recipients, owners } });
  const weakened = (before: Vault, after: Vault) => weakenings('vault', before, after, ADA);

  test('that is exchanged is taken out, and one that is only written otherwise is not', () => {
    expect(weakened(at(['a@x.y'], []), at(['b@x.y'], []))).toMatchObject([{ control: 'addressees', factor: false }]);
    expect(weakened(at(['a@x.y'], []), at(['A@X.Y', 'b@x.y'], []))).toEqual([]);
  });

  test('takes the second factor when it is the last', () => {
    expect(weakened(at(['a@x.y'], ['o@x.y']), at([], ['o@x.y']))).toMatchObject([{ factor: false }]);
    expect(weakened(at(['a@x.y'], []), at([], []))).toMatchObject([{ factor: true, before: ['a@x.y'], after: [] }]);
  });
});

describe('a policy', () => {
  const vault = aVault();
  const off = aVault({ hybrid: { state: 'Disabled', portalDeleteUnderAlwaysOn: 'block' } });
  const weakened = (from: Retention, to: Retention, of: Vault = vault) =>
    weakenings('policy', { vault: of, policy: aPolicy('p', from) }, { vault: of, policy: aPolicy('p', to) }, ADA);

  test.each([
    ['fewer days', { daily: 30 }, { daily: 29 }, 1],
    ['a rung that goes', { daily: 7, yearly: 3 }, { daily: 7 }, 1],
    ['a rung that comes and takes days from points that had thirty', { weekly: 4 }, { weekly: 4, daily: 7 }, 1],
    ['more', { daily: 30 }, { daily: 31 }, 0],
  ] as const)('with %s', (_, from, to, count) => expect(weakened(from, to)).toHaveLength(count));

  test('of hybrid items says that it went below their minimum while that was allowed', () => {
    expect(weakened({ daily: 30 }, { daily: 6 }, off)).toMatchObject([{ facts: { belowMinimum: true } }]);
    expect(weakened({ daily: 30 }, { daily: 8 }, off)[0]?.facts).toBeUndefined();
  });
});

describe('a hold', () => {
  const hold = (over: Partial<Hold> = {}): Hold => ({
    ...{ name: 'h', reason: 'r', until: null, by: 'ada', at: NOON, madeBy: ADA, etag: 'e' },
    ...over,
  });
  const weakened = (before: Hold | null, after: Hold | null, caller = ADA) => weakenings('hold', before, after, caller);

  test('is weakened when it ends earlier, never when it is made or lengthened', () => {
    expect(weakened(null, hold())).toEqual([]);
    expect(weakened(hold({ until: later(1) }), hold({ until: later(2) }))).toEqual([]);
    expect(weakened(hold({ until: later(1) }), hold())).toEqual([]);
    expect(weakened(hold(), hold({ until: later(1) }))).toHaveLength(1);
    expect(weakened(hold({ until: later(2) }), hold({ until: later(1) }))).toHaveLength(1);
    expect(weakened(hold(), null)).toMatchObject([{ before: 'no end', after: 'removed' }]);
  });

  test('takes the second factor of everyone but its maker; one of before, that does not say who made it, of everyone', () => {
    const { madeBy: _, ...old } = hold();
    expect(weakened(hold(), null)).toMatchObject([{ factor: false }]);
    expect(weakened(hold({ by: 'ada', madeBy: BOB }), null)).toMatchObject([{ factor: true }]);
    expect(weakened(old, null)).toMatchObject([{ factor: true }]);
  });
});

describe('a pause', () => {
  const pause = (until: Instant): Pause => ({
    ...{ reason: 'r', by: 'ada', tid: 'local', at: NOON, etag: 'e' },
    until,
  });
  const weakened = (before: Pause | null, after: Pause | null, caller = BOB) =>
    weakenings('pause', before, after, caller);

  test('is weakened when it ends earlier, never when it is made or lengthened', () => {
    expect(weakened(null, pause(later(1)))).toEqual([]);
    expect(weakened(pause(later(1)), pause(later(2)))).toEqual([]);
    expect(weakened(pause(later(2)), pause(later(1)))).toMatchObject([{ factor: true, guard: 'endPause' }]);
    expect(weakened(pause(later(1)), null)).toMatchObject([{ after: null, facts: { reason: 'r' } }]);
  });

  test('is ended by its maker without factor and approval, and told all the same', () => {
    expect(weakened(pause(later(1)), null, ADA)).toMatchObject([
      { factor: false, guard: 'none', alert: 'BrakeReleased' },
    ]);
  });
});

test('the belt is weakened by a later release only, the settings of the service by any difference', () => {
  expect(weakenings('released', null, NOON, ADA)).toMatchObject([{ control: 'belt', factor: true }]);
  expect(weakenings('released', NOON, later(1), ADA)).toHaveLength(1);
  expect(weakenings('released', NOON, NOON, ADA)).toEqual([]);
  expect(weakenings('released', NOON, null, ADA)).toEqual([]);
  expect(weakenings('serviceSettings', { A: '1' }, { A: '2' }, ADA)).toMatchObject([{ before: '{"A":"1"}' }]);
  expect(weakenings('serviceSettings', { A: '1' }, { A: '1', B: '2' }, ADA)).toEqual([]);
});

describe('a silence', () => {
  const silence = (over: Partial<Silence> = {}): Silence => ({
    ...{ name: 's', from: NOON, since: NOON, until: later(1), types: ['BackupFailure'], items: ['vm'] },
    ...{ reason: 'r', by: 'ada', etag: 'e' },
    ...over,
  });
  test.each([
    ['made', null, silence(), 1],
    ['removed', silence(), null, 0],
    ['as it is', silence(), silence({ reason: 'other' }), 0],
    ['longer', silence(), silence({ until: later(2) }), 1],
    ['earlier', silence(), silence({ from: later(-1) }), 1],
    ['shorter', silence(), silence({ until: later(0, 1) }), 0],
    ['about another type', silence(), silence({ types: ['RestoreFailure'] }), 1],
    ['about all types', silence(), silence({ types: null }), 1],
    ['about one type of all', silence({ types: null }), silence(), 0],
    ['about all items', silence(), silence({ items: null }), 1],
    ['about an item of all', silence({ items: null }), silence(), 0],
  ] as const)('%s', (_, before, after, count) => {
    expect(weakenings('silence', before, after, ADA)).toHaveLength(count);
  });
});

describe('cooling off', () => {
  const asked = { caller: ADA, now: NOON, id: 'id-1' };
  const cool = (before: Vault, after: Vault) =>
    cooledOff(before, after, weakenings('vault', before, after, ADA), asked);
  const { softDelete } = aVault();
  const cautious = aVault({ coolingOffHours: 24, softDelete: { ...softDelete, retentionDays: 60 } });

  test('holds back each value that weakens by itself, and nothing else of the change', () => {
    const wished = {
      ...cautious,
      softDelete: { ...softDelete, state: 'Disabled', retentionDays: 30 },
      alerts: { ...cautious.alerts, recipients: ['a@x.y'] },
    } as const;
    const { vault, added } = cool(cautious, wished);
    expect(vault).toMatchObject({ softDelete: cautious.softDelete, alerts: wished.alerts, pendingChanges: added });
    expect(added).toMatchObject([
      { id: 'id-1-softDelete', control: 'softDelete', before: 'Enabled', after: 'Disabled', requestedBy: ADA },
      { control: 'softDeletePeriod', before: '60 days', after: '30 days', effectiveAt: later(1) },
    ]);
    expect(added.reduce(withPending, vault)).toMatchObject({ softDelete: wished.softDelete });
  });

  test('lets what strengthens the same control hold at once', () => {
    const mixed = { ...softDelete, retentionDays: 90, retentionScope: 'FutureDeletions' } as const;
    const { vault, added } = cool(cautious, { ...cautious, softDelete: mixed });
    expect(vault.softDelete).toMatchObject({ retentionDays: 90, retentionScope: 'ExtendExisting' });
    expect(added).toMatchObject([{ values: { 'softDelete.retentionScope': 'FutureDeletions' } }]);
  });

  test('counts by the old hours, also for fewer hours', () => {
    expect(cool(cautious, { ...cautious, coolingOffHours: 0 }).added).toMatchObject([
      { control: 'coolingOff', before: 24, after: 0, effectiveAt: later(1) },
    ]);
    expect(cool(aVault(), { ...aVault(), softDelete: { ...softDelete, state: 'Disabled' } }).added).toEqual([]);
  });

  test('begins anew when it is asked for again, and ends when the control is strengthened or the vault becomes AlwaysOn', () => {
    const shorter = (days: number) => ({ softDelete: { ...softDelete, retentionDays: days } });
    const waiting = cool(cautious, { ...cautious, ...shorter(30) }).vault;
    const again = cooledOff(
      waiting,
      { ...waiting, ...shorter(30) },
      weakenings('vault', waiting, { ...waiting, ...shorter(30) }, ADA),
      { ...asked, now: later(0, 5), id: 'id-2' },
    );
    expect(again.vault.pendingChanges).toMatchObject([{ id: 'id-2-softDeletePeriod', effectiveAt: later(1, 5) }]);
    expect(again.dropped).toMatchObject([{ id: 'id-1-softDeletePeriod' }]);
    expect(cool(waiting, { ...waiting, ...shorter(61) }).vault.pendingChanges).toEqual([]);
    expect(cool(waiting, { ...waiting, immutability: 'Unlocked' }).vault.pendingChanges).toHaveLength(1);
    const always = { ...waiting, softDelete: { ...waiting.softDelete, state: 'AlwaysOn' as const } };
    expect(cool(waiting, always).vault.pendingChanges).toEqual([]);
  });

  test('is over at its time, not before', () => {
    const { vault } = cool(cautious, { ...cautious, guard: null, immutability: 'Disabled', coolingOffHours: 1 });
    expect(ripe(vault, later(1, -1))).toEqual([]);
    expect(ripe(vault, later(1))).toHaveLength(1);
  });
});
