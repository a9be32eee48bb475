import { sameRoute, shadowedOnAzure } from '../http/overlap.ts';
import type { Route } from '../http/routes.ts';
import type { HostedFunction } from './functions.ts';

const routeOf = ({ name, trigger }: HostedFunction): Route[] =>
  trigger.kind === 'http' ? [{ name, template: trigger.template, methods: trigger.methods }] : [];

/** The second of two functions with one route and a common method goes into error, in Azure's words. */
export function withoutConflicts(functions: readonly HostedFunction[]): HostedFunction[] {
  const kept: HostedFunction[] = [];
  for (const candidate of functions) {
    const [route] = routeOf(candidate);
    const rival = route && kept.find((other) => routeOf(other).some((taken) => sameRoute(taken, route)));
    kept.push(rival ? { ...candidate, trigger: inConflictWith(rival.name) } : candidate);
  }
  return kept;
}

const inConflictWith = (name: string) =>
  ({ kind: 'error', sentence: `The route specified conflicts with the route defined by function '${name}'.` }) as const;

export const routeWarnings = (functions: readonly HostedFunction[]): string[] =>
  shadowedOnAzure(functions.flatMap(routeOf)).map(
    ({ winsHere, winsOnAzure }) =>
      `Warning: some requests that reach '${winsHere}' here go to '${winsOnAzure}' on Azure, which takes the first match by function name. Constrain the parameter or rename a function.`,
  );
