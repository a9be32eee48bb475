import { type Constraint, constraint } from './constraints.ts';

export interface Parameter {
  readonly name: string;
  readonly constraints: readonly Constraint[];
  readonly optional: boolean;
  readonly catchAll: boolean;
  readonly fallback: string | undefined;
}

export type Part = { readonly literal: string } | { readonly parameter: Parameter };

/** Between two slashes: one part as a rule, several for `{from}-{to}`. */
export type Segment = readonly Part[];

export interface Template {
  readonly text: string;
  readonly segments: readonly Segment[];
}

export type Refused = { readonly problem: string };

/** An ASP.NET route template: literals, `{p}`, `{p?}`, `{p=default}`, `{*rest}`, `{p:constraint(args):…}`. */
export function parseTemplate(route: string): Template | Refused {
  const text = route.replace(/^~?\/+|\/+$/g, '');
  const segments: Segment[] = [];
  for (const source of text === '' ? [] : splitOutside(text, '/')) {
    const segment = parseSegment(source);
    if ('problem' in segment) return segment;
    segments.push(segment.parts);
  }
  const problem = misplaced(segments);
  return problem ? { problem } : { text, segments };
}

function parseSegment(source: string): { readonly parts: Segment } | Refused {
  if (source === '') return { problem: 'it has an empty segment' };
  const parts: Part[] = [];
  let rest = source;
  while (rest !== '') {
    const end = rest.startsWith('{') && !rest.startsWith('{{') ? closing(rest) : undefined;
    if (end === undefined) {
      const literal = /^(?:[^{}]|\{\{|\}\})+/.exec(rest)?.[0];
      if (!literal) return { problem: `"${source}" has a brace that is not closed` };
      parts.push({ literal: literal.replaceAll('{{', '{').replaceAll('}}', '}') });
      rest = rest.slice(literal.length);
      continue;
    }
    const parameter = parseParameter(rest.slice(1, end));
    if ('problem' in parameter) return parameter;
    parts.push({ parameter });
    rest = rest.slice(end + 1);
  }
  return { parts };
}

/** The brace that ends the parameter: a doubled one is a single one that belongs to a regex. */
function closing(text: string): number | undefined {
  for (let at = 1; at < text.length; at += 1) {
    const two = text.slice(at, at + 2);
    if (two === '{{' || two === '}}') at += 1;
    else if (text[at] === '}') return at;
  }
  return undefined;
}

function parseParameter(source: string): Parameter | Refused {
  const stars = /^\*{0,2}/.exec(source)?.[0] ?? '';
  const [head = '', ...constraintTexts] = splitOutside(source.slice(stars.length), ':');
  const last = constraintTexts.at(-1) ?? head;
  const optional = last.endsWith('?') && !last.endsWith('(?');
  const [before = '', fallback] = splitOnce(optional ? head.replace(/\?$/, '') : head, '=');
  const tidy = constraintTexts.map((text, index) =>
    optional && index === constraintTexts.length - 1 ? text.slice(0, -1) : text,
  );
  if (!/^[^/{}?*=:]+$/.test(before)) return { problem: `"{${source}}" has no usable name` };
  const constraints: Constraint[] = [];
  for (const text of tidy) {
    const found = parseConstraint(text);
    if (!found) return { problem: `the constraint "${text}" is not known` };
    constraints.push(found);
  }
  return { name: before, constraints, optional, catchAll: stars !== '', fallback };
}

function parseConstraint(text: string): Constraint | undefined {
  const match = /^([^(]+)(?:\(([\s\S]*)\))?$/.exec(text);
  const args = match?.[2]?.replaceAll('{{', '{').replaceAll('}}', '}');
  return match?.[1] === undefined ? undefined : constraint(match[1], args);
}

const splitOnce = (text: string, separator: string): [string, string | undefined] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
};

/** Splits at a separator that is not inside braces or parentheses: a regex may hold both slashes and colons. */
function splitOutside(text: string, separator: string): string[] {
  const pieces = [''];
  let depth = 0;
  for (const char of text) {
    if (char === '{' || char === '(') depth += 1;
    if (char === '}' || char === ')') depth -= 1;
    if (char === separator && depth <= 0) pieces.push('');
    else pieces[pieces.length - 1] += char;
  }
  return pieces;
}

export const parametersOf = (segment: Segment): Parameter[] =>
  segment.flatMap((part) => ('parameter' in part ? [part.parameter] : []));

function misplaced(segments: readonly Segment[]): string | undefined {
  const names = segments.flatMap(parametersOf).map(({ name }) => name.toLowerCase());
  if (new Set(names).size !== names.length) return 'it uses a parameter name twice';
  for (const [index, segment] of segments.entries())
    for (const { catchAll, optional } of parametersOf(segment)) {
      if (catchAll && (index < segments.length - 1 || segment.length > 1))
        return 'a catch-all must be the last segment';
      const followed = segments
        .slice(index + 1)
        .some((next) => !parametersOf(next).some((p) => p.optional || p.catchAll));
      if (optional && followed) return 'an optional parameter may only be followed by optional ones';
    }
  return undefined;
}
