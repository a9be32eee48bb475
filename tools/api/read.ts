import type { ApiDocument, Json } from './openapi.ts';
import { localDocument } from './write.ts';

export const readDocument = localDocument;

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
