import { type Outcome, ok, refuse } from '../core/problems.ts';

export const MAX_BODY = 64 * 1024;

const JSON_TYPES = ['application/json', 'application/merge-patch+json'];

/** A request's body as JSON: limited in size, in UTF-8, and without any field said twice. Nothing at all counts as {}. */
export function parseJson(bytes: Uint8Array, contentType: string | null): Outcome<unknown> {
  if (bytes.byteLength > MAX_BODY) return refuse('RequestTooLarge', 'A request body can have 64 KiB at most.');
  if (bytes.byteLength === 0) return ok({});
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
