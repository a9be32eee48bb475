import { judge } from './judge.ts';
import type { ApiDocument, Json } from './openapi.ts';
import { type Described, operationsOf, resolve } from './read.ts';

/** What of Azure's guidelines for REST APIs matters to those who call this one. Each says what is wrong; nothing: all is well. */
type Rule = (document: ApiDocument) => readonly string[];
type Objects = Readonly<Record<string, Json>>;

const parametersOf = (document: ApiDocument, { operation }: Described): readonly Json[] =>
  (operation['parameters'] as readonly Json[]).map((one) => resolve(document, one));

const responsesOf = (document: ApiDocument, { operation }: Described): readonly (readonly [number, Json])[] =>
  Object.entries(operation['responses'] as Objects).map(([status, one]) => [Number(status), resolve(document, one)]);

const fieldsOf = ({ components }: ApiDocument): readonly (readonly [string, string, Json])[] =>
  Object.entries(components.schemas).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties as Objects).map(([field, schema]) => [name, field, schema] as const),
  );

const each =
  (find: (document: ApiDocument, one: Described) => readonly string[]): Rule =>
  (document) =>
    operationsOf(document).flatMap((one) => find(document, one).map((said) => `${one.id} ${said}`));

const repeated = (names: readonly string[]): readonly string[] =>
  names.filter((name, at) => names.indexOf(name) !== at);

const CAMEL = /^[a-z][A-Za-z0-9]*$/;
/** The last word of a path that has no name in it is a collection, or one of these: there is only one of each, or it is a verb. */
const SINGLE = new Set([
  'receipt',
  'quarantine',
  'pause',
  'forecast',
  'guard',
  'live',
  'ready',
  'clock',
  'docs',
  'history',
  'explain',
]);

/** The schema of the answer to a GET. */
const answerTo = (document: ApiDocument, one: Described): Json | undefined => {
  const [media] = Object.values(
    (responsesOf(document, one).find(([status]) => status === 200)?.[1]['content'] ?? {}) as Objects,
  );
  return media && resolve(document, media['schema'] as Json);
};

const isCollection = ({ verb, path }: Described): boolean => {
  const last = path.split('/').at(-1) ?? '';
  return verb === 'GET' && !last.startsWith('{') && !last.includes('.') && !SINGLE.has(last);
};

interface Media {
  readonly where: string;
  readonly schema: Json;
  readonly examples: readonly (readonly [name: string, value: unknown])[];
}

/** All that an operation takes and answers, with its examples. */
const mediaOf = (document: ApiDocument, one: Described): readonly Media[] =>
  [
    ['takes', one.operation['requestBody'] as Json | undefined] as const,
    ...responsesOf(document, one).map(([status, response]) => [`${status}`, response] as const),
  ].flatMap(([where, body]) =>
    Object.values((body?.['content'] ?? {}) as Objects).map(({ schema, examples = {} }) => ({
      where,
      schema: schema as Json,
      examples: Object.entries(examples as Objects).map(
        ([name, example]) => [name, resolve(document, example)['value']] as const,
      ),
    })),
  );

const inlineObjects = (schema: unknown, isRoot: boolean): number => {
  if (typeof schema !== 'object' || schema === null) return 0;
  if (Array.isArray(schema)) return schema.reduce<number>((sum, one) => sum + inlineObjects(one, false), 0);
  const { properties, ...rest } = schema as Json;
  const own = properties !== undefined && 'type' in schema && !isRoot ? 1 : 0;
  return [...Object.values((properties ?? {}) as Json), ...Object.values(rest)].reduce<number>(
    (sum, one) => sum + inlineObjects(one, false),
    own,
  );
};

const RULES = {
  'operation ids are unique and camelCase': (document) => {
    const ids = operationsOf(document).map(({ id }) => id);
    return [
      ...repeated(ids).map((id) => `${id} is there twice`),
      ...ids.filter((id) => !CAMEL.test(id)).map((id) => `${id} is not camelCase`),
    ];
  },
  'segments and names in paths are camelCase': (document) =>
    Object.keys(document.paths).flatMap((path) =>
      path
        .split('/')
        .slice(1)
        .filter((part) => !CAMEL.test(part.replace(/[{}]/g, '').replace(/\.\w+$/, '')))
        .map((part) => `${path}: ${part}`),
    ),
  'fields are camelCase': (document) =>
    fieldsOf(document).flatMap(([name, field]) => (CAMEL.test(field) ? [] : [`${name}.${field}`])),
  'everything is described': (document) => [
    ...Object.entries(document.components.schemas).flatMap(([name, { description }]) => (description ? [] : [name])),
    ...fieldsOf(document).flatMap(([name, field, { description }]) => (description ? [] : [`${name}.${field}`])),
    ...operationsOf(document).flatMap((one) => [
      ...(one.operation['summary'] && one.operation['description'] ? [] : [one.id]),
      ...parametersOf(document, one).flatMap(({ name, description }) => (description ? [] : [`${one.id} ${name}`])),
      ...responsesOf(document, one).flatMap(([status, { description }]) =>
        description ? [] : [`${one.id} ${status}`],
      ),
    ]),
  ],
  'names in a path are its parameters': each((document, one) => {
    const named = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    const given = parametersOf(document, one).flatMap((two) => (two['in'] === 'path' ? [`${two['name']}`] : []));
    return named.toSorted().join() === given.toSorted().join() ? [] : [`has ${named} and takes ${given}`];
  }),
  'lists answer value and nextLink, and page': each((document, one) => {
    if (!isCollection(one)) return [];
    const fields = Object.keys((answerTo(document, one)?.['properties'] ?? {}) as Json);
    return /^value,nextLink(,unreadable)?$/.test(fields.join()) ? [] : [`answers ${fields.join() || 'no list'}`];
  }),
  'collections are plural': each((_, one) => {
    const last = one.path.split('/').at(-1) ?? '';
    return !isCollection(one) || last.endsWith('s') ? [] : [`lists ${last}`];
  }),
  'refusals have the envelope and its header': each((document, one) =>
    responsesOf(document, one).flatMap(([status, response]) => {
      if (status < 400) return [];
      const content = (response['content'] ?? {}) as Objects;
      const says = JSON.stringify(content['application/json']?.['schema'] ?? {});
      const header = (response['headers'] as Objects | undefined)?.['x-ms-error-code'];
      return [
        ...(says.includes('"#/components/schemas/ErrorResponse"') ? [] : [`${status} has no error envelope`]),
        ...(content['application/problem+json'] ? [] : [`${status} has no problem+json`]),
        ...(header ? [] : [`${status} has no x-ms-error-code`]),
      ];
    }),
  ),
  'every answer bears the request id': each((document, one) =>
    responsesOf(document, one).flatMap(([status, response]) =>
      'x-ms-request-id' in ((response['headers'] ?? {}) as Json) ? [] : [`${status}`],
    ),
  ),
  'every operation may be refused to strangers, and break': each((_, { operation }) => {
    const statuses = Object.keys(operation['responses'] as Json);
    const wanted = (operation['security'] as readonly unknown[]).length > 0 ? ['401', '500', '503'] : ['500', '503'];
    return wanted.filter((status) => !statuses.includes(status)).map((status) => `has no ${status}`);
  }),
  'the api-version can be named': each((document, one) =>
    parametersOf(document, one).some(({ name }) => name === 'api-version') ? [] : ['takes no api-version'],
  ),
  'If-Match and 412 come together': each((document, one) => {
    const takes = parametersOf(document, one).some(({ name }) => name === 'If-Match');
    const refuses = '412' in (one.operation['responses'] as Json);
    if (takes === refuses) return [];
    return [takes ? 'takes If-Match, and never answers 412' : 'answers 412, and takes no If-Match'];
  }),
  'PUT answers 200, and DELETE one thing, or 202 where it comes later': each((_, { verb, operation }) => {
    const good = Object.keys(operation['responses'] as Json).filter((status) => status < '300');
    if (verb === 'PUT') return good.includes('200') && !good.includes('204') ? [] : [`PUT answers ${good}`];
    return verb !== 'DELETE' || good.filter((status) => status !== '202').length === 1
      ? []
      : [`DELETE answers ${good}`];
  }),
  'GET takes no body': each((_, { verb, operation }) =>
    verb === 'GET' && operation['requestBody'] ? ['has a body'] : [],
  ),
  'what is taken or answered has an example': each((document, one) =>
    mediaOf(document, one).flatMap(({ where, examples }) => (examples.length > 0 ? [] : [`${where}: no example`])),
  ),
  'examples are as their schemas say': each((document, one) =>
    mediaOf(document, one).flatMap(({ where, schema, examples }) =>
      examples.flatMap(([name, value]) => judge(document, schema, value).map((fault) => `${where} ${name}: ${fault}`)),
    ),
  ),
  'objects have names': (document) => [
    ...Object.entries(document.components.schemas).flatMap(([name, schema]) =>
      inlineObjects(schema, true) > 0 ? [name] : [],
    ),
    ...operationsOf(document).flatMap(({ id, operation }) => (inlineObjects(operation, true) > 0 ? [id] : [])),
  ],
  'no schema is there twice': (document) => {
    const objects = Object.entries(document.components.schemas).filter(([, { properties }]) => properties);
    const said = objects.map(([name, { description: _, ...schema }]) => [JSON.stringify(schema), name] as const);
    return said.flatMap(([text, name], at) => {
      const first = said.findIndex(([other]) => other === text);
      return first === at ? [] : [`${name} is ${said[first]?.[1]}`];
    });
  },
  'every schema is used': (document) => {
    const text = JSON.stringify(document);
    return Object.keys(document.components.schemas).filter((name) => !text.includes(`"#/components/schemas/${name}"`));
  },
} as const satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as readonly RuleName[];

/** What is wrong with the document, by all rules or by some. */
export const findings = (
  document: ApiDocument,
  rules: readonly RuleName[] = RULE_NAMES,
): readonly { readonly rule: string; readonly finding: string }[] =>
  rules.flatMap((rule) => RULES[rule](document).map((finding) => ({ rule, finding })));
