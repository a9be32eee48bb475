import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import type { Seal } from './core/brakes.ts';
import { keyOf } from './core/names.ts';
import type { PinBinding, Pins, Seals } from './ports.ts';

const DIGITS = 8;
const SALT_BYTES = 16;
/** Compared with when there is no PIN, so that the check takes the same time. */
const NOTHING = { salt: '', mac: Buffer.alloc(32).toString('base64') };

/**
 * PINs of eight digits. That is few, so we store only an HMAC. Its pepper is not in the storage account, and it depends on the
 * tenant, the vault, the operation and the server. A copied table tells nothing, and a copied row opens nothing else.
 */
export function pepperedPins(pepper: string): Pins {
  const macOf = (pin: string, { tid, vault, operation, server }: PinBinding, salt: string): Buffer =>
    createHmac('sha256', pepper)
      .update(JSON.stringify([operation, tid, keyOf(vault), ...(server === null ? [] : [keyOf(server)]), salt, pin]))
      .digest();
  return {
    issue(binding) {
      const pin = String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0');
      const salt = randomBytes(SALT_BYTES).toString('base64');
      return { pin, salt, mac: macOf(pin, binding, salt).toString('base64') };
    },
    matches(pin, binding, sealed) {
      const { salt, mac } = sealed ?? NOTHING;
      const [given, kept] = [macOf(pin, binding, salt), Buffer.from(mac, 'base64')];
      const equal = given.length === kept.length && timingSafeEqual(given, kept);
      return equal && sealed !== undefined;
    },
  };
}

/**
 * Seals of history entries: whoever can write to the storage account, and does not know a key, cannot make a chain that passes. The first
 * key seals; all of them are good, so that a new one can be put before the old ones.
 */
export function keyedSeals(keys: readonly string[]): Seals {
  const sealWith = (key: string, hash: string): string => createHmac('sha256', key).update(hash).digest('base64');
  const [current = ''] = keys;
  return {
    seal: (hash) => sealWith(current, hash),
    holds: ({ hash, seal }) => keys.some((key) => sealWith(key, hash) === seal),
  };
}

/** Seals statements of the service, such as the token of a held sweep, by a key that lies outside of the storage account. */
export const pepperedSeal =
  (pepper: string): Seal =>
  (purpose, statement) =>
    createHmac('sha256', pepper)
      .update(JSON.stringify(['seal', purpose, statement]))
      .digest('base64url');
