import { describe, expect, test } from 'vitest';
import { movableClock } from '../../src/clock.ts';
import { isAlertId, isName } from '../../src/core/names.ts';
import { check, parseJson } from '../../src/http/parse.ts';
import { routesOf } from '../../src/http/routes.ts';
import { inlined } from '../support/inlined.ts';

const LIMIT = 64 * 1024;
/** A search that goes back and forth would need minutes; this is room for a machine that is busy. */
const SOON_MS = 500;

/** What pattern after pattern stumbles over: long, and wrong only at the end. */
const SLOW = [
  'a',
  '1.',
  'a@',
  'a.',
  '0 ',
  '*/1 ',
  'P1D',
  '2026-',
  '1',
  ' ',
  '\\',
  '~',
  '"',
  '-a',
  '😀',
  '\ud800',
].flatMap((part) => ['', '!', '\n', ' x'].map((end) => part.repeat(LIMIT / part.length - 10) + end));

const ROUTES = routesOf(movableClock(), { maxPurges: 1, budgetSeconds: 60 }, 'key');
const SHAPES = ROUTES.flatMap(({ name, body, query }) =>
  [body, query].flatMap((shape) => (shape ? [{ name, shape }] : [])),
);

/** An object in which every field of the schema holds the same text, alone and in a list. */
function filled(shape: unknown, text: string): unknown {
  const { properties, items, anyOf } = shape as { properties?: object; items?: unknown; anyOf?: readonly unknown[] };
  if (properties) return Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, filled(one, text)]));
  if (items) return [filled(items, text)];
  return anyOf
    ? filled(
        anyOf.find((one) => (one as { type?: string }).type !== 'null'),
        text,
      )
    : text;
}

/** Milliseconds of work: what else runs on the machine does not count. */
const took = (work: () => unknown): number => {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
};

describe('a text that patterns stumble over is refused as fast as any other', () => {
  test.for(SHAPES)('in every field of $name', ({ shape }) => {
    const json = inlined(shape);
    for (const text of SLOW)
      expect(
        took(() => check(shape, filled(json, text), 'body')),
        text.slice(0, 10),
      ).toBeLessThan(SOON_MS);
  });

  test('in a name and in the id of an alert', () => {
    for (const text of SLOW) {
      expect(took(() => isName(text))).toBeLessThan(SOON_MS);
      expect(took(() => isAlertId(text))).toBeLessThan(SOON_MS);
    }
  });

  test.for(['{"a":', '[', '"', '{"a":1,', '\\', '"a":', '{"\\u0061":1,'])('in a body made of %s', (part) => {
    const bytes = Buffer.from(part.repeat(Math.floor(LIMIT / part.length)));
    expect(took(() => parseJson(bytes, 'application/json'))).toBeLessThan(SOON_MS);
  });

  test('in a body that says a field over and over', () => {
    const bytes = Buffer.from(`{${'"a":1,'.repeat(10_000)}"a":1}`);
    expect(took(() => parseJson(bytes, 'application/json'))).toBeLessThan(SOON_MS);
  });
});
