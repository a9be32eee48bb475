import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blockedFor,
  heldAgainst,
  issued,
  livingPin,
  missed,
  noPin,
  openers,
  type PinRecord,
  pinExpiry,
  used,
} from '../../src/core/pin.ts';
import { later, NOON } from '../support/builders.ts';

const sealed = {
  ...{ id: 'p1', salt: 's', mac: 'm', issuedBy: { tid: 'local', oid: 'ada' } },
  ...{ issuedAt: NOON, expiresAt: pinExpiry(NOON) },
};
const CALL = { operation: 'deleteProtection', server: 'srv' } as const;
const EVERYWHERE = { operation: 'deleteProtection', server: null } as const;
const NO_PIN = noPin(CALL);
const seconds = (count: number) => later(0, count * 1000);

describe('a PIN', () => {
  test('lives for five minutes, and not at their end', () => {
    expect(livingPin(issued(CALL, sealed), NOON)).toBe(sealed);
    expect(livingPin(issued(CALL, sealed), later(0, 299_999))).toBe(sealed);
    expect(livingPin(issued(CALL, sealed), seconds(300))).toBeUndefined();
  });

  test('is gone once it was used', () => {
    expect(livingPin(used(issued(CALL, sealed)), NOON)).toBeUndefined();
  });

  test('is revoked by the fifth miss, and nobody may try for five minutes', () => {
    let record: PinRecord = issued(CALL, sealed);
    for (let miss = 1; miss <= 4; miss += 1) {
      const after = missed(record, seconds(miss));
      expect(after.tooMany).toBe(false);
      record = after.record;
      expect(livingPin(record, seconds(miss))).toBe(sealed);
      expect(blockedFor(record, seconds(miss))).toBeUndefined();
    }
    const last = missed(record, seconds(5));
    expect(last.tooMany).toBe(true);
    expect(livingPin(last.record, seconds(5))).toBeUndefined();
    expect(blockedFor(last.record, seconds(5))).toBe(300);
    expect(blockedFor(last.record, seconds(304.5))).toBe(1);
    expect(blockedFor(last.record, seconds(305))).toBeUndefined();
  });

  test('that is new forgives earlier misses', () => {
    const once = missed(NO_PIN, NOON).record;
    expect(issued(CALL, sealed)).toMatchObject({ misses: 0, blockedUntil: null });
    expect(once.misses).toBe(1);
  });
});

test('misses count alike with a PIN on record and without', () => {
  let [there, absent]: [PinRecord, PinRecord] = [issued(CALL, sealed), NO_PIN];
  for (let miss = 1; miss <= 12; miss += 1) {
    const [a, b] = [missed(there, seconds(miss)), missed(absent, seconds(miss))];
    expect([a.tooMany, blockedFor(a.record, seconds(miss))]).toEqual([b.tooMany, blockedFor(b.record, seconds(miss))]);
    [there, absent] = [a.record, b.record];
  }
});

test('however misses are spread over its life, a PIN never sees a sixth', () => {
  const life = fc.array(fc.integer({ min: 0, max: 299_999 }), { minLength: 5, maxLength: 20 });
  fc.assert(
    fc.property(life, (moments) => {
      let record: PinRecord = issued(CALL, sealed);
      let looked = 0;
      for (const at of moments.toSorted((a, b) => a - b)) {
        const now = later(0, at);
        if (blockedFor(record, now) !== undefined) continue;
        if (livingPin(record, now)) looked += 1;
        record = missed(record, now).record;
      }
      expect(looked).toBeLessThanOrEqual(5);
    }),
  );
});

test('a call is opened by a PIN for its server, for all servers, or from the version before; a setting by its own alone', () => {
  expect(openers(CALL)).toEqual([
    { operation: 'deleteProtection', server: 'srv' },
    { operation: 'deleteProtection', server: null },
    { operation: 'critical', server: null },
  ]);
  expect(openers({ operation: 'changeSettings', server: null })).toEqual([
    { operation: 'changeSettings', server: null },
  ]);
});

test('a PIN for all servers forgives the misses before it, and those only', () => {
  let record = NO_PIN;
  for (let miss = 0; miss < 5; miss += 1) record = missed(record, seconds(10)).record;
  const issuedAt = (count: number) => [used(issued(EVERYWHERE, { ...sealed, issuedAt: seconds(count) }))];
  expect(blockedFor(heldAgainst(CALL, record, []), seconds(11))).toBe(299);
  expect(blockedFor(heldAgainst(CALL, record, issuedAt(10)), seconds(11))).toBe(299);
  expect(blockedFor(heldAgainst(CALL, record, issuedAt(11)), seconds(11))).toBeUndefined();
});
