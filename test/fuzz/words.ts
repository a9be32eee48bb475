/** Texts that break services: in names, in bodies, in queries, in headers. */

/** It is sent only where a prototype would be polluted, so it must never come back. */
export const POLLUTION = 'polluted-by-the-fuzzer';
/** What a header that was smuggled in would be called. */
export const SMUGGLED = 'x-smuggled';

const ODATA = [
  "'",
  "''",
  "' or PartitionKey ne '",
  "x' or true or 'x' eq 'y",
  'PartitionKey eq null',
  '$filter=1',
  '1 eq 1)',
];
const KEYS = ['a/b', 'a\\b', 'a#b', 'a?b', 'a!b', 'a~b', '!', '~', 'a\tb', '\u0000', 'a\u0000b', '\u007f', '\u0085'];
const UNICODE = [
  '\u202egpj.exe',
  '\u200f\u200e',
  'a\u200bb',
  '\ufeff',
  'ıİſK',
  'é',
  'e\u0301',
  '💾',
  '\ud800',
  'x\udc00y',
  '\uffff',
  'Ａ',
];
const MARKUP = [
  '<script>alert(1)</script>',
  '"><img src=x>',
  '{{7*7}}',
  `\${7*7}`,
  '%s%n%x',
  '../../etc/passwd',
  '..',
  '.',
];
const LINES = [
  'a\r\nb',
  `a\r\n${SMUGGLED}: 1`,
  'a\nBcc: eve@example.com',
  '\r\n\r\nHTTP/1.1 200 OK',
  '{"level":"error"}\n',
];
const PROTOTYPE = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf'];
const SLOW = ['a'.repeat(1024), '1.'.repeat(500), `${'a@'.repeat(60)}b.c`, ' '.repeat(1000), `${'0 '.repeat(49)}x`];
const LENGTHS = ['', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(1024), 'x'.repeat(1025), 'é'.repeat(5000)];
const TIMES = [
  '2026-02-30T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999999999Z',
  '2026-01-01T24:00:00Z',
  '2026-01-01T00:00:00+14:00',
  'P99999999999D',
  'PT1e9S',
  '-P1D',
  'P1Y2M3W4DT5H6M7.89S',
];

export const HOSTILE_TEXTS: readonly string[] = [
  ...[ODATA, KEYS, UNICODE, MARKUP, LINES, PROTOTYPE, SLOW, LENGTHS, TIMES].flat(),
];

export const HOSTILE_NUMBERS: readonly number[] = [
  ...[0, -0, -1, 1.5, 1e-300, 2 ** 31, 2 ** 32, 2 ** 53, -(2 ** 63), 1e21, 1.7976931348623157e308],
];

/** In a path as they are: nothing tidies them on the way. */
export const HOSTILE_SEGMENTS: readonly string[] = [
  ...['%2f', 'a%2fb', '..%2f..', '..', '.', '%2e%2e', '%5c', '%00', 'a%00b', '%', '%2', '%zz', '%ff', '%c3%28'],
  ...['%ed%a0%80', '%25', '%2500', '%252f', '', '%20', '%0a', `%0d%0a${SMUGGLED}:1`, '%7f', '%e2%80%ae', '%23', '%3f'],
  ...[';a=b', "'", '%27%20or%20PartitionKey%20ne%20%27', '$', '@', ':', '*', '~', '!', '{vault}', '%F0%9F%92%BE'],
  ...['__proto__', 'constructor', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(4000), '-a', 'a-', '%61'.repeat(64)],
];
