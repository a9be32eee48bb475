/** What no answer and no line of output may hold. */

import { ACCESS_KEY } from '../../local/mail/start.ts';
import { configFrom } from '../support/config.ts';
import type { Service } from '../support/launch.ts';

/** A number of eight digits that stands by itself: ids have such numbers inside. */
const alone = (pin: string): RegExp => new RegExp(`(?<![0-9a-fA-F-])${pin}(?![0-9a-fA-F-])`);

export interface Secrets {
  /** One answer to a request for a PIN may show that PIN. */
  addPin(pin: string): void;
  addTokens(tokens: Iterable<string | undefined>): void;
  /** The names of the secrets that stand in a text. */
  foundIn(text: string): readonly string[];
}

export function secretsOf({ storage, idp }: Pick<Service, 'storage' | 'idp'>): Secrets {
  const { pinPepper } = configFrom({
    ...{ DATA_STORAGE: storage, AZURE_FUNCTIONS_ENVIRONMENT: 'Development', IDENTITY_ISSUER: idp },
    ...{ IDENTITY_AUDIENCE: 'x', IDENTITY_JWKS: `${idp}/jwks` },
  });
  const storageKey = /AccountKey=([^;]+)/.exec(storage)?.[1];
  if (storageKey === undefined) throw new Error('the storage has no key');
  const texts = new Map([
    [storageKey, 'the storage key'],
    [ACCESS_KEY, 'the key of the mail service'],
    [pinPepper, 'the pepper'],
  ]);
  const pins = new Map<string, RegExp>();
  return {
    addPin: (pin) => void pins.set(pin, alone(pin)),
    addTokens: (tokens) => {
      // the signature is what makes a token one
      for (const token of tokens) {
        const signature = token?.split('.')[2];
        if (signature && signature.length > 20) texts.set(signature, 'a token');
      }
    },
    foundIn: (text) => [
      ...[...texts].flatMap(([secret, name]) => (text.includes(secret) ? [name] : [])),
      ...[...pins.values()].flatMap((pin) => (pin.test(text) ? ['a security PIN'] : [])),
    ],
  };
}
