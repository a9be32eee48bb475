import { validate } from '@hyperjump/json-schema/openapi-3-1';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { type Code, PROBLEMS } from '../../../src/core/problems.ts';
import { routesOf } from '../../../src/http/routes.ts';
import { documentOf } from '../../../tools/api/document.ts';
import { NAMES } from '../../../tools/api/words.ts';
import { allRoutes, theDocument } from '../../support/described.ts';

type Json = Readonly<Record<string, unknown>>;
const routes = allRoutes().filter(({ method }) => method !== 'ANY');
const operations = Object.entries(theDocument.paths).flatMap(([path, verbs]) =>
  Object.entries(verbs).map(([verb, operation]) => ({ path, verb, operation })),
);

const resolved = (value: Json): Json => {
  if (typeof value['$ref'] !== 'string') return value;
  return value['$ref']
    .split('/')
    .slice(1)
    .reduce<unknown>((at, part) => (at as Json)[part], theDocument) as Json;
};

/** `409 → […]` of one operation, as its header says. */
const codesOf = (operation: Json): ReadonlyMap<number, readonly string[]> =>
  new Map(
    Object.entries(operation['responses'] as Readonly<Record<string, Json>>).flatMap(([status, response]) => {
      const header = (resolved(response)['headers'] as Readonly<Record<string, Json>>)['x-ms-error-code'];
      return header ? [[Number(status), (header['schema'] as { enum: readonly string[] }).enum] as const] : [];
    }),
  );

describe('the document and the service', () => {
  test('name the same operations', () => {
    const registered = routes.map(({ method, path, name }) => `${method} /api/${path} ${name}`);
    const described = operations.map(
      ({ path, verb, operation }) => `${verb.toUpperCase()} ${path} ${operation['operationId']}`,
    );
    expect(described.toSorted()).toEqual(registered.toSorted());
  });

  test('the clock is described only where it exists', () => {
    const elsewhere = documentOf(routesOf(undefined, { maxPurges: 1, budgetSeconds: 1 }));
    expect(Object.keys(elsewhere.paths)).not.toContain('/api/local/clock');
    expect(Object.keys(theDocument.paths)).toContain('/api/local/clock');
  });

  test('agree about roles', () => {
    const said = Object.fromEntries(
      operations.map(({ operation }) => [
        operation['operationId'],
        (operation['security'] as readonly { token?: readonly string[] }[]).flatMap(({ token = ['key'] }) => token),
      ]),
    );
    expect(said['stopItem']).toEqual(['Operator', 'Agent']);
    expect(said['getGuard']).toEqual(['Reader', 'GuardAdmin']);
    expect(said['takeDeliveryReports']).toEqual(['key']);
    expect(Object.keys(said).filter((name) => said[name]?.length === 0)).toEqual(
      routes.filter(({ who, admits }) => who === 'anyone' && !admits).map(({ name }) => name),
    );
  });
});

describe('codes', () => {
  const used = operations.flatMap(({ operation }) =>
    [...codesOf(operation)].flatMap(([status, codes]) => codes.map((code) => ({ status, code: code as Code }))),
  );

  test('stand at their status', () => {
    expect(used.filter(({ status, code }) => PROBLEMS[code] !== status)).toEqual([]);
  });

  test('stand each at some operation, but for what only lost addresses and sweeps say', () => {
    const told = new Set(used.map(({ code }) => code));
    // NotDue is said to the sweep and never to a caller
    expect((Object.keys(PROBLEMS) as Code[]).filter((code) => !told.has(code))).toEqual(['MethodNotAllowed', 'NotDue']);
    expect(Object.keys(theDocument.components.responses)).toEqual(
      expect.arrayContaining(['Lost400', 'Lost404', 'Lost405']),
    );
  });

  test('of the stop of an item are those of its story', () => {
    const stop = operations.find(({ operation }) => operation['operationId'] === 'stopItem')?.operation ?? {};
    expect(codesOf(stop).get(426)).toEqual(['AgentTooOld']);
    expect(codesOf(stop).get(403)).toEqual([
      'Forbidden',
      'GuardApprovalRequired',
      'SecurityPinInvalid',
      'SecurityPinRequired',
    ]);
  });
});

describe('two validators that share no code', () => {
  const broken = structuredClone(theDocument) as unknown as { paths: Record<string, unknown> };
  broken.paths['/api/vaults'] = { get: { responses: { 200: { headers: {} } } } };
  const badSchema = structuredClone(theDocument) as unknown as { components: { schemas: Record<string, unknown> } };
  badSchema.components.schemas['Vault'] = { type: 'thing' };

  test('of the first the document is valid, and a broken one is not', async () => {
    const judged = async (document: object) =>
      (await new Validator().validate(structuredClone(document) as Record<string, unknown>)).valid;
    expect(await judged(theDocument)).toBe(true);
    expect(await judged(broken)).toBe(false);
  });

  test('of the second the document and all its schemas are valid, and broken ones are not', async () => {
    const judged = async (document: object) =>
      (await validate('https://spec.openapis.org/oas/3.1/schema-base', JSON.parse(JSON.stringify(document)))).valid;
    expect(await judged(theDocument)).toBe(true);
    expect(await judged(broken)).toBe(false);
    expect(await judged(badSchema)).toBe(false);
  });
});

/** Every word of a shape is on the shape, so none can be left over there. */
test('no name of a path has words that no path has, and none is without', () => {
  const inPaths = new Set(routes.flatMap(({ path }) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)));
  expect(Object.keys(NAMES).toSorted()).toEqual([...inPaths].toSorted());
});
