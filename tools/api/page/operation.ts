import type { ApiDocument, Json } from '../openapi.ts';
import { inline, json, paragraphs, safe, table } from './html.ts';
import { kindOf, limitsOf } from './schema.ts';

type Objects = Readonly<Record<string, Json>>;

/** One operation of the document, as a section of the page. */
export function operationSection(document: ApiDocument, path: string, verb: string, operation: Json): string {
  const found = (value: Json): Json =>
    typeof value['$ref'] === 'string'
      ? (value['$ref']
          .split('/')
          .slice(1)
          .reduce<unknown>((at, part) => (at as Json)[part], document) as Json)
      : value;
  const id = safe(operation['operationId']);
  return [
    `<section id="${id}" class="operation"><h3>${inline(operation['summary'])}</h3>`,
    `<p class="call"><span class="verb ${verb}">${verb.toUpperCase()}</span> <code>${safe(path)}</code></p>`,
    paragraphs(String(operation['description'])),
    `<p class="who">${whoMay(operation)} <small>operationId <code>${id}</code></small></p>`,
    parameters(id, (operation['parameters'] as readonly Json[]).map(found)),
    requestBody(found, operation['requestBody'] as Json | undefined),
    responses(id, found, operation['responses'] as Objects),
    '</section>',
  ].join('');
}

function whoMay(operation: Json): string {
  const ways = operation['security'] as readonly { readonly token?: readonly string[] }[];
  if (ways.length === 0) return 'Open to anyone.';
  const roles = ways.flatMap(({ token = [] }) => token);
  return roles.length === 0 ? 'Needs the key of Event Grid.' : `Needs the role ${roles.map(safe).join(' or ')}.`;
}

const parameters = (id: string, all: readonly Json[]): string =>
  table(
    `Parameters of ${id}`,
    ['Parameter', 'Is', 'Means'],
    all.map((one) => [
      `<code>${safe(one['name'])}</code> <small>${safe(one['in'])}</small>`,
      [kindOf(one['schema'] as Json), limitsOf(one['schema'] as Json)].filter(Boolean).join('; '),
      inline(one['description']),
    ]),
  );

function requestBody(found: (value: Json) => Json, body: Json | undefined): string {
  if (!body) return '';
  const media = (body['content'] as Objects)['application/json'] ?? {};
  const [example] = Object.values(media['examples'] as Objects);
  const said = body['required'] ? 'Body' : 'Body, which may be absent';
  return `<h4>${said}: ${kindOf(media['schema'] as Json)}</h4>${example ? json(found(example)['value']) : ''}`;
}

function responses(id: string, found: (value: Json) => Json, all: Objects): string {
  const rows = Object.entries(all).map(([status, one]) => {
    const response = found(one);
    const media = Object.values((response['content'] ?? {}) as Objects)[0];
    const kind = Number(status) < 400 && media ? `${kindOf(media['schema'] as Json)}` : '';
    const headers = Object.keys(response['headers'] as Objects)
      .filter((name) => !name.startsWith('x-ms-'))
      .map((name) => `<code>${safe(name)}</code>`)
      .join(', ');
    const words = String(response['description']).split('\n\n').map(inline).join('<br>');
    return [safe(status), [kind, words].filter(Boolean).join('<br>'), headers];
  });
  const answered = Object.values(all).map(found)[0];
  const media = Object.values((answered?.['content'] ?? {}) as Objects)[0];
  const example = Object.values((media?.['examples'] ?? {}) as Objects)[0];
  return `${table(`Answers of ${id}`, ['Status', 'Is', 'Headers'], rows)}${
    example ? `<details><summary>An answer to ${id}</summary>${json(found(example)['value'])}</details>` : ''
  }`;
}
