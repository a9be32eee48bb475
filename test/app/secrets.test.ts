import { createHmac, timingSafeEqual } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';

vi.mock('node:crypto', async (load) => {
  const real = await load<typeof import('node:crypto')>();
  return { ...real, createHmac: vi.fn(real.createHmac), timingSafeEqual: vi.fn(real.timingSafeEqual) };
});
vi.resetModules(); // a test file before this one may have loaded it, with the real crypto
const { pepperedPins } = await import('../../src/secrets.ts');

const pins = pepperedPins('a pepper for tests that is long enough');
const here = { tid: 'local', vault: 'Contoso', operation: 'deleteProtection', server: 'srv' } as const;

describe('a PIN', () => {
  test('has eight digits, and no two in a row are alike', () => {
    const made = Array.from({ length: 500 }, () => pins.issue(here).pin);
    for (const pin of made) expect(pin).toMatch(/^\d{8}$/);
    expect(new Set(made).size).toBeGreaterThan(495);
    expect(new Set(made.map((pin) => pin[0])).size).toBe(10);
  });

  test('is right in its vault and its tenant only, for its operation and its server', () => {
    const { pin, ...sealed } = pins.issue(here);
    expect(pins.matches(pin, here, sealed)).toBe(true);
    expect(pins.matches(pin, { ...here, vault: 'CONTOSO' }, sealed)).toBe(true);
    expect(pins.matches(pin, { ...here, vault: 'other' }, sealed)).toBe(false);
    expect(pins.matches(pin, { ...here, tid: 'other' }, sealed)).toBe(false);
    expect(pins.matches(pin, { ...here, operation: 'changeSettings' }, sealed)).toBe(false);
    expect(pins.matches(pin, { ...here, server: 'SRV' }, sealed)).toBe(true);
    expect(pins.matches(pin, { ...here, server: 'other' }, sealed)).toBe(false);
    expect(pins.matches(pin, { ...here, server: null }, sealed)).toBe(false);
    for (const wrong of ['', '00000000', `${pin}0`, pin.slice(1), ` ${pin}`, `${pin}, ${pin}`, 'x'.repeat(5000)])
      if (wrong !== pin) expect(pins.matches(wrong, here, sealed)).toBe(false);
  });

  test('cannot be checked with another pepper', () => {
    const { pin, ...sealed } = pins.issue(here);
    expect(pepperedPins('another pepper').matches(pin, here, sealed)).toBe(false);
  });

  test('is not in what is kept of it, and two seals of one PIN differ', () => {
    const random = vi.spyOn(Math, 'random');
    const { pin, salt, mac } = pins.issue(here);
    expect(random).not.toHaveBeenCalled();
    random.mockRestore();
    expect(`${salt}${mac}`).not.toContain(pin);
    expect(salt).not.toBe(pins.issue(here).salt);
    expect(Buffer.from(mac, 'base64')).toHaveLength(32);
  });

  test('is never right where none is on record, also if somebody wrote nonsense there', () => {
    expect(pins.matches('00000000', here, undefined)).toBe(false);
    for (const mac of ['', 'AAAA', Buffer.alloc(32).toString('base64'), 'x'.repeat(1000)])
      expect(pins.matches('00000000', here, { salt: '', mac })).toBe(false);
  });

  test('that is tried costs one HMAC and one comparison in constant time, whatever is on record', () => {
    const { pin, ...sealed } = pins.issue(here);
    for (const kept of [sealed, undefined])
      for (const tried of [pin, '00000000', '', 'x'.repeat(5000)]) {
        vi.clearAllMocks();
        pins.matches(tried, here, kept);
        expect(createHmac).toHaveBeenCalledTimes(1);
        expect(vi.mocked(timingSafeEqual).mock.calls.map(([a, b]) => [a.byteLength, b.byteLength])).toEqual([[32, 32]]);
      }
  });
});
