import type * as z from 'zod';
import { type Code, PROBLEMS } from '../../core/problems.ts';
import { isKept, type Route } from '../route.ts';
import { CODES, WITH_RETRY } from './codes.ts';
import type { Operation } from './operation.ts';
import { refusalsOf } from './refusals.ts';
import { type Json, nameOfAnswer, type Schemas, schemaRef } from './schemas.ts';

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
    description: 'Where the job can be asked for.',
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

export const exampleRef = (name: string): Json => ({ [name]: { $ref: `#/components/examples/${name}` } });

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

/** Documents of another kind than JSON. */
const KINDS: Readonly<Record<string, string>> = { getApiPage: 'text/html', getApiStyle: 'text/css' };

function success(route: Route, status: number, answers: readonly z.ZodType[], schemas: Schemas): Json {
  const names = answers.map(nameOfAnswer);
  const withEtag = names.filter((name) => 'etag' in ((schemas[name]?.['properties'] as Json | undefined) ?? {}));
  const [schema, ...others] = names.map((name) => ({ $ref: schemaRef(name) }));
  return {
    description: REASONS[status],
    headers: {
      ...ALWAYS,
      ...(withEtag.length === 0 ? {} : withEtag.length === names.length ? header('ETag') : SOMETIMES),
      ...(names.includes('Job') && status === 202 ? header('Operation-Location') : {}),
      ...(isKept(route) ? REPLAYED : {}),
    },
    ...(schema
      ? {
          content: {
            [KINDS[route.name] ?? 'application/json']: {
              schema: others.length > 0 ? { anyOf: [schema, ...others] } : schema,
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
        schema: { anyOf: [answered?.['schema'], json?.['schema']] },
        examples: { ...(answered?.['examples'] as Json), ...(json?.['examples'] as Json) },
      },
      ...others,
    },
  };
};

/** Everything that an operation answers, by status. */
export function responsesOf(route: Route, operation: Operation, schemas: Schemas): Record<string, Json> {
  const responses: Record<string, Json> = {};
  for (const [status, answer] of Object.entries(operation.answers))
    responses[status] = success(route, Number(status), answer === null ? [] : [answer].flat(), schemas);
  for (const [status, codes] of refusalsOf(route, operation)) {
    const refused = refusal(codes);
    const answered = responses[status];
    responses[status] = answered ? either(answered, refused) : refused;
  }
  return responses;
}
