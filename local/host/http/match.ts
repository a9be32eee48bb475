import type { Parameter, Segment, Template } from './template.ts';

export type Values = Readonly<Record<string, string>>;

/** The route's values when the path fits the template, constraints included; undefined when it does not. */
export function matchTemplate({ segments }: Template, path: readonly string[]): Values | undefined {
  const values: Record<string, string> = {};
  let used = 0;
  for (const [index, segment] of segments.entries()) {
    const found = matchSegment(segment, path, index);
    if (!found) return undefined;
    for (const [name, value] of found) if (value !== undefined) define(values, name, value);
    used = isCatchAll(segment) ? path.length : index + 1;
  }
  return path.length > used ? undefined : values;
}

/** `__proto__` is a legal parameter name, and must stay a plain value. */
const define = (values: Record<string, string>, name: string, value: string): void =>
  void Object.defineProperty(values, name, { value, enumerable: true, configurable: true, writable: true });

const isCatchAll = (segment: Segment): boolean => {
  const [part] = segment;
  return part !== undefined && 'parameter' in part && part.parameter.catchAll;
};

type Found = ReadonlyArray<readonly [string, string | undefined]>;

function matchSegment(segment: Segment, path: readonly string[], index: number): Found | undefined {
  const [only] = segment;
  const text = path[index];
  if (!only) return undefined;
  if (segment.length > 1) return text === undefined ? undefined : matchParts(segment, text);
  if ('literal' in only) return text !== undefined && sameText(only.literal, text) ? [] : undefined;
  const { parameter } = only;
  const value = parameter.catchAll ? path.slice(index).join('/') : text;
  if (value === undefined || value === '') return absent(parameter);
  return fits(parameter, value) ? [[parameter.name, value]] : undefined;
}

function absent({ name, optional, catchAll, fallback }: Parameter): Found | undefined {
  if (fallback !== undefined) return [[name, fallback]];
  return optional || catchAll ? [[name, undefined]] : undefined;
}

/** `{from}-{to}`: the earlier parameter takes as much as it can, as in ASP.NET. */
function matchParts(segment: Segment, text: string): Found | undefined {
  const source = segment.map((part) =>
    'literal' in part ? asPattern(part.literal) : part.parameter.optional ? '(.*)' : '(.+)',
  );
  const match = new RegExp(`^${source.join('')}$`, 'is').exec(text);
  if (!match) return undefined;
  const parameters = segment.flatMap((part) => ('parameter' in part ? [part.parameter] : []));
  const found = parameters.map((parameter, at) => [parameter, match[at + 1] ?? ''] as const);
  if (!found.every(([parameter, value]) => value === '' || fits(parameter, value))) return undefined;
  return found.map(([{ name }, value]) => [name, value === '' ? undefined : value]);
}

const asPattern = (literal: string): string => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const fits = ({ constraints }: Parameter, value: string): boolean => constraints.every((holds) => holds(value));

export const sameText = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
