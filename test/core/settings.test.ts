import { describe, expect, test } from 'vitest';
import { reconfigured, type SettingsPatch, settingsAfter } from '../../src/core/settings.ts';
import { iso } from '../../src/core/time.ts';
import { newSettings, type Settings } from '../../src/core/vault.ts';
import type { VaultKind } from '../../src/core/workloads.ts';
import { aVault, later, NOON } from '../support/builders.ts';

const changed = (patch: SettingsPatch, before: Partial<Settings> = {}, kind: VaultKind = 'RecoveryServices') =>
  settingsAfter({ ...newSettings(kind), ...before }, patch, kind);
const code = (patch: SettingsPatch, before?: Partial<Settings>, kind?: VaultKind) => {
  const outcome = changed(patch, before, kind);
  return outcome.ok ? 'ok' : outcome.refusal.code;
};

const ALWAYS: Partial<Settings> = {
  softDelete: { state: 'AlwaysOn', retentionDays: 14, retentionScope: 'ExtendExisting' },
  hybrid: { state: 'AlwaysOn', portalDeleteUnderAlwaysOn: 'block' },
};
const HYBRID_OFF: Partial<Settings> = { hybrid: { state: 'Disabled', portalDeleteUnderAlwaysOn: 'block' } };

describe('a new vault', () => {
  test('keeps what is deleted for fourteen days, on premises as well', () => {
    expect(newSettings('RecoveryServices')).toMatchObject({
      softDelete: { state: 'Enabled', retentionDays: 14, retentionScope: 'ExtendExisting' },
      hybrid: { state: 'Enabled' },
      immutability: 'Disabled',
    });
    expect(newSettings('Backup').hybrid).toBeNull();
  });
});

describe('AlwaysOn', () => {
  test('needs a confirmation', () => {
    expect(code({ softDelete: { state: 'AlwaysOn' } })).toBe('ConfirmationRequired');
    expect(code({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: false })).toBe('ConfirmationRequired');
  });

  test('takes the hybrid switch along', () => {
    const patch = { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true } as const;
    for (const before of [{}, HYBRID_OFF])
      expect(changed(patch, before)).toMatchObject({ ok: true, value: { hybrid: { state: 'AlwaysOn' } } });
    expect(changed(patch, {}, 'Backup')).toMatchObject({ ok: true, value: { hybrid: null } });
  });

  test.each<[string, SettingsPatch]>([
    ['disabled', { softDelete: { state: 'Disabled' } }],
    ['enabled', { softDelete: { state: 'Enabled' }, confirmAlwaysOn: true }],
    ['reset to the default', { softDelete: null }],
    ['its state reset to the default', { softDelete: { state: null } }],
    ['hybrid off', { hybrid: { state: 'Disabled' } }],
    ['hybrid merely on', { hybrid: { state: 'Enabled' } }],
    ['hybrid reset', { hybrid: null }],
  ])('can never be taken back: %s', (_, patch) => {
    expect(code(patch, ALWAYS)).toBe('AlwaysOnIrreversible');
  });

  test('does not freeze the number of days', () => {
    expect(changed({ softDelete: { retentionDays: 30 } }, ALWAYS)).toMatchObject({
      ok: true,
      value: { softDelete: { state: 'AlwaysOn', retentionDays: 30 } },
    });
  });

  test('is nothing that hybrid workloads can have by themselves', () => {
    expect(code({ hybrid: { state: 'AlwaysOn' } })).toBe('InvalidRequest');
    expect(code({ softDelete: { state: 'AlwaysOn' }, hybrid: { state: 'Enabled' }, confirmAlwaysOn: true })).toBe(
      'InvalidRequest',
    );
  });
});

describe('the one hybrid switch', () => {
  test.each([
    [{ mfaRequired: true, alertsEnabled: true }, 'ok'],
    [{ alertsEnabled: false }, 'InvalidRequest'],
    [{ mfaRequired: false }, 'InvalidRequest'],
    [{ state: 'Disabled', mfaRequired: false, alertsEnabled: false }, 'ok'],
    [{ state: 'Disabled', mfaRequired: true }, 'InvalidRequest'],
  ] as const)('%o: %s', (hybrid, expected) => {
    expect(code({ hybrid })).toBe(expected);
  });

  test('does not exist on a Backup vault', () => {
    expect(code({ hybrid: { state: 'Enabled' } }, {}, 'Backup')).toBe('InvalidRequest');
    expect(code({ hybrid: null }, {}, 'Backup')).toBe('ok');
  });
});

describe('the other settings', () => {
  test('what is absent stays, null gives the default back', () => {
    const before = {
      alerts: {
        recipients: ['a@b.c'],
        owners: ['o@b.c'],
        mode: 'HourlyDigest',
        onHardDelete: false,
        reminderDays: [7],
      },
    } as const;
    expect(changed({ alerts: { recipients: null } }, before)).toMatchObject({
      ok: true,
      value: { alerts: { recipients: [], owners: ['o@b.c'], mode: 'HourlyDigest' } },
    });
    expect(changed({ alerts: null }, before)).toMatchObject({
      ok: true,
      value: { alerts: newSettings('Backup').alerts },
    });
  });

  test.each(['Disabled', 'Unlocked', null] as const)('locked immutability does not become %s', (immutability) => {
    expect(code({ immutability }, { immutability: 'Locked' })).toBe('ImmutabilityLocked');
    expect(code({ immutability }, { immutability: 'Unlocked' })).toBe('ok');
  });
});

describe('the period of a vault', () => {
  const vaultAfter = (days: number, scope: 'ExtendExisting' | 'FutureDeletions', vault = aVault()) => {
    const softDelete = { ...vault.softDelete, retentionDays: days, retentionScope: scope };
    const outcome = reconfigured(vault, { ...vault, softDelete }, NOON, 'e2');
    if (!outcome.ok) throw new Error(outcome.refusal.message);
    return outcome.value;
  };

  test('grows for what lies in the trash, unless it is for the future only', () => {
    expect(vaultAfter(30, 'ExtendExisting').extensions).toEqual([{ at: NOON, days: 30, version: 2 }]);
    expect(vaultAfter(30, 'FutureDeletions').extensions).toEqual([]);
  });

  test('leaves no trace when it shrinks or stays', () => {
    expect(vaultAfter(14, 'ExtendExisting').extensions).toEqual([]);
    expect(vaultAfter(14, 'ExtendExisting', vaultAfter(30, 'ExtendExisting')).extensions).toHaveLength(1);
  });

  test('counts every change of the settings, with or without an extension', () => {
    const future = vaultAfter(30, 'FutureDeletions');
    expect(future.version).toBe(2);
    expect(vaultAfter(60, 'ExtendExisting', future)).toMatchObject({ version: 3, extensions: [{ version: 3 }] });
  });

  test('cannot be lengthened without end', () => {
    const extensions = Array.from({ length: 100 }, (_, at) => ({ at: later(-1, at), days: 15, version: at + 2 }));
    const vault = aVault({ extensions, version: 101 });
    const wish = { ...vault, softDelete: { ...vault.softDelete, retentionDays: 30 } };
    expect(reconfigured(vault, wish, NOON, 'e')).toMatchObject({
      ok: false,
      refusal: { code: 'LimitReached', facts: { limit: 100, until: iso(later(180)) } },
    });
    expect(reconfigured(vault, wish, later(181), 'e')).toMatchObject({
      ok: true,
      value: { extensions: [{ days: 30, version: 102 }] },
    });
  });
});
