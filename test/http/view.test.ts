import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { answer, common, instant } from '../../src/http/shape.ts';
import { viewOf } from '../../src/http/view.ts';
import { NOON } from '../support/builders.ts';

const part = answer('ViewedPart', 'A part.', { at: instant.nullable(), note: z.string().optional() });
const thing = answer('ViewedThing', 'A thing.', {
  name: z.string(),
  until: instant.optional(),
  parts: z.array(part),
  last: part.nullable(),
  etag: common.etag,
});

const tell = viewOf(thing);
const made = (more: object) => tell({ name: 'one', until: null, parts: [], last: null, etag: 'v1', ...more });
const told = (more: object) => JSON.parse(JSON.stringify(made(more)));

describe('a view', () => {
  test('tells the fields of its shape and no others, at any depth', () => {
    const secret = { mac: 'not for anybody' };
    const inner = { at: null, note: null, ...secret };
    expect(told({ ...secret, parts: [inner], last: inner })).toEqual({
      name: 'one',
      parts: [{ at: null }],
      last: { at: null },
      etag: '"v1"',
    });
  });

  test('writes instants as this service does, wherever they stand', () => {
    const at = '2026-03-01T12:00:00.000Z';
    expect(made({ until: NOON, parts: [{ at: NOON }], last: { at: NOON } })).toMatchObject({
      until: at,
      parts: [{ at }],
      last: { at },
    });
  });

  test('leaves out what is optional and missing, and says null where the shape does', () => {
    expect(Object.keys(told({}))).toEqual(['name', 'parts', 'last', 'etag']);
    expect(told({}).last).toBeNull();
  });

  test('is made of what its shape lacks too', () => {
    const named = viewOf(part, (text: string, count: number) => ({ at: null, note: text.repeat(count) }));
    expect(named('ab', 2)).toEqual({ at: null, note: 'abab' });
    expect(named.shape).toBe(part);
  });
});
