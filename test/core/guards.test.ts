import { describe, expect, test } from 'vitest';
import {
  covers,
  exclusions,
  type Grant,
  GUARDED_OPERATIONS,
  type Guard,
  grantable,
  isLive,
} from '../../src/core/guards.ts';
import { later, NOON } from '../support/builders.ts';

const who = (oid: string, tid = 'local') => ({ tid, oid });
const guard: Guard = {
  ...{ name: 'g', excludedOperations: ['stopProtection'], createdBy: who('owner'), createdAt: NOON, etag: 'g1' },
};
const grant = (over: Partial<Grant> = {}): Grant => ({
  ...{ id: 'x', guard: 'g', vault: 'v', operation: 'deleteProtection', grantee: who('ada'), grantedBy: who('bob') },
  ...{ grantedAt: NOON, expiresAt: later(1) },
  ...over,
});
const verdict = (over: Partial<Grant>) => {
  const outcome = grantable(grant(over), guard, NOON);
  return outcome.ok ? 'granted' : outcome.refusal.details?.[0]?.target;
};

describe('exclusions', () => {
  test.for(['disableSoftDelete', 'removeGuard', 'deleteVault'] as const)(
    'case 68: %s cannot be excluded',
    (operation) => {
      const outcome = exclusions(['stopProtection', operation]);
      expect(outcome).toMatchObject({
        refusal: { code: 'InvalidRequest', details: [{ target: '$.excludedOperations[1]' }] },
      });
    },
  );

  test('anything else can', () => {
    const rest = GUARDED_OPERATIONS.filter((one) => !['disableSoftDelete', 'removeGuard', 'deleteVault'].includes(one));
    expect(exclusions([...rest, ...rest])).toEqual({ ok: true, value: rest });
  });
});

const OF_SERVICE = ['releaseBelt', 'endPause'] as const;
const OF_VAULTS = GUARDED_OPERATIONS.filter((one) => !OF_SERVICE.some((other) => other === one));

describe('what a guard covers', () => {
  test.for(OF_SERVICE)('is not %s, which is no matter of a vault', (operation) => {
    expect(covers('RecoveryServices', operation, undefined)).toBe(false);
  });

  test('is everything that it does not exclude', () => {
    for (const operation of OF_VAULTS)
      expect(covers('RecoveryServices', operation, guard)).toBe(operation !== 'stopProtection');
  });

  test('is everything when the guard is not there any more', () => {
    for (const operation of OF_VAULTS) expect(covers('RecoveryServices', operation, undefined)).toBe(true);
  });

  test('case 27: in a Backup vault it does not cover soft delete', () => {
    for (const operation of ['disableSoftDelete', 'reduceRetention'] as const)
      expect(covers('Backup', operation, undefined)).toBe(false);
    for (const operation of ['deleteVault', 'removeHold', 'reduceAlerts', 'dismissDeadLetter'] as const)
      expect(covers('Backup', operation, undefined)).toBe(true);
    expect(covers('Backup', 'deleteProtection', undefined)).toBe(true);
    expect(covers('Backup', 'removeGuard', undefined)).toBe(true);
  });
});

describe('a grant', () => {
  test.for([
    ['granted', {}],
    ['granted', { expiresAt: later(0, 1) }],
    ['$.expiresAt', { expiresAt: NOON }],
    ['$.expiresAt', { expiresAt: later(1, 1) }],
    ['$.grantee', { grantee: who('bob') }],
    ['$.grantee', { grantee: who('BOB') }],
    ['$.grantee', { grantee: who('owner') }],
  ] as const)('is %s with %j', ([expected, over]) => {
    expect(verdict(over)).toBe(expected);
  });

  test('ends at its end', () => {
    expect(isLive(grant(), later(1, -1))).toBe(true);
    expect(isLive(grant(), later(1))).toBe(false);
  });
});
