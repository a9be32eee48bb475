import { describe, expect, test } from 'vitest';
import { type Grant, grantable, isFor, type Spent, stateOf, unspent } from '../../src/core/grants.ts';
import {
  approvalsNeeded,
  covers,
  coversInService,
  exclusions,
  GUARDED_OPERATIONS,
  type Guard,
  isOperationOf,
  loosened,
  looseningOf,
  looserGuard,
  pendingLoosening,
  tightened,
} from '../../src/core/guards.ts';
import { later, NOON } from '../support/builders.ts';
import { aGrant, aGuard, who } from '../support/guards.ts';

const guard = aGuard({ excludedOperations: ['stopProtection'], createdBy: who('owner') });
const verdict = (over: Partial<Grant>) => {
  const outcome = grantable(aGrant({ grantee: who('ada'), ...over }), guard, NOON);
  return outcome.ok ? 'granted' : outcome.refusal.details?.[0]?.target;
};

describe('exclusions', () => {
  test.for(['disableSoftDelete', 'removeGuard', 'deleteVault'] as const)(
    'case 68: %s cannot be excluded',
    (operation) => {
      expect(exclusions(['stopProtection', operation])).toMatchObject({
        refusal: { code: 'InvalidRequest', details: [{ target: '$.excludedOperations[1]' }] },
      });
    },
  );

  test('anything else can', () => {
    const rest = GUARDED_OPERATIONS.filter((one) => !['disableSoftDelete', 'removeGuard', 'deleteVault'].includes(one));
    expect(exclusions([...rest, ...rest])).toEqual({ ok: true, value: rest });
  });
});

describe('what a guard covers', () => {
  const OF_NO_VAULT = ['releaseBelt', 'endPause'];
  const inVaults = GUARDED_OPERATIONS.filter((one) => !OF_NO_VAULT.includes(one));

  test('is everything of a vault that it does not exclude', () => {
    for (const operation of inVaults)
      expect(covers('RecoveryServices', operation, guard)).toBe(operation !== 'stopProtection');
    for (const operation of ['releaseBelt', 'endPause'] as const)
      expect(covers('RecoveryServices', operation, guard)).toBe(false);
  });

  test('is everything when the guard is not there any more', () => {
    for (const operation of inVaults) expect(covers('RecoveryServices', operation, undefined)).toBe(true);
  });

  test('case 27: in a Backup vault it covers soft delete only where it says so', () => {
    const covering = { ...guard, coverBackupSoftDelete: true };
    for (const operation of ['disableSoftDelete', 'reduceRetention'] as const) {
      expect(covers('Backup', operation, guard)).toBe(false);
      expect(covers('Backup', operation, undefined)).toBe(false);
      expect(covers('Backup', operation, covering)).toBe(true);
    }
    for (const operation of ['deleteVault', 'removeHold', 'deleteProtection', 'removeGuard'] as const)
      expect(covers('Backup', operation, undefined)).toBe(true);
  });

  test('of the service are its own operations', () => {
    const found = GUARDED_OPERATIONS.filter((one) => coversInService(one, undefined));
    expect(found.toSorted()).toEqual(['changeExecutor', 'dismissDeadLetter', 'endPause', 'releaseBelt', 'removeGuard']);
    expect(GUARDED_OPERATIONS.filter((one) => isOperationOf(null, one))).toEqual(found);
    expect(GUARDED_OPERATIONS.filter((one) => !isOperationOf('v', one)).toSorted()).toEqual(OF_NO_VAULT.toSorted());
    expect(coversInService('endPause', { ...guard, excludedOperations: ['endPause'] })).toBe(false);
  });
});

describe('a loosening', () => {
  const strict = aGuard({
    ...{ quorum: 3, coolingOffHours: 48, contacts: ['a@x.y', 'b@x.y'], coverBackupSoftDelete: true },
    excludedOperations: ['getSecurityPin'],
  });
  const LOOSE: readonly (readonly [string, Partial<Guard>, object | undefined])[] = [
    ['more exclusions', { excludedOperations: ['getSecurityPin', 'removeHold'] }, { exclude: ['removeHold'] }],
    ['fewer exclusions', { excludedOperations: [] }, undefined],
    ['a lower quorum', { quorum: 2 }, { quorum: 2 }],
    ['a higher quorum', { quorum: 4 }, undefined],
    ['fewer hours', { coolingOffHours: 47 }, { coolingOffHours: 47 }],
    ['more hours', { coolingOffHours: 49 }, undefined],
    ['a contact taken out', { contacts: ['a@x.y'] }, { dropContacts: ['b@x.y'] }],
    ['a contact exchanged', { contacts: ['a@x.y', 'c@x.y'] }, { dropContacts: ['b@x.y'] }],
    ['a contact written otherwise', { contacts: ['A@X.Y', 'b@x.y'] }, undefined],
    ['Backup vaults no longer covered', { coverBackupSoftDelete: false }, { uncoverBackupSoftDelete: true }],
  ];

  test.each(LOOSE)('%s', (_, over, found) => {
    const wished = { ...strict, ...over };
    expect(looseningOf(strict, wished)).toEqual(found);
    expect(looserGuard(strict, wished) === undefined).toBe(found === undefined);
    // What holds at once does not loosen, and what was held back leaves nothing of it open.
    expect(looseningOf(strict, tightened(strict, wished))).toBeUndefined();
    const after = found ? loosened(tightened(strict, wished), found) : tightened(strict, wished);
    expect(looseningOf(after, wished) ?? looseningOf(wished, after)).toBeUndefined();
  });

  test('of a guard that goes, and of none that comes', () => {
    expect(looserGuard(strict, null)).toEqual({ before: 'kept', after: 'deleted' });
    expect(looserGuard(null, strict)).toBeUndefined();
  });

  test('waits by the old hours, as one entry that tells all of it', () => {
    const wished = { ...strict, quorum: 1, coolingOffHours: 1, excludedOperations: [] };
    const [one, ...others] = pendingLoosening(strict, wished, { caller: who('eve'), now: NOON, id: 'id-1' });
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ id: 'id-1-guard', control: 'guard', requestedBy: who('eve'), approvals: [] },
      ...{ before: 'quorum 3; cools off 48 h', after: 'quorum 1; cools off 1 h', effectiveAt: later(2) },
    });
  });

  test('takes one other, or as many as the quorum less one', () => {
    expect([1, 2, 3, 5].map((quorum) => approvalsNeeded({ ...strict, quorum }))).toEqual([1, 1, 2, 4]);
  });
});

describe('a grant', () => {
  test.for([
    ['granted', {}],
    ['granted', { expiresAt: later(0, 1) }],
    ['granted', { approvals: [] }],
    ['granted', { vault: null, operation: 'endPause' }],
    ['$.expiresAt', { expiresAt: NOON }],
    ['$.expiresAt', { expiresAt: later(1, 1) }],
    ['$.grantee', { grantee: who('keeper') }],
    ['$.grantee', { grantee: who('KEEPER') }],
    ['$.grantee', { grantee: who('owner') }],
    ['$.operation', { operation: 'endPause' }],
    ['$.operation', { vault: null }],
    ['$.items', { vault: null, operation: 'endPause', items: ['vm'] }],
  ] as const)('is %s with %j', ([expected, over]) => {
    expect(verdict(over)).toBe(expected);
  });

  const by = { by: who('bob'), at: NOON };
  const use = { ...by, operation: 'StopDelete', item: 'vm', requestId: 'r' };
  const spent = (over: Partial<Spent>): Spent => ({ ...unspent(aGrant()), ...over });

  test.for([
    ['Requested', { approvals: [] }, undefined, NOON],
    ['Live', {}, undefined, NOON],
    ['Live', {}, undefined, later(1, -1)],
    ['Expired', {}, undefined, later(1)],
    ['Expired', { approvals: [] }, undefined, later(1)],
    ['Used', {}, spent({ uses: [use] }), NOON],
    ['Used', { used: 1 }, undefined, later(2)],
    ['Live', { uses: 2 }, spent({ uses: [use] }), NOON],
    ['Revoked', {}, spent({ revoked: { ...by, requestId: 'r' } }), NOON],
    ['Revoked', { revoked: by }, undefined, later(2)],
    ['Denied', { approvals: [], denied: { ...by, reason: null } }, undefined, later(2)],
  ] as const)('is %s with %j', ([expected, over, became, now]) => {
    expect(stateOf(aGrant(over), became, { quorum: 1 }, now)).toBe(expected);
  });

  test('is live with as many approvals as the guard asks now', () => {
    expect([1, 2].map((quorum) => stateOf(aGrant(), undefined, { quorum }, NOON))).toEqual(['Live', 'Requested']);
  });

  test('for items is for these, each once', () => {
    const bound = aGrant({ items: ['VM', 'sql'], uses: 2 });
    expect(isFor(bound, undefined, 'vm')).toBe(true);
    expect(isFor(bound, undefined, 'files')).toBe(false);
    expect(isFor(bound, undefined, null)).toBe(false);
    expect(isFor(bound, spent({ uses: [use] }), 'vm')).toBe(false);
    expect(isFor(bound, spent({ uses: [use] }), 'sql')).toBe(true);
    expect(isFor(aGrant(), undefined, null)).toBe(true);
  });
});
