import type { ApiDocument, Json } from './openapi.ts';
import { operationsOf, resolve } from './read.ts';
import { typeOf } from './types.ts';

type Objects = Readonly<Record<string, Json>>;

/** The types of the API and the table of its operations, in one file: what `client/client.ts` has to know of it. */
export function clientOf(document: ApiDocument): string {
  const types = Object.entries(document.components.schemas).map(
    ([name, schema]) => `/** ${schema['description']} */\nexport type ${name} = ${typeOf(schema)};`,
  );
  const operations = operationsOf(document);
  const shapes = operations.map(
    ({ id, operation }) => `  /** ${operation['summary']} */\n  readonly ${id}: ${shapeOf(document, operation)};`,
  );
  const table = operations.map(
    ({ id, verb, path, operation }) =>
      `  ${id}: [${[verb, path, ...kindOf(document, operation)].map((one) => `'${one}'`).join(', ')}],`,
  );
  return `${[
    '// Made by `npm run api` from the API document; do not edit it by hand.',
    ...types,
    `/** What each operation takes and answers. */\nexport interface Operations {\n${shapes.join('\n')}\n}`,
    `${KINDS}\nexport const OPERATIONS = {\n${table.join('\n')}\n} as const satisfies Readonly<Record<keyof Operations, readonly [string, string, Kind?]>>;`,
  ].join('\n\n')}\n`;
}

const KINDS = `/** \`keyed\`: done once under an Idempotency-Key. \`text\`: answers no JSON. \`always\`: answers the same shape when it fails. */
export type Kind = 'keyed' | 'text' | 'always';

/** Method and path of each operation, and its kind where it is not a plain read. */`;

/** What the client has to know of an operation beside its types; nothing for a plain read. */
function kindOf(document: ApiDocument, operation: Json): readonly string[] {
  const parameters = (operation['parameters'] as readonly Json[]).map((one) => resolve(document, one));
  if (parameters.some((one) => one['name'] === 'Idempotency-Key')) return ['keyed'];
  const contents = Object.entries(operation['responses'] as Objects).map(
    ([status, one]) => [Number(status), (resolve(document, one)['content'] ?? {}) as Objects] as const,
  );
  if (contents.some(([status, content]) => status < 300 && !content['application/json'])) return ['text'];
  const alsoAnswers = ([status, content]: (typeof contents)[number]): boolean =>
    status >= 300 && JSON.stringify(content['application/json']?.['schema'] ?? '').includes('"anyOf"');
  return contents.some(alsoAnswers) ? ['always'] : [];
}

function shapeOf(document: ApiDocument, operation: Json): string {
  const parameters = (operation['parameters'] as readonly Json[]).map((one) => resolve(document, one));
  const body = operation['requestBody'] as Json | undefined;
  const content = body?.['content'] as Objects | undefined;
  const type = content ? typeOf(content['application/json']?.['schema'] as Json) : 'undefined';
  return `{
    readonly names: ${fields(parameters, 'path')};
    readonly query: ${fields(parameters, 'query')};
    readonly body: ${body && body['required'] !== true ? `${type} | undefined` : type};
    readonly answer: ${answerOf(document, operation['responses'] as Objects)};
  }`;
}

function fields(parameters: readonly Json[], place: string): string {
  const some = parameters.filter((one) => one['in'] === place && one['name'] !== 'api-version');
  if (some.length === 0) return 'Readonly<Record<never, never>>';
  return `{ ${some
    .map((one) => `readonly ${one['name']}${one['required'] ? '' : '?'}: ${typeOf(one['schema'] as Json)}`)
    .join('; ')} }`;
}

function answerOf(document: ApiDocument, responses: Objects): string {
  const types = Object.entries(responses).flatMap(([status, one]) => {
    if (Number(status) >= 300) return [];
    const [media] = Object.values((resolve(document, one)['content'] ?? {}) as Objects);
    return [media ? typeOf(media['schema'] as Json) : 'undefined'];
  });
  return [...new Set(types)].join(' | ');
}
