import * as z from 'zod';
import { type Code, PROBLEMS } from '../../src/core/problems.ts';
import { isTold } from '../../src/http/notConfigured.ts';
import { isClosedByDeletion, isKept, type Route } from '../../src/http/route.ts';
import { CODES, WITH_RETRY } from './codes.ts';
import type { Json } from './openapi.ts';
import { NAMES } from './words.ts';

export const schemaRef = (name: string): string => `#/components/schemas/${name}`;
export const exampleRef = (name: string): Json => ({ [name]: { $ref: `#/components/examples/${name}` } });

export function idOf(shape: z.ZodType): string {
  const id = shape.meta()?.id;
  if (id === undefined) throw new Error('a shape without a name');
  return id;
}

export const namesIn = ({ path }: Route): readonly string[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** What is named in the path may be missing, but for what a PUT makes. */
function missingOf(route: Route): readonly Code[] {
  const made = route.method === 'PUT' ? /\{(\w+)\}$/.exec(route.path)?.[1] : undefined;
  return namesIn(route).flatMap((name) => (name === made ? [] : (NAMES[name]?.missing ?? [])));
}

/** What routes refuse before their own story begins: read off the route, as the pipeline does. */
const COMMON: readonly (readonly [(route: Route) => boolean, readonly Code[]])[] = [
  [
    () => true,
    ['UnsupportedApiVersionValue', 'LengthRequired', 'RequestTooLarge', 'ServiceUnavailable', 'InternalError'],
  ],
  [({ name }) => !isTold(name), ['NotConfigured']],
  [({ who }) => who !== 'anyone', ['Unauthenticated', 'Forbidden', 'TooManyAttempts']],
  [(route) => namesIn(route).length > 0, ['InvalidName', 'RouteNotFound']],
  [isClosedByDeletion, ['VaultDeleted']],
  [({ body }) => body !== undefined, ['InvalidRequest', 'UnsupportedMediaType']],
  [({ anyQuery }) => !anyQuery, ['InvalidRequest']],
  [(route) => isKept(route), ['InvalidRequest', 'IdempotencyKeyReused', 'RequestInProgress']],
];

/** Every code that an operation may answer, by its status. */
export function refusalsOf(route: Route): ReadonlyMap<number, readonly Code[]> {
  const common = COMMON.flatMap(([applies, some]) => (applies(route) ? some : []));
  const all = [...new Set<Code>([...common, ...missingOf(route), ...route.codes])];
  const byStatus = new Map<number, Code[]>();
  for (const code of all.toSorted()) byStatus.set(PROBLEMS[code], [...(byStatus.get(PROBLEMS[code]) ?? []), code]);
  return new Map([...byStatus].toSorted(([a], [b]) => a - b));
}

const text = { type: 'string' };

export const HEADERS = {
  'x-ms-request-id': {
    description: 'The id of this very request, as it stands in the log.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
  },
  'x-ms-client-request-id': { description: 'What the caller sent under this name.', schema: text },
  ETag: {
    description: 'The version of the resource; the same as `etag` in the body.',
    required: true,
    schema: { $ref: schemaRef('Etag') },
  },
  'Idempotency-Replayed': {
    description: '`true`: the first answer to an `Idempotency-Key` once more; absent otherwise.',
    schema: { type: 'string', const: 'true' },
  },
  'Operation-Location': {
    description: 'Where the job or the operation can be asked for.',
    required: true,
    schema: { type: 'string', format: 'uri' },
  },
  'Retry-After': { description: 'After so many seconds the call is worth repeating.', schema: { type: 'integer' } },
  'WWW-Authenticate': { description: 'How to prove who is calling (RFC 6750, RFC 9470).', schema: text },
  Allow: { description: 'The methods that the address takes.', required: true, schema: text },
} as const satisfies Readonly<Record<string, Json>>;
type Header = keyof typeof HEADERS;

const header = (name: Header): Json => ({ [name]: { $ref: `#/components/headers/${name}` } });
const ALWAYS: Json = { ...header('x-ms-request-id'), ...header('x-ms-client-request-id') };
/** Of several answers only some have one. */
const SOMETIMES: Json = { ETag: { ...HEADERS.ETag, required: false } };
const REPLAYED = header('Idempotency-Replayed');

/** The forms of a refusal, each with the codes that this very status can have here. */
const narrowed = (codes: readonly Code[]): Json => ({
  'application/json': {
    schema: {
      allOf: [
        { $ref: schemaRef('ErrorResponse') },
        { properties: { error: { properties: { code: { enum: [...codes] } } } } },
      ],
    },
    examples: Object.assign({}, ...codes.map(exampleRef)),
  },
  'application/problem+json': {
    schema: { allOf: [{ $ref: schemaRef('Problem') }, { properties: { code: { enum: [...codes] } } }] },
    examples: Object.assign({}, ...codes.map((code) => exampleRef(`${code}Problem`))),
  },
});

export function refusal(codes: readonly Code[]): Json {
  return {
    description: codes.map((code) => `\`${code}\`: ${CODES[code]}`).join('\n\n'),
    headers: {
      ...ALWAYS,
      ...REPLAYED,
      'x-ms-error-code': { description: 'The code.', required: true, schema: { type: 'string', enum: [...codes] } },
      ...(codes.some((code) => WITH_RETRY.has(code)) ? header('Retry-After') : {}),
      ...(codes.some((code) => PROBLEMS[code] === 401) ? header('WWW-Authenticate') : {}),
      ...(codes.includes('MethodNotAllowed') ? header('Allow') : {}),
    },
    content: narrowed(codes),
  };
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'Done, or read.',
  201: 'Created.',
  202: 'Begun.',
  204: 'Done; there is nothing to tell.',
  503: 'The answer of a service that is not ready.',
};

const hasEtag = (shape: z.ZodType): boolean => 'etag' in ((shape as Partial<z.ZodObject>).shape ?? {});

function success(route: Route, status: number): Json {
  const shapes = [route.answers[status] ?? []].flat();
  const names = shapes.map(idOf);
  const withEtag = shapes.filter(hasEtag);
  const [schema, ...others] = shapes;
  return {
    description: REASONS[status],
    headers: {
      ...ALWAYS,
      ...(withEtag.length === 0 ? {} : withEtag.length === names.length ? header('ETag') : SOMETIMES),
      ...(names.includes('Job') && status === 202 ? header('Operation-Location') : {}),
      ...(route.mayBegin ? { 'Operation-Location': { ...HEADERS['Operation-Location'], required: false } } : {}),
      ...(names.includes('Operation') ? header('Retry-After') : {}),
      ...(isKept(route) ? REPLAYED : {}),
    },
    ...(schema
      ? {
          content: {
            [route.media ?? 'application/json']: {
              schema: others.length > 0 ? z.union(shapes) : schema,
              examples: Object.assign({}, ...names.map(exampleRef)),
            },
          },
        }
      : {}),
  };
}

/** Where an answer and a refusal have the same status, the body says which it is. */
const either = (answer: Json, refused: Json): Json => {
  const { 'application/json': json, ...others } = refused['content'] as Record<string, Json>;
  const { 'application/json': answered } = answer['content'] as Record<string, Json>;
  const { 'x-ms-error-code': code, ...headers } = refused['headers'] as Record<string, Json>;
  return {
    description: `${answer['description']}\n\n${refused['description']}`,
    headers: { ...headers, 'x-ms-error-code': { ...code, required: false } },
    content: {
      'application/json': {
        schema: { anyOf: [{ $ref: schemaRef(idOf(answered?.['schema'] as z.ZodType)) }, json?.['schema']] },
        examples: { ...(answered?.['examples'] as Json), ...(json?.['examples'] as Json) },
      },
      ...others,
    },
  };
};

/** Everything that an operation answers, by status. */
export function responsesOf(route: Route): Record<string, Json> {
  const responses: Record<string, Json> = {};
  for (const status of Object.keys(route.answers)) responses[status] = success(route, Number(status));
  for (const [status, codes] of refusalsOf(route)) {
    const refused = refusal(codes);
    const answered = responses[status];
    responses[status] = answered ? either(answered, refused) : refused;
  }
  return responses;
}
