import { createDocument, createSchema, type ZodOpenApiObject } from 'zod-openapi';
import { type Code, PROBLEMS } from '../../src/core/problems.ts';
import { failure, problem, titleOf } from '../../src/http/refusal.ts';
import { type Route, rolesOf, TAGS } from '../../src/http/route.ts';
import { name } from '../../src/http/shape.ts';
import { CODES } from './codes.ts';
import { examplesOf } from './examples.ts';
import type { ApiDocument, Json, Paths, Schemas } from './openapi.ts';
import { exampleRef, HEADERS, idOf, namesIn, refusal, refusalsOf, responsesOf, schemaRef } from './responses.ts';
import { isObject, mapped, settled } from './settle.ts';
import { share } from './share.ts';
import { ALERT_ID, INTRODUCTION, NAMES, OPERATION_ID, ORDER_ID, REQUEST_HEADERS, VERSION } from './words.ts';

/** What is named by another thing than a name. */
const IDS: Readonly<Record<string, string>> = { alert: 'AlertId', operation: 'OperationId', order: 'OrderId' };

function parametersOf(route: Route): readonly Json[] {
  const inPath = namesIn(route).map((one) => ({
    name: one,
    in: 'path',
    required: true,
    description: NAMES[one]?.description,
    example: NAMES[one]?.example,
    schema: { $ref: schemaRef(IDS[one] ?? 'Name') },
  }));
  const inHeaders = REQUEST_HEADERS.flatMap(({ applies, ...one }) =>
    applies(route) ? [{ in: 'header', required: false, ...one }] : [],
  );
  const version = { name: 'api-version', in: 'query', required: false, ...VERSION };
  return [...inPath, version, ...inHeaders];
}

function requestBodyOf({ body, method, example, canMeanAll }: Route): Json {
  if (!body) return {};
  const id = idOf(body);
  const media = { schema: body, examples: example ? { [id]: { value: example } } : exampleRef(id) };
  return {
    requestBody: {
      // no body at all counts as {}, but where that could mean all
      required: canMeanAll === true || !body.safeParse({}).success,
      content: {
        'application/json': media,
        ...(method === 'PATCH' ? { 'application/merge-patch+json': media } : {}),
      },
    },
  };
}

const securityOf = (route: Route): readonly Json[] =>
  route.admits ? [{ webhookKey: [] }] : rolesOf(route).map((role) => ({ token: [role] }));

const operationOf = (route: Route): Json => ({
  operationId: route.name,
  tags: [route.tag],
  summary: route.summary,
  description: route.description ?? `${route.summary}.`,
  security: securityOf(route),
  ...(route.query ? { requestParams: { query: route.query } } : {}),
  parameters: parametersOf(route),
  ...requestBodyOf(route),
  responses: responsesOf(route),
});

function pathsOf(routes: readonly Route[]): Paths {
  const paths: Paths = {};
  for (const route of routes) {
    const path = `/api/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return paths;
}

const refusalExamples = (code: Code): Schemas => {
  const summary = CODES[code];
  const detail = summary.replaceAll('`', '');
  const [status, title] = [PROBLEMS[code], titleOf(code)];
  return {
    [code]: { summary, value: { error: { code, message: detail } } },
    [`${code}Problem`]: { summary, value: { code, type: `/problems/${code}`, title, status, detail } },
  };
};

/** What an address answers that does not exist or does not take the method. It is no operation, so these stand among the components. */
const lostResponses = (lost: Route | undefined): Schemas =>
  Object.fromEntries(
    [...(lost ? refusalsOf(lost) : [])].flatMap(([status, codes]) =>
      status < 500 ? [[`Lost${status}`, refusal(codes)]] : [],
    ),
  );

const DESCRIBED = {
  openapi: '3.1.1',
  info: {
    title: 'Reprieve',
    version: VERSION.schema.enum[0],
    summary: 'Soft delete that people trust with their last copy.',
    description: INTRODUCTION,
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'Where this document came from.' }],
  tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
} as const;

const SECURITY = {
  token: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'A token of Microsoft Entra ID, signed with RS256, with app roles in `roles`. Operator contains Reader, and Contributor both; GuardAdmin, Agent and Executor stand alone. ' +
      'A local run takes calls without a token as well.',
  },
  webhookKey: {
    type: 'apiKey',
    in: 'header',
    name: 'x-reprieve-webhook-key',
    description: 'The key that the subscription of Event Grid sends.',
  },
} as const;

const byName = (schemas: Schemas): Schemas =>
  Object.fromEntries(Object.entries(schemas).toSorted(([a], [b]) => (a < b ? -1 : 1)));

/** A field that says nothing of its own has the words of its shape. */
const worded = (schemas: Schemas, schema: Json): Json => {
  if (!isObject(schema['properties'])) return schema;
  const words = ({ $ref }: Json) => schemas[`${$ref}`.split('/').at(-1) ?? '']?.['description'];
  const properties = mapped(schema['properties'], (one) => ({ description: words(one), ...one }));
  return { ...schema, properties };
};

/** Schemas to which parts of the document refer that are not made from a route's shapes. */
const alone = (): Schemas =>
  Object.assign(
    {},
    ...[name, ALERT_ID, OPERATION_ID, ORDER_ID, failure, problem].map((shape) => createSchema(shape).components),
  );

/** The API as OpenAPI 3.1, from the routes and the schemas that parse their requests and type their answers. */
export function documentOf(routes: readonly Route[]): ApiDocument {
  const operations = routes.filter(({ method }) => method !== 'ANY');
  const paths = pathsOf(operations);
  const made = createDocument({ ...DESCRIBED, paths } as unknown as ZodOpenApiObject) as unknown as ApiDocument;
  const schemas = { ...alone(), ...made.components.schemas };
  const { parameters, responses } = share(made.paths);
  return {
    ...DESCRIBED,
    paths: made.paths,
    components: {
      schemas: byName(mapped(schemas, (schema) => worded(schemas, settled(schema)))),
      parameters,
      headers: HEADERS,
      responses: { ...responses, ...lostResponses(routes.find(({ method }) => method === 'ANY')) },
      examples: {
        ...examplesOf(schemas),
        ...Object.assign({}, ...(Object.keys(PROBLEMS) as Code[]).map(refusalExamples)),
      },
      securitySchemes: SECURITY,
    },
  };
}
