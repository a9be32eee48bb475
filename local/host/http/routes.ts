/** Which function a request belongs to. Of several that fit Azure takes the first by the name of its function, and so do we. */

type Segment = { readonly kind: 'literal' | 'parameter' | 'rest'; readonly text: string };

export interface Template {
  readonly text: string;
  readonly segments: readonly Segment[];
}

const SEGMENTS: ReadonlyArray<{ readonly kind: Segment['kind']; readonly is: RegExp }> = [
  { kind: 'rest', is: /^\{\*{1,2}(\w+)\}$/ },
  { kind: 'parameter', is: /^\{(\w+)\}$/ },
  { kind: 'literal', is: /^([^{}*]+)$/ },
];

/** Of ASP.NET's templates what this app's routes are made of: words, `{name}`, and `{*name}` at the end. */
export function parseTemplate(route: string): Template | { readonly problem: string } {
  const text = route.replace(/^\/+|\/+$/g, '');
  const segments: Segment[] = [];
  for (const source of text === '' ? [] : text.split('/')) {
    const kind = SEGMENTS.find(({ is }) => is.test(source));
    if (!kind) return { problem: `the local host knows words, {name} and {*name}, not "${source}"` };
    if (segments.at(-1)?.kind === 'rest') return { problem: 'nothing can follow what takes the rest' };
    segments.push({ kind: kind.kind, text: kind.is.exec(source)?.[1] ?? '' });
  }
  const names = segments.filter(({ kind }) => kind !== 'literal').map((segment) => segment.text.toLowerCase());
  return new Set(names).size === names.length ? { text, segments } : { problem: 'it uses a parameter name twice' };
}

export type Values = Readonly<Record<string, string>>;

/** The route's values when the path fits the template; undefined when it does not. */
export function matchTemplate({ segments }: Template, path: readonly string[]): Values | undefined {
  if (path.includes('')) return undefined; // two slashes side by side fit nothing, not even what takes the rest
  const values: [string, string][] = [];
  for (const [index, { kind, text }] of segments.entries()) {
    if (kind === 'rest') {
      const rest = path.slice(index).join('/');
      // fromEntries defines even `__proto__` as a plain value
      return Object.fromEntries(rest === '' ? values : [...values, [text, rest]]);
    }
    const given = path[index];
    if (given === undefined || (kind === 'literal' && text.toLowerCase() !== given.toLowerCase())) return undefined;
    if (kind === 'parameter') values.push([text, given]);
  }
  return path.length > segments.length ? undefined : Object.fromEntries(values);
}

export interface Route {
  readonly name: string;
  readonly template: Template;
  /** Empty: every method. */
  readonly methods: readonly string[];
}

export interface Hit<R extends Route> {
  readonly route: R;
  readonly values: Values;
}

const byName = (a: Route, b: Route): number => (a.name.toUpperCase() < b.name.toUpperCase() ? -1 : 1);

/**
 * A method no function of that path lists is simply no match: the real host makes the method part of the route, so it answers
 * 404, never 405, and does not answer HEAD or OPTIONS on a GET route's behalf (Azure/azure-functions-host 10098 and 11625).
 */
export function router<R extends Route>(routes: readonly R[]) {
  const ordered = routes.toSorted(byName);
  return (method: string, path: readonly string[]): Hit<R> | undefined => {
    for (const route of ordered) {
      const values = allows(route, method) ? matchTemplate(route.template, path) : undefined;
      if (values) return { route, values };
    }
    return undefined;
  };
}

const allows = ({ methods }: Pick<Route, 'methods'>, method: string): boolean =>
  methods.length === 0 || methods.includes(method.toUpperCase());

/** Azure refuses the second of two functions with the same route and a common method. */
export const sameRoute = (a: Omit<Route, 'name'>, b: Omit<Route, 'name'>): boolean =>
  a.template.text.toLowerCase() === b.template.text.toLowerCase() &&
  (a.methods.length === 0 || b.methods.length === 0 || a.methods.some((method) => b.methods.includes(method)));
