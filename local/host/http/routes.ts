import { matchTemplate, type Values } from './match.ts';
import type { Segment, Template } from './template.ts';

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

/**
 * ASP.NET's precedence: segment by segment, a literal beats a constrained parameter, that a free one, that a
 * catch-all; of equals the shorter template wins, then the function's name.
 */
export const byPrecedence = (a: Route, b: Route): number =>
  compareText(digits(a.template), digits(b.template)) || byName(a, b);

/** The order Azure itself tries routes in: functions sorted by name, nothing else (see overlap.ts). */
export const byName = (a: Route, b: Route): number => compareText(a.name.toUpperCase(), b.name.toUpperCase());

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const digits = ({ segments }: Template): string => segments.map(digit).join('');

function digit(segment: Segment): string {
  const [part] = segment;
  if (!part || segment.length > 1) return '2';
  if ('literal' in part) return '1';
  const free = part.parameter.constraints.length === 0;
  if (part.parameter.catchAll) return free ? '5' : '4';
  return free ? '3' : '2';
}

/**
 * The function a request belongs to. A method no function of that path lists is simply no match: the real host
 * makes the method part of the route, so it answers 404, never 405, and does not answer HEAD or OPTIONS on a GET
 * route's behalf (Azure/azure-functions-host issues 10098 and 11625, both open).
 */
export function router<R extends Route>(routes: readonly R[]) {
  const ordered = [...routes].sort(byPrecedence);
  return (method: string, path: readonly string[]): Hit<R> | undefined => {
    for (const route of ordered) {
      if (!allows(route, method)) continue;
      const values = matchTemplate(route.template, path);
      if (values) return { route, values };
    }
    return undefined;
  };
}

const allows = ({ methods }: Route, method: string): boolean =>
  methods.length === 0 || methods.includes(method.toUpperCase());
