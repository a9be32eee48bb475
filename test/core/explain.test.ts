import { describe, expect, test } from 'vitest';
import { explain } from '../../src/core/explain.ts';
import type { ItemState } from '../../src/core/item.ts';
import { aHead, anItem, aVault, later, NOON } from '../support/builders.ts';

const nextSweep = (after: typeof NOON) => after.plus({ minutes: 5 });
const told = (state: ItemState, over: object = {}, now = later(1), head = aHead()) =>
  explain(anItem(state, over), head, now, nextSweep);
const hold = (name: string, until: number | null) => ({
  name,
  reason: 'court',
  until: until && later(until),
  by: 'x',
  at: NOON,
  etag: 'e',
});

describe('why an item is (not) purged', () => {
  test('its soft-delete period, and what can be done meanwhile', () => {
    expect(told('SoftDeleted')).toMatchObject({
      state: 'SoftDeleted',
      notBefore: later(14),
      expectedBy: nextSweep(later(14)),
      blockers: [{ code: 'SoftDeletePeriod', until: later(14) }],
      can: ['undelete'],
    });
  });

  test('once it is over nothing blocks, and undelete is no longer offered', () => {
    expect(told('SoftDeleted', {}, later(14))).toMatchObject({
      expectedBy: nextSweep(later(14)),
      blockers: [],
      can: [],
    });
    expect(told('SoftDeleted', {}, later(14, -1)).blockers).toHaveLength(1);
  });

  test('a period that the vault lengthened since', () => {
    const head = aHead(aVault({ extensions: [{ at: later(1), days: 30, version: 2 }] }));
    expect(told('SoftDeleted', {}, later(20), head)).toMatchObject({ notBefore: later(30), can: ['undelete'] });
  });

  test('a hold moves it out, one without end for good, a past one not at all', () => {
    expect(told('SoftDeleted', { holds: [hold('h', 20)] })).toMatchObject({
      notBefore: later(20),
      blockers: [{ code: 'SoftDeletePeriod' }, { code: 'Hold', message: 'Hold h: court', until: later(20) }],
    });
    expect(told('SoftDeleted', { holds: [hold('h', null)] })).toMatchObject({ notBefore: null, expectedBy: null });
    expect(told('SoftDeleted', { holds: [hold('h', 20)] }, later(20)).blockers).toEqual([]);
  });

  test('an item that is not in the trash is never purged', () => {
    expect(told('Protected')).toMatchObject({ notBefore: null, blockers: [{ code: 'NotSoftDeleted' }] });
  });

  test('an item that is being purged cannot be helped', () => {
    expect(told('Purging')).toMatchObject({ blockers: [], can: [], expectedBy: nextSweep(later(1)) });
  });

  test.each<[ItemState, string[]]>([
    ['Protected', ['changePolicy', 'backup', 'restore', 'stop', 'delete']],
    ['ProtectionStopped', ['resume', 'changePolicy', 'restore', 'delete']],
    ['BackupsSuspended', ['resume', 'restore', 'stop', 'delete']],
  ])('what can be done while %s', (state, can) => {
    expect(told(state).can).toEqual(can);
  });
});
