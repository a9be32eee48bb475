/** Holds an answer of the service against the API document: what is not described there is a fault, of the one or of the other. */

import { movableClock } from '../../src/clock.ts';
import { routesOf } from '../../src/http/routes.ts';
import { documentOf } from '../../tools/api/document.ts';
import { judge } from '../../tools/api/judge.ts';

type Json = { readonly [key: string]: unknown };
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** All routes that there are: the local run's too. */
export const allRoutes = () => routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local');
export const theDocument = documentOf(allRoutes());

const escaped = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Names first where both fit: an address that is written out wins. */
const PATHS = Object.keys(theDocument.paths).toSorted(
  (a, b) => a.split('{').length - b.split('{').length || (a < b ? -1 : 1),
);

const fits = (template: string, pathname: string): boolean => {
  const [wanted, given] = [template.split('/'), pathname.replace(/\/$/, '').split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((part, at) =>
      part.startsWith('{') ? given[at] !== '' : part.toLowerCase() === given[at]?.toLowerCase(),
    )
  );
};

/** Where the document says what this call may answer. An address that is none has its own answers. */
function placeOf(method: string, pathname: string, status: number): string | undefined {
  const verb = method.toLowerCase();
  const path = PATHS.find((template) => fits(template, pathname) && verb in (theDocument.paths[template] ?? {}));
  const operation = path === undefined ? undefined : theDocument.paths[path]?.[verb];
  const response = operation
    ? (operation['responses'] as Readonly<Record<string, Json>>)[status]
    : (theDocument.components.responses as Readonly<Record<string, Json>>)[`Lost${status}`];
  if (response === undefined) return undefined;
  if (typeof response['$ref'] === 'string') return response['$ref'].slice(1);
  if (!operation) return `/components/responses/Lost${status}`;
  return `/paths/${escaped(path ?? '')}/${verb}/responses/${status}`;
}

function at(pointer: string): Json {
  const parts = pointer.split('/').slice(1);
  const found = parts.reduce<unknown>(
    (value, part) => (value as Json)[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')],
    theDocument,
  );
  return found as Json;
}

/** Headers that mean something: none of them may come unannounced. */
const MEANINGFUL = /^(x-ms-|etag$|retry-after$|www-authenticate$|idempotency-|operation-location$|allow$)/;

function headerFaults(pointer: string, headers: Headers): readonly string[] {
  const known = (at(pointer)['headers'] ?? {}) as Readonly<Record<string, Json>>;
  const names = new Set(Object.keys(known).map((name) => name.toLowerCase()));
  const strangers = [...headers.keys()].filter((name) => MEANINGFUL.test(name) && !names.has(name));
  const wrong = Object.entries(known).flatMap(([name, described]) => {
    const place =
      typeof described['$ref'] === 'string' ? described['$ref'].slice(1) : `${pointer}/headers/${escaped(name)}`;
    const { required, schema } = at(place);
    const value = headers.get(name);
    if (value === null) return required === true ? [`has no header ${name}`] : [];
    const typed = (schema as Json)['type'] === 'integer' ? Number(value) : value;
    return judge(theDocument, schema as Json, typed).map((fault) => `header ${name}: ${value} ${fault}`);
  });
  return [...strangers.map((name) => `has the header ${name}, which is not described`), ...wrong];
}

function bodyFaults(pointer: string, { headers, text }: Told): readonly string[] {
  const content = at(pointer)['content'] as Readonly<Record<string, Json>> | undefined;
  if (!content) return text === '' ? [] : ['has a body, and none is described'];
  const kind = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (!(kind in content)) return [`is ${kind}, which is not described`];
  const value: unknown = kind.endsWith('json') ? JSON.parse(text) : text;
  return judge(theDocument, content[kind]?.['schema'] as Json, value);
}

/** What the host refuses by itself never reaches the service. */
const isPlatforms = ({ status, headers, text }: Told): boolean =>
  [400, 404, 413, 431].includes(status) && text === '' && !headers.has('x-ms-request-id');

export function undescribed(method: string, url: URL, told: Told): readonly string[] {
  if (!/^\/api(\/|$)/i.test(url.pathname) || method === 'HEAD' || isPlatforms(told)) return [];
  const pointer = placeOf(method, url.pathname, told.status);
  if (pointer === undefined) return [`answers ${told.status}, which is not described`];
  return [...headerFaults(pointer, told.headers), ...bodyFaults(pointer, told)];
}
