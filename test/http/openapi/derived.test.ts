import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OPERATIONS } from '../../../client/api.ts';
import { call } from '../../../client/call.ts';
import { clientOf } from '../../../scripts/api/client.ts';
import { operationsOf } from '../../../scripts/api/read.ts';
import { requestsOf } from '../../../scripts/api/requests.ts';
import { typeOf } from '../../../scripts/api/types.ts';
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
    expect(OPERATIONS).toEqual(described);
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

describe('the client', () => {
  const sent: { url: string; method?: string | undefined; headers: Headers; body?: unknown }[] = [];
  const door = (status: number, body?: object) => ({
    api: 'http://api.test',
    token: 'token-1',
    fetch: (async (url: URL, init: RequestInit = {}) => {
      sent.push({ url: url.href, method: init.method, headers: new Headers(init.headers), body: init.body });
      return new Response(body === undefined ? null : JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json; charset=utf-8' },
      });
    }) as typeof fetch,
  });

  test('puts names, query, headers and body where they belong', async () => {
    const answer = await call(door(200, { preview: true, recoveryPointsToRemove: [] }), 'resumeItem', {
      names: { vault: 'contoso', item: 'a/../b' },
      query: { preview: true },
      body: { policy: 'daily' },
      etag: '"1"',
      idempotencyKey: 'key-1',
    });
    expect(answer).toMatchObject({ ok: true, value: { preview: true } });
    const [request] = sent.splice(0);
    expect(request?.url).toBe('http://api.test/api/vaults/contoso/items/a%2F..%2Fb/resume?preview=true');
    expect(request).toMatchObject({ method: 'POST', body: '{"policy":"daily"}' });
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      authorization: 'Bearer token-1',
      'content-type': 'application/json',
      'if-match': '"1"',
      'idempotency-key': 'key-1',
    });
  });

  test('hands a refusal over as what it is', async () => {
    const answer = await call(door(404, { error: { code: 'VaultNotFound', message: 'No.' } }), 'getVault', {
      names: { vault: 'contoso' },
    });
    expect(answer).toMatchObject({ ok: false, status: 404, error: { code: 'VaultNotFound' } });
    sent.splice(0);
  });

  test('takes no answer for one that is none', async () => {
    expect(await call(door(204), 'deleteVault', { names: { vault: 'v' } })).toMatchObject({ ok: true, status: 204 });
    expect(sent.splice(0)[0]?.headers.has('content-type')).toBe(false);
  });

  test('knows at compile time what an operation takes', () => {
    // @ts-expect-error the vault has to be named
    const unnamed = () => call(door(200), 'getVault', {});
    // @ts-expect-error there is no such mode
    const wrong = () => call(door(200), 'stopItem', { names: { vault: 'v', item: 'i' }, body: { mode: 'forget' } });
    expect([unnamed, wrong]).toHaveLength(2);
  });
});
