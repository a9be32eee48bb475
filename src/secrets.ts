import { createHmac, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { keyOf } from './core/names.ts';
import type { PinBinding, Pins } from './ports.ts';

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
