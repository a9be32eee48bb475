import { EXAMPLE } from '../../src/http/shape.ts';
import type { ApiDocument, Json } from './openapi.ts';
import { type Described, operationsOf, resolve } from './read.ts';

/** Of the parameters of these one has to be named, for which OpenAPI has no word. */
const QUERIES: Readonly<Record<string, string>> = { listPurgeOrders: `?executor=${EXAMPLE.executor}` };

type Objects = Readonly<Record<string, Json>>;

const HEAD = `# Every operation with its example, for editors that send such files (VS Code's REST Client, JetBrains).
# Made by \`npm run api\` from the API document; do not edit it by hand.
# A local run takes calls without a token; anywhere else add: Authorization: Bearer <token>

@host = http://127.0.0.1:7071
`;

export const requestsOf = (document: ApiDocument): string =>
  [HEAD, ...operationsOf(document).map((one) => requestOf(document, one))].join('\n');

function requestOf(document: ApiDocument, { id, verb, path, operation }: Described): string {
  const body = exampleOf(document, operation['requestBody'] as Json | undefined);
  return [
    `### ${operation['summary']}`,
    `# @name ${id}`,
    `${verb} {{host}}${filled(document, path, operation)}${QUERIES[id] ?? ''}`,
    ...('webhookKey' in ((operation['security'] as readonly Json[])[0] ?? {}) ? ['x-reprieve-webhook-key: local'] : []),
    ...(body === undefined ? [] : ['Content-Type: application/json', '', JSON.stringify(body, null, 2)]),
    '',
  ].join('\n');
}

/** The path with the names of the examples. */
export function filled(document: ApiDocument, path: string, operation: Json): string {
  const parameters = (operation['parameters'] as readonly Json[]).map((one) => resolve(document, one));
  return path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(`${parameters.find((one) => one['name'] === name)?.['example']}`),
  );
}

export function exampleOf(document: ApiDocument, requestBody: Json | undefined): unknown {
  const media = (requestBody?.['content'] as Objects | undefined)?.['application/json'];
  const [example] = Object.values((media?.['examples'] ?? {}) as Objects);
  return example && resolve(document, example)['value'];
}
