/** Holds an answer of the service against the API document: what is not described there is a fault, of the one or of the other. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { movableClock } from '../../src/clock.ts';
import { documentOf } from '../../src/http/openapi/document.ts';
import { routesOf } from '../../src/http/routes.ts';

type Json = { readonly [key: string]: unknown };
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** All routes that there are: the local run's too. */
export const allRoutes = () => routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local');
export const theDocument = documentOf(allRoutes());

const ajv = new Ajv2020({ strict: false, allErrors: true });
formats.default(ajv);
// a point of the year 9999 may end in the year +010029, which ISO 8601 knows and RFC 3339 does not
ajv.addFormat('date-time', /^(?:\d{4}|\+\d{6})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/);
ajv.addSchema(theDocument, 'api');
const compiled = new Map<string, ValidateFunction>();

/** The schema at a place of the document. */
function validator(pointer: string): ValidateFunction {
  const known = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
  compiled.set(pointer, known);
  return known;
}

/** What is wrong with a value by the schema at that place; nothing: it is right. */
export function faultsBy(pointer: string, value: unknown): readonly string[] {
  const validate = validator(pointer);
  if (validate(value)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

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
    return faultsBy(`${place}/schema`, typed).map((fault) => `header ${name}: ${value} ${fault}`);
  });
  return [...strangers.map((name) => `has the header ${name}, which is not described`), ...wrong];
}

function bodyFaults(pointer: string, { headers, text }: Told): readonly string[] {
  const content = at(pointer)['content'] as Readonly<Record<string, Json>> | undefined;
  if (!content) return text === '' ? [] : ['has a body, and none is described'];
  const kind = (headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
  if (!(kind in content)) return [`is ${kind}, which is not described`];
  const value: unknown = kind.endsWith('json') ? JSON.parse(text) : text;
  return faultsBy(`${pointer}/content/${escaped(kind)}/schema`, value);
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
