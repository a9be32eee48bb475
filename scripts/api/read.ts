import { movableClock } from '../../src/clock.ts';
import { type ApiDocument, documentOf } from '../../tools/api/document.ts';
import type { Json } from '../../tools/api/document.ts';
import { routesOf } from '../../src/http/routes.ts';

/** The document of a local run, which has every route that there is. */
export const readDocument = (): ApiDocument =>
  documentOf(routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local'));

export interface Described {
  readonly id: string;
  readonly verb: string;
  readonly path: string;
  readonly operation: Json;
}

export const operationsOf = ({ paths }: ApiDocument): readonly Described[] =>
  Object.entries(paths).flatMap(([path, verbs]) =>
    Object.entries(verbs).map(([verb, operation]) => ({
      id: `${operation['operationId']}`,
      verb: verb.toUpperCase(),
      path,
      operation,
    })),
  );

/** What a reference refers to; anything else is itself. */
export const resolve = (document: ApiDocument, value: Json): Json =>
  typeof value['$ref'] === 'string'
    ? (value['$ref']
        .split('/')
        .slice(1)
        .reduce<unknown>((at, part) => (at as Json)[part], document) as Json)
    : value;
