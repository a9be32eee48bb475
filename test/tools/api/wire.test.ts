import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { partsOf } from '../../../tools/api/wire.ts';
import { theDocument } from '../../support/described.ts';

/**
 * The wire as the document described it before shapes and routes became its source. The words may change, nothing else: paths, operations,
 * parameters, required fields, enums, formats, bounds, status codes, headers, security. Where the wire is meant to change: `npm run api -- --wire`.
 */
const RECORD = 'as in test/tools/api/wire.json';
const WIRE = JSON.parse(readFileSync(join(import.meta.dirname, 'wire.json'), 'utf8')) as Record<string, unknown>;
const parts = partsOf(theDocument);

/** In which order fields stand in a list of required ones means nothing. */
const sorted = (part: unknown): unknown =>
  JSON.parse(JSON.stringify(part), (key, value: unknown) =>
    key === 'required' && Array.isArray(value) ? value.toSorted() : value,
  );

test('the wire has the same operations and components as before', () => {
  expect(Object.keys(parts).toSorted(), RECORD).toEqual(Object.keys(WIRE).toSorted());
});

test.for(Object.keys(WIRE))('%s is as before', (name) => {
  expect(sorted(parts[name]), RECORD).toEqual(sorted(WIRE[name]));
});

test.for<readonly [what: string, spoil: (document: typeof theDocument) => void, where: string]>([
  [
    'a bound',
    ({ components }) => {
      (components.schemas['SoftDeleteSettings'] as Spoiled).properties.retentionDays.maximum = 365;
    },
    'schemas SoftDeleteSettings',
  ],
  ['a required field', ({ components }) => (components.schemas['Hold'] as Spoiled).required.pop(), 'schemas Hold'],
  [
    'a property whose name is a word',
    ({ components }) => {
      delete (components.schemas['Problem'] as Spoiled).properties.title;
    },
    'schemas Problem',
  ],
  [
    'a status',
    ({ paths }) => {
      delete (paths['/api/vaults'] as Spoiled).get.responses[200];
    },
    '/api/vaults get',
  ],
])('%s that changed is found', ([, spoil, where]) => {
  const document = structuredClone(theDocument);
  spoil(document);
  const spoiled = partsOf(document);
  expect(Object.keys(parts).filter((name) => JSON.stringify(spoiled[name]) !== JSON.stringify(parts[name]))).toEqual([
    where,
  ]);
});

// biome-ignore lint/suspicious/noExplicitAny: each fault reaches into another corner of the document
type Spoiled = any;
