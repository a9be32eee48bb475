import type { Json, Paths, Schemas } from './openapi.ts';
import { settled } from './settle.ts';

const RANK = ['path', 'query', 'header'];
const rankOf = (one: Json): number => RANK.indexOf(`${one['in']}`) + (one['name'] === 'api-version' ? 0.5 : 0);

/** A parameter says its words itself; its schema does not repeat them. */
function tidy({ schema, ...one }: Json): Json {
  const { description: _, ...rest } = settled(schema as Json);
  return { required: false, ...one, schema: rest };
}

/** Only of what is nothing but a refusal. */
function codesOf(response: Json): readonly string[] | undefined {
  const header = (response['headers'] as Schemas)['x-ms-error-code'];
  return header?.['required'] === true ? (header['schema'] as { enum: readonly string[] }).enum : undefined;
}

/** Parameters and responses that are the same in several operations stand once, among the components. */
export function share(paths: Paths): { readonly parameters: Schemas; readonly responses: Schemas } {
  const parameters: Schemas = {};
  const responses: Schemas = {};
  const refer = (into: Schemas, kind: string, name: string, value: Json): Json => {
    const known = into[name];
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(value)) return value;
    into[name] = value;
    return { $ref: `#/components/${kind}/${name}` };
  };
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path))) {
    operation['parameters'] = (operation['parameters'] as readonly Json[])
      .map(tidy)
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map((one) => refer(parameters, 'parameters', `${one['name']}`, one));
    const own = Object.entries(operation['responses'] as Schemas);
    operation['responses'] = Object.fromEntries(
      own.map(([status, response]) => {
        const codes = codesOf(response);
        return [status, codes ? refer(responses, 'responses', `${status}.${codes.join('.')}`, response) : response];
      }),
    );
  }
  return { parameters, responses };
}
