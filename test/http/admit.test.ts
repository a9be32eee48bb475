import { describe, expect, test } from 'vitest';
import { addressOf, failedLogins } from '../../src/http/admit.ts';

const at = (seconds: number) => new Date(1_800_000_000_000 + seconds * 1000);

describe('failed logins', () => {
  test('from one address are too many after a hundred in a minute, and the rest of that minute is said', () => {
    const failed = failedLogins();
    for (let times = 0; times < 100; times += 1) expect(failed('10.0.0.1', at(0))).toBeUndefined();
    expect(failed('10.0.0.1', at(20))).toBe(40);
    expect(failed('10.0.0.1', at(59.5))).toBe(1);
    expect(failed('10.0.0.2', at(20))).toBeUndefined();
    expect(failed('10.0.0.1', at(60))).toBeUndefined();
  });

  test('of callers that nobody names may be more', () => {
    const failed = failedLogins();
    for (let times = 0; times < 5000; times += 1) expect(failed(null, at(0))).toBeUndefined();
    expect(failed(null, at(1))).toBe(59);
  });

  test('do not fill the memory', () => {
    const failed = failedLogins();
    for (let address = 0; address < 30_000; address += 1) failed(`10.0.${address >> 8}.${address & 255}`, at(0));
    for (let times = 0; times < 100; times += 1) failed('10.9.9.9', at(0));
    expect(failed('10.9.9.9', at(0))).toBe(60);
  });
});

test.for([
  [null, null],
  ['', null],
  ['10.0.0.1', '10.0.0.1'],
  ['10.0.0.1:4711', '10.0.0.1'],
  ['6.6.6.6, 10.0.0.1:4711', '10.0.0.1'],
  ['[2001:db8::1]:443', '2001:db8::1'],
  ['2001:db8::1', '2001:db8::1'],
  ['10.0.0.1, evil<script>', null],
  ['x'.repeat(10_000), null],
] as const)('the address in %s is %s', ([header, address]) => {
  expect(addressOf(header)).toBe(address);
});
