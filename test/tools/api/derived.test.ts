import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../client/api.ts';
import { clientOf } from '../../../tools/api/client.ts';
import { operationsOf } from '../../../tools/api/read.ts';
import { requestsOf } from '../../../tools/api/requests.ts';
import { typeOf } from '../../../tools/api/types.ts';
import { theDocument } from '../../support/described.ts';
import { ROOT } from '../../support/launch.ts';

const fileOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe('what is made from the document', () => {
  test('stands in the tree as it is made', () => {
    expect(fileOf('client/api.ts')).toBe(clientOf(theDocument));
    expect(fileOf('docs/requests.http')).toBe(requestsOf(theDocument));
  });

  test('changes with it', () => {
    const document = structuredClone(theDocument);
    (document.components.schemas['Clock']?.['properties'] as Record<string, object>)['zone'] = { type: 'string' };
    expect(clientOf(document)).toContain('readonly zone?: string;');
    expect(clientOf(document)).not.toBe(clientOf(theDocument));
  });

  test('has every operation', () => {
    const described = Object.fromEntries(operationsOf(theDocument).map(({ id, verb, path }) => [id, [verb, path]]));
    const known = Object.entries(OPERATIONS).map(([id, [verb, path]]) => [id, [verb, path]]);
    expect(Object.fromEntries(known)).toEqual(described);
    const requests = fileOf('docs/requests.http');
    for (const id of Object.keys(OPERATIONS)) expect(requests).toContain(`# @name ${id}\n`);
  });
});

test.each([
  [{ $ref: '#/components/schemas/Vault' }, 'Vault'],
  [{ type: 'string', format: 'uri' }, 'string'],
  [{ type: ['string', 'null'] }, 'string | null'],
  [{ type: 'string', enum: ['a', "b'c"] }, "'a' | 'b\\'c'"],
  [{ const: true }, 'true'],
  [{ anyOf: [{ $ref: '#/x/Hold' }, { type: 'null' }] }, 'Hold | null'],
  [{ type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'null' }] } }, 'readonly (number | null)[]'],
  [{ type: 'object', properties: {}, additionalProperties: false }, 'Readonly<Record<string, never>>'],
])('%j is the type %s', (schema, type) => expect(typeOf(schema)).toBe(type));
