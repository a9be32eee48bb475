import type { Role } from '../../core/caller.ts';
import { type Code, PROBLEMS } from '../../core/problems.ts';
import { isKept, type Route } from '../route.ts';
import { CODES } from './codes.ts';
import { ANSWERS } from './examples/answers.ts';
import { PARAMETERS } from './examples/estate.ts';
import { REQUESTS } from './examples/requests.ts';
import { type Operation, type Operations, TAGS } from './operation.ts';
import { backupOperations, itemOperations } from './operations/items.ts';
import { alertOperations, mailOperations, purgeOperations, serviceOperations } from './operations/service.ts';
import { guardOperations, settingOperations, vaultOperations } from './operations/vaults.ts';
import { exampleRef, HEADERS, refusal, responsesOf } from './responses.ts';
import { type Json, nameOfBody, queryOf, type Schemas, schemaRef, schemas } from './schemas.ts';
import { INTRODUCTION, PARAMETER_WORDS } from './words/introduction.ts';

export const OPERATIONS: Operations = {
  ...vaultOperations,
  ...settingOperations,
  ...guardOperations,
  ...itemOperations,
  ...backupOperations,
  ...alertOperations,
  ...mailOperations,
  ...purgeOperations,
  ...serviceOperations,
};

const VERSION = '2026-11-01';

const parameter = (place: string, name: string, schema: Json, required = false): Json => {
  const { default: otherwise, ...rest } = schema;
  return {
    name,
    in: place,
    required,
    description: PARAMETER_WORDS[name],
    schema: otherwise === undefined ? rest : { ...rest, default: otherwise },
    ...(PARAMETERS[name] === undefined ? {} : { example: PARAMETERS[name] }),
  };
};

/** Headers that requests may bring, and to which. */
const ASKED: readonly (readonly [string, Json, (route: Route, operation: Operation) => boolean])[] = [
  ['x-ms-client-request-id', { type: 'string', pattern: '^[ -~]{1,128}$' }, () => true],
  ['If-Match', { type: 'string', maxLength: 2000 }, (_, { codes }) => codes.includes('PreconditionFailed')],
  ['Idempotency-Key', { type: 'string', pattern: '^[ -~]{1,128}$' }, (route) => isKept(route)],
  ['x-reprieve-security-pin', { type: 'string' }, (_, { codes }) => codes.includes('SecurityPinInvalid')],
];

function parametersOf(route: Route, operation: Operation): readonly Json[] {
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const schema = (name: string) => ({ $ref: schemaRef(name === 'alert' ? 'AlertId' : 'Name') });
  return [
    ...names.map((name) => parameter('path', name, schema(name), true)),
    ...Object.entries(route.query ? queryOf(route.query) : {}).map(([name, one]) => parameter('query', name, one)),
    parameter('query', 'api-version', { type: 'string', enum: [VERSION] }),
    ...ASKED.flatMap(([name, one, applies]) => (applies(route, operation) ? [parameter('header', name, one)] : [])),
  ];
}

function requestBodyOf({ body, method }: Route, { example }: Operation): Json {
  if (!body) return {};
  const name = nameOfBody(body);
  const media = {
    schema: { $ref: schemaRef(name) },
    examples: example ? { [name]: { value: example } } : exampleRef(name),
  };
  return {
    requestBody: {
      // nothing at all counts as {}
      required: !body.safeParse({}).success,
      content: {
        'application/json': media,
        ...(method === 'PATCH' ? { 'application/merge-patch+json': media } : {}),
      },
    },
  };
}

const securityOf = ({ who, also, agent, admits }: Route): readonly Json[] => {
  if (admits) return [{ webhookKey: [] }];
  if (who === 'anyone') return [];
  const roles: readonly Role[] = [who, ...(also ? [also] : []), ...(agent ? (['Agent'] as const) : [])];
  return roles.map((role) => ({ token: [role] }));
};

function operationOf(route: Route, all: Schemas): Json {
  const operation = OPERATIONS[route.name];
  if (!operation) throw new Error(`the route ${route.name} is not described: add it to openapi/operations`);
  const { tag, summary, description } = operation;
  return {
    operationId: route.name,
    tags: [tag],
    summary,
    description: description ?? `${summary}.`,
    security: securityOf(route),
    parameters: parametersOf(route, operation),
    ...requestBodyOf(route, operation),
    responses: responsesOf(route, operation, all),
  };
}

type Paths = Record<string, Record<string, Json>>;

function pathsOf(routes: readonly Route[], all: Schemas): Paths {
  const paths: Paths = {};
  for (const route of routes) {
    // the catcher of what is lost is no operation; what it answers stands among the components
    if (route.method === 'ANY') continue;
    const path = `/api/${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, all) };
  }
  return paths;
}

/** Parameters and responses that are the same in several places stand once, among the components. */
function share(paths: Paths): { readonly parameters: Json; readonly responses: Json } {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const parameters: Json = {};
  const responses: Json = {};
  const refer = (into: Json, kind: string, name: string, value: unknown): unknown => {
    const known = into[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(value)) return value;
    into[name] = value;
    return { $ref: `#/components/${kind}/${name}` };
  };
  for (const operation of operations) {
    operation['parameters'] = (operation['parameters'] as readonly Json[]).map((one) =>
      refer(parameters, 'parameters', `${one['name']}`, one),
    );
    const own = operation['responses'] as Record<string, Json>;
    operation['responses'] = Object.fromEntries(
      Object.entries(own).map(([status, response]) => {
        const codes = codesOf(response);
        return [status, codes ? refer(responses, 'responses', `${status}.${codes.join('.')}`, response) : response];
      }),
    );
  }
  return { parameters, responses };
}

/** Only of what is nothing but a refusal. */
function codesOf(response: Json): readonly string[] | undefined {
  const header = (response['headers'] as Record<string, Json>)['x-ms-error-code'];
  return header?.['required'] === true ? (header['schema'] as { enum: readonly string[] }).enum : undefined;
}

const titleOf = (code: string): string => {
  const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const refusalExamples = (code: Code): Json => {
  const summary = CODES[code];
  const detail = summary.replaceAll('`', '');
  const [status, title] = [PROBLEMS[code], titleOf(code)];
  return {
    [code]: { summary, value: { error: { code, message: detail } } },
    [`${code}Problem`]: { summary, value: { code, type: `/problems/${code}`, title, status, detail } },
  };
};

/** What an address answers that is none, or does not take the method. */
const LOST: readonly (readonly Code[])[] = [
  ['InvalidName', 'UnsupportedApiVersionValue'],
  ['RouteNotFound'],
  ['MethodNotAllowed'],
];

/** The API as OpenAPI 3.1, from the routes and the schemas that parse their requests. */
export function documentOf(routes: readonly Route[]) {
  const all = schemas();
  const paths = pathsOf(routes, all);
  const { parameters, responses } = share(paths);
  const lost = LOST.map((codes) => [`Lost${codes.map((code) => PROBLEMS[code])[0]}`, refusal(codes)] as const);
  return {
    openapi: '3.1.1',
    info: {
      title: 'Reprieve',
      version: VERSION,
      summary: 'Soft delete that people trust with their last copy.',
      description: INTRODUCTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/', description: 'Where this document came from.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      schemas: all,
      parameters,
      headers: HEADERS,
      responses: { ...responses, ...Object.fromEntries(lost) },
      examples: {
        ...Object.fromEntries(Object.entries({ ...ANSWERS, ...REQUESTS }).map(([name, value]) => [name, { value }])),
        ...Object.assign({}, ...(Object.keys(PROBLEMS) as Code[]).map(refusalExamples)),
      },
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description:
            'A token of Microsoft Entra ID, signed with RS256, with app roles in `roles`. Operator contains Reader, and Contributor both; GuardAdmin and Agent stand alone. ' +
            'A local run takes calls without a token as well.',
        },
        webhookKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-reprieve-webhook-key',
          description: 'The key that the subscription of Event Grid brings.',
        },
      },
    },
  };
}

export type ApiDocument = ReturnType<typeof documentOf>;
