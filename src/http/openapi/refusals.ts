import { type Code, PROBLEMS } from '../../core/problems.ts';
import { isKept, type Route } from '../route.ts';
import type { Operation } from './operation.ts';

const namesIn = ({ path }: Route): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);

/** What routes refuse before their own story begins: read off the route, as the pipeline does. */
const COMMON: readonly (readonly [(route: Route) => boolean, readonly Code[]])[] = [
  [() => true, ['UnsupportedApiVersionValue', 'ServiceUnavailable', 'InternalError']],
  [({ who }) => who !== 'anyone', ['Unauthenticated', 'Forbidden', 'TooManyAttempts']],
  [(route) => namesIn(route).length > 0, ['InvalidName', 'RouteNotFound']],
  [({ body }) => body !== undefined, ['InvalidRequest', 'RequestTooLarge', 'UnsupportedMediaType']],
  [({ query }) => query !== undefined, ['InvalidRequest']],
  [(route) => isKept(route), ['InvalidRequest', 'IdempotencyKeyReused', 'RequestInProgress']],
];

/** Every code that an operation may answer, by its status. */
export function refusalsOf(route: Route, { codes }: Operation): ReadonlyMap<number, readonly Code[]> {
  const common = COMMON.flatMap(([applies, some]) => (applies(route) ? some : []));
  const all = [...new Set<Code>([...common, ...codes])];
  const byStatus = new Map<number, Code[]>();
  for (const code of all.toSorted()) byStatus.set(PROBLEMS[code], [...(byStatus.get(PROBLEMS[code]) ?? []), code]);
  return new Map([...byStatus].toSorted(([a], [b]) => a - b));
}
