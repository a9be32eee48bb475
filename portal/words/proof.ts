import type { Proof } from '../../client/api.ts';
import { plural } from './time.ts';

const bytesOf = (bytes: number | undefined): string => (bytes === undefined ? '' : ` of ${plural(bytes, 'byte')}`);

/** `12 objects of 4,096 bytes`; nothing was there: it was gone already. */
export const destroyed = ({ objects, bytes }: Proof): string =>
  objects === 0 ? 'nothing: it was gone already' : `${plural(objects, 'object')}${bytesOf(bytes)}`;

export const livesOn = ({ remaining = [] }: Proof): readonly string[] =>
  remaining.map(({ what, until }) => (until === undefined ? what : `${what}, until ${until}`));

export interface Typed {
  readonly objects: string;
  readonly bytes: string;
  readonly hash: string;
  readonly method: string;
  /** One a line. */
  readonly remaining: string;
}

const COUNT = /^\d{1,15}$/;
const HASH = /^sha256:[0-9a-f]{64}$/;

/** What is wrong with what was typed, in words. */
export function wrongIn({ objects, bytes, hash }: Typed): string | undefined {
  if (!COUNT.test(objects)) return 'Say how many objects were destroyed; 0: it was gone already.';
  if (bytes !== '' && !COUNT.test(bytes)) return 'The bytes are a whole number, or nothing.';
  return hash !== '' && !HASH.test(hash) ? 'The digest is sha256: and 64 digits of it, or nothing.' : undefined;
}

/** What is not typed is not said. */
export function proofOf({ objects, bytes, hash, method, remaining }: Typed): Proof {
  const copies = remaining
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    objects: Number(objects),
    ...(bytes === '' ? {} : { bytes: Number(bytes) }),
    ...(hash === '' ? {} : { hash }),
    ...(method === '' ? {} : { method }),
    ...(copies.length === 0 ? {} : { remaining: copies.map((what) => ({ what })) }),
  };
}
