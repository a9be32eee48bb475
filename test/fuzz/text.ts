/** From a value to the bytes of a body, also such as no JSON library writes. */
import type { Random } from './random.ts';
import { POLLUTION } from './words.ts';

const LIMIT = 64 * 1024;

type Spoil = (text: string, random: Random) => string | Buffer;

const inside = (text: string, more: string): string => (text.startsWith('{') ? text.replace('{', `{${more},`) : text);

const SPOILS: readonly Spoil[] = [
  // a field said twice, plainly and in disguise
  (text) => text.replace(/^\{("[^"]*":)/, '{$1null,$1'),
  (text) =>
    text.replace(
      /^\{"(\w)([^"]*":)/,
      (_, first: string, rest: string) =>
        `{"\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}${rest}null,"${first}${rest}`,
    ),
  (text) => inside(text, `"__proto__":{"${POLLUTION}":"${POLLUTION}"}`).replace(',}', '}'),
  (text) => inside(text, `"constructor":{"prototype":{"${POLLUTION}":1}}`).replace(',}', '}'),
  // numbers that are none, or are too much
  (text, random) =>
    text.replace(
      /:(?:-?\d[\d.e+]*|"[^"]*"|true|false)/,
      `:${random.pick(['NaN', 'Infinity', '1e999', '-1e999', '0x10', '01', '.5', '9'.repeat(400)])}`,
    ),
  // half a character
  (text, random) =>
    text.replace(/:"[^"]*"/, `:"${random.pick(['\\ud800', '\\udc00', '\\u0000', '\\u202e', '\\uD83D\\u0061'])}"`),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xed, 0xa0, 0x80])]),
  (text) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]),
  (text) => Buffer.from(text, 'utf16le'),
  // cut off, padded, nested
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.padEnd(random.pick([LIMIT - 1, LIMIT, LIMIT + 1, LIMIT + 5000])),
  (text) => `${text} ${text}`,
  (text, random) => {
    const depth = random.pick([100, 5000, 20_000]);
    return `{"a":${'['.repeat(depth)}${text}${']'.repeat(depth)}}`;
  },
  (_, random) => random.pick(['', ' ', 'null', '[]', '1', '"text"', '{}}', '<xml/>', 'a=1&b=2', '\u0000', '/**/{}']),
  (_, random) => Buffer.from(Array.from({ length: random.below(300) }, () => random.below(256))),
];

/** A lone surrogate would be replaced on its way into bytes, so JSON writes it as an escape. */
export const bytesOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value) ?? '');

export function spoiledBytes(value: unknown, random: Random): Buffer {
  const spoilt = random.pick(SPOILS)(JSON.stringify(value) ?? '', random);
  return typeof spoilt === 'string' ? Buffer.from(spoilt) : spoilt;
}
