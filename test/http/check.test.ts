import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { pointRequest } from '../../src/http/items/backups.ts';
import { protectRequest } from '../../src/http/items/requestShapes.ts';
import { check } from '../../src/http/parse.ts';
import { nothing, page } from '../../src/http/shape.ts';
import { vaultRequest } from '../../src/http/vaults/shapes.ts';

const wordsFor = (shape: z.ZodType, value: unknown): Readonly<Record<string, string>> => {
  const outcome = check(shape, value, 'body');
  const details = outcome.ok ? [] : (outcome.refusal.details ?? []);
  return Object.fromEntries(details.map(({ target, message }) => [target, message]));
};

describe('a complaint reads as the end of a sentence about the field', () => {
  const shape = z.strictObject({ it: z.unknown() });
  const about = (it: z.ZodType, value: unknown) =>
    wordsFor(shape.extend({ it }), value === undefined ? {} : { it: value });

  test.for([
    [z.string(), 7, 'must be a text'],
    [z.string(), undefined, 'is missing; it must be a text'],
    [z.string().min(1), '', 'must not be empty'],
    [z.string().max(3), 'four', 'must have at most 3 characters'],
    [z.number(), '7', 'must be a number'],
    [z.int(), 7.5, 'must be a whole number'],
    [z.int().min(14), 13, 'must be 14 or more'],
    [z.int().max(180), 181, 'must be 180 or less'],
    [z.boolean(), 'yes', 'must be true or false'],
    [z.array(z.string()), {}, 'must be a list'],
    [z.array(z.string()).min(1), [], 'must not be empty'],
    [z.array(z.string()).max(1), ['a', 'b'], 'must have at most 1 entries'],
    [z.strictObject({}), [], 'must be an object'],
    [z.strictObject({}), null, 'must be an object'],
    [z.enum(['a']), 'b', 'must be "a"'],
    [z.enum(['a', 'b', 'c']), 'd', 'must be "a", "b" or "c"'],
    [z.enum(['a', 'b']), undefined, 'is missing; it must be "a" or "b"'],
    [z.email(), 'nobody', 'must be an e-mail address'],
  ] as const)('%#: %j → %s', ([it, value, words]) => {
    expect(about(it, value)).toEqual({ '$.it': words });
  });
});

test('every field that is wrong is named by its path, and the message has them all', () => {
  const outcome = check(vaultRequest, { kind: 1, alerts: { owners: ['a@b.de', 2] }, more: 1, less: 2 }, 'body');
  expect(outcome).toMatchObject({
    ok: false,
    refusal: {
      code: 'InvalidRequest',
      details: [
        { target: '$.kind' },
        { target: '$.alerts.owners[1]' },
        { target: '$.more', message: 'is not a field of this request' },
        { target: '$.less' },
      ],
    },
  });
  expect(outcome.ok ? '' : outcome.refusal.message).toMatch(/^The body of the request is not right: \$\.kind must be /);
});

test('of alternatives the usual one complains', () => {
  expect(
    Object.keys(wordsFor(protectRequest, { workload: 'AzureVM', policy: '/', tier: 1, more: 1 })).toSorted(),
  ).toEqual(['$.more', '$.policy', '$.sourceId', '$.tier']);
  expect(wordsFor(protectRequest, [])).toEqual({ $: 'must be an object' });
});

test('a message has an end, however much is wrong', () => {
  const outcome = check(nothing, Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`f${at}`, 1])), 'body');
  expect(outcome.ok ? '' : outcome.refusal.message.length).toBe(2000);
});

describe('times', () => {
  const given = (text: unknown) => check(pointRequest, { createdAt: text, rung: 'daily' }, 'body').ok;

  test.for([
    '2026-11-01T00:00:00Z',
    '2026-11-01T00:00:00.1Z',
    '2026-11-01T00:00:00.123456789Z',
    '2024-02-29T23:59:59Z',
  ])('%s is one', (text) => {
    expect(given(text)).toBe(true);
  });

  test.for([
    '2026-11-01',
    '2026-11-01T00:00:00',
    '2026-11-01T00:00:00+01:00',
    '2026-02-30T00:00:00Z',
    '20261101T000000Z',
    '',
    0,
  ])('%j is none', (text) => {
    expect(given(text)).toBe(false);
  });
});

test.for([
  [{}, 100],
  [{ top: '1' }, 1],
  [{ top: '200' }, 200],
] as const)('a page: %j is %i at most', ([query, top]) => {
  expect(check(z.object(page.shape), query, 'query')).toEqual({ ok: true, value: { top } });
});
