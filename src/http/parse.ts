import * as z from 'zod';
import { type Complaint, type Outcome, ok, refuse } from '../core/problems.ts';

export const MAX_BODY = 64 * 1024;
export const tooLarge = () => refuse('RequestTooLarge', 'A request body can have 64 KiB at most.');
/** The platform hands over nothing of what comes without a length, so nobody may read it as a request that says nothing. */
export const lengthRequired = () =>
  refuse('LengthRequired', 'Send the body with a Content-Length, and without Transfer-Encoding. Nothing was done.');

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** A request's body as JSON: limited in size, in UTF-8, and without any field said twice. */
export function parseJson(bytes: Uint8Array, contentType: string | null): Outcome<unknown> {
  if (bytes.byteLength > MAX_BODY) return tooLarge();
  if (!isJsonType(contentType))
    return refuse('UnsupportedMediaType', 'Send JSON, with the header "content-type: application/json".');
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    const repeated = repeatedFields(text);
    return repeated.length === 0 ? ok(value) : twice(repeated);
  } catch {
    return refuse('InvalidRequest', 'The body is not well-formed JSON in UTF-8.', { target: '$' });
  }
}

const twice = (paths: readonly string[]) =>
  refuse('InvalidRequest', `The body of the request says more than once: ${paths.join(', ')}`.slice(0, 2000), {
    details: paths.map((target) => ({ code: 'InvalidRequest', message: 'is there more than once', target })),
  });

function isJsonType(contentType: string | null): boolean {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith('charset='));
  return JSON_TYPES.includes(type) && (charset === undefined || /^charset="?utf-?8"?$/.test(charset));
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

interface Level {
  readonly keys: Set<string> | undefined;
  /** The path to this level. */
  readonly path: string;
  key: string;
  index: number;
}

/**
 * The paths of fields that an object names twice. JSON.parse keeps the last one silently, and two readers of one
 * request must never disagree about what it says. The text is known to be well-formed.
 */
function repeatedFields(text: string): readonly string[] {
  const repeated = new Set<string>();
  const levels: Level[] = [];
  let pending = '';
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      const path = level ? pathIn(level) : '';
      levels.push({ keys: token === '{' ? new Set() : undefined, path, key: '', index: 0 });
    } else if (token === '}' || token === ']') levels.pop();
    else if (token === ',' && level) level.index += 1;
    else if (token === ':' && level?.keys) {
      level.key = JSON.parse(pending) as string;
      if (level.keys.has(level.key)) repeated.add(`$${pathIn(level)}`);
      level.keys.add(level.key);
    } else pending = token;
  }
  return [...repeated];
}

const pathIn = ({ keys, path, key, index }: Level): string => (keys ? `${path}.${key}` : `${path}[${index}]`);

const LONGEST_MESSAGE = 2000;

type Path = readonly PropertyKey[];

/** How a complaint names what it is about. */
const PLACES = {
  body: {
    at: (path: Path) =>
      `$${path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('')}`,
    unknown: 'is not a field of this request',
  },
  query: { at: ([name]: Path) => `?${String(name)}`, unknown: 'is not a parameter of this call' },
} as const;
type Place = keyof typeof PLACES;

/** What the caller sent, held against a schema; everything that is wrong with it is said at once. */
export function check(shape: z.ZodType | undefined, value: unknown, where: Place): Outcome<unknown> {
  if (!shape) return ok({});
  const parsed = shape.safeParse(value, { error: (issue) => repeatedIn(where, issue) ?? worded(issue) });
  if (parsed.success) return ok(parsed.data);
  const details = parsed.error.issues.flatMap((issue) => complaints(issue, where, []));
  const said = details.map(({ target, message }) => `${target} ${message}`).join('; ');
  return refuse('InvalidRequest', `The ${where} of the request is not right: ${said}`.slice(0, LONGEST_MESSAGE), {
    details,
  });
}

/** The doorkeeper has looked at it before anything else. */
const VERSION = { 'api-version': z.string().optional() };

/** Reads the query of one route: its parameters in any spelling, each once, and no others. */
export function queryReader(shape: z.ZodObject = z.object({})) {
  const strict = shape.extend(VERSION).strict();
  const known = new Map(Object.keys(strict.shape).map((name) => [name.toLowerCase(), name]));
  return (sent: URLSearchParams): Outcome<unknown> => {
    const byName = Map.groupBy(sent, ([name]) => known.get(name.toLowerCase()) ?? name);
    // what is there more than once stays a list, and no parameter takes one
    const values = [...byName].map(([name, pairs]) => [name, pairs.length === 1 ? pairs[0]?.[1] : pairs]);
    return check(strict, Object.fromEntries(values), 'query');
  };
}

const repeatedIn = (where: Place, { input }: z.core.$ZodRawIssue): string | undefined =>
  where === 'query' && Array.isArray(input) ? 'is there more than once' : undefined;

/** One complaint a field; a field nobody knows is named itself. Of alternatives, the last is the usual one. */
function complaints(issue: z.core.$ZodIssue, where: Place, above: Path): readonly Complaint[] {
  const path = [...above, ...issue.path];
  const about = (at: Path, message: string): Complaint => ({
    code: 'InvalidRequest',
    message,
    target: PLACES[where].at(at),
  });
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => about([...path, key], PLACES[where].unknown));
  const usual = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
  return usual ? usual.flatMap((inner) => complaints(inner, where, path)) : [about(path, issue.message)];
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

/** The end of a sentence that begins with the field. Schemas that know better say it themselves. */
function worded(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type')
    return orMissing(issue.input, `must be ${KINDS[issue.expected] ?? issue.expected}`);
  if (issue.code === 'invalid_value') return orMissing(issue.input, `must be ${alternatives(issue.values)}`);
  if (issue.code === 'too_small') return bounded(issue.origin, Number(issue.minimum), 'more');
  if (issue.code === 'too_big') return bounded(issue.origin, Number(issue.maximum), 'less');
  if (issue.code === 'invalid_format' && issue.format === 'email') return 'must be an e-mail address';
  return undefined;
}

const orMissing = (input: unknown, message: string): string =>
  input === undefined ? `is missing; it ${message}` : message;

function bounded(origin: string, bound: number, way: 'more' | 'less'): string {
  if (origin === 'string' || origin === 'array') {
    const unit = origin === 'string' ? 'characters' : 'entries';
    if (way === 'more' && bound === 1) return 'must not be empty';
    return way === 'more' ? `must have at least ${bound} ${unit}` : `must have at most ${bound} ${unit}`;
  }
  return `must be ${bound} or ${way}`;
}

/** `"a", "b" or "c"` */
const alternatives = (values: readonly unknown[]): string =>
  values
    .map((value) => JSON.stringify(value))
    .join(', ')
    .replace(/, (?=[^,]*$)/, ' or ');
