import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { ApiDocument, Json } from './openapi.ts';

type Judge = (schema: Json, value: unknown) => readonly string[];
const judges = new WeakMap<ApiDocument, Judge>();

/** What is wrong with a value by a schema that may refer to the document's. Each schema is compiled once. */
export const judge = (document: ApiDocument, schema: Json, value: unknown): readonly string[] => {
  const known = judges.get(document) ?? judgeOf(document);
  judges.set(document, known);
  return known(schema, value);
};

function judgeOf(document: ApiDocument): Judge {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  // a point of the year 9999 may end in the year +010029, which ISO 8601 knows and RFC 3339 does not
  ajv.addFormat('date-time', /^(?:\d{4}|\+\d{6})-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/);
  ajv.addSchema(document, 'api:');
  const compiled = new Map<string, ReturnType<typeof ajv.compile>>();
  return (schema, value) => {
    // a reference is relative to what it stands in
    const text = JSON.stringify(schema).replaceAll('"#/', '"api:#/');
    const validate = compiled.get(text) ?? ajv.compile(JSON.parse(text) as Json);
    compiled.set(text, validate);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}
