import { fits, sameText } from './match.ts';
import { byName, byPrecedence, type Route } from './routes.ts';
import { parametersOf, type Segment } from './template.ts';

export interface Shadowed {
  readonly winsHere: string;
  readonly winsOnAzure: string;
}

/**
 * Azure sorts functions by name and takes the first route that matches; it does *not* apply ASP.NET's precedence
 * (Azure/azure-functions-host issue 9876, azure-functions-nodejs-library issue 300). So `items/{id}` of `getItem`
 * hides `items/recent` of `recentItems` there, but not here. Pairs whose outcome would differ are named at start:
 * constrain the parameter or rename a function.
 */
export function shadowedOnAzure(routes: readonly Route[]): Shadowed[] {
  return routes.flatMap((a) =>
    routes
      .filter((b) => byPrecedence(a, b) < 0 && byName(b, a) < 0 && shareMethod(a, b) && overlap(a, b))
      .map((b) => ({ winsHere: a.name, winsOnAzure: b.name })),
  );
}

/** Azure refuses the second of two functions with the same route and a common method. */
export const sameRoute = (a: Route, b: Route): boolean =>
  sameText(a.template.text, b.template.text) && shareMethod(a, b);

const shareMethod = (a: Route, b: Route): boolean =>
  a.methods.length === 0 || b.methods.length === 0 || a.methods.some((method) => b.methods.includes(method));

const overlap = (a: Route, b: Route): boolean => tail(a.template.segments, b.template.segments);

function tail([a, ...restA]: readonly Segment[], [b, ...restB]: readonly Segment[]): boolean {
  if (!a && !b) return true;
  if ((a && isCatchAll(a)) || (b && isCatchAll(b))) return true;
  if (!a) return mayBeAbsent(b);
  if (!b) return mayBeAbsent(a);
  return canShare(a, b) && tail(restA, restB);
}

const isCatchAll = (segment: Segment): boolean => parametersOf(segment).some(({ catchAll }) => catchAll);
const mayBeAbsent = (segment: Segment | undefined): boolean =>
  segment !== undefined && parametersOf(segment).some(({ optional, fallback }) => optional || fallback !== undefined);

/** Exact for literals. Two parameters are taken to overlap: whether two constraints can both hold is not decidable. */
function canShare(segmentA: Segment, segmentB: Segment): boolean {
  const [a] = segmentA;
  const [b] = segmentB;
  if (!a || !b || segmentA.length > 1 || segmentB.length > 1) return true;
  if ('literal' in a && 'literal' in b) return sameText(a.literal, b.literal);
  if ('literal' in a) return 'parameter' in b && fits(b.parameter, a.literal);
  if ('literal' in b) return fits(a.parameter, b.literal);
  return true;
}
