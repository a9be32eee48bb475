/** The compiled template as the rules see it: infra/main.json holds main.bicep and, inside it, each of its modules. */
export type Value = string | number | boolean | null | readonly Value[] | Fields;
export interface Fields {
  readonly [name: string]: Value;
}

interface Declared {
  readonly type: string;
  readonly defaultValue?: Value;
  readonly value?: Value;
  readonly metadata?: { readonly description?: string };
}

export interface Resource {
  readonly type: string;
  readonly version: string;
  /** Everything that is said of it, as it stands there. */
  readonly body: Fields;
}

export interface Module {
  readonly name: string;
  /** What main.bicep passes. */
  readonly passed: Fields;
}

export interface Template {
  /** `main`, or the name of a module. */
  readonly name: string;
  readonly parameters: Readonly<Record<string, Declared>>;
  readonly variables: Fields;
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: Readonly<Record<string, Declared>>;
}

interface Compiled {
  readonly parameters?: Template['parameters'];
  readonly variables?: Fields;
  /** By symbol where Bicep found a reason to keep the symbols. */
  readonly resources: readonly Fields[] | Readonly<Record<string, Fields>>;
  readonly outputs?: Template['outputs'];
}

const MODULE = 'Microsoft.Resources/deployments';

/** main.bicep first, then its modules. */
export const templatesOf = (compiled: string): readonly Template[] => inside('main', JSON.parse(compiled) as Compiled);

function inside(name: string, { parameters = {}, variables = {}, resources, outputs = {} }: Compiled) {
  const all = Object.values(resources);
  const modules = all.filter(({ type }) => type === MODULE);
  const template: Template = {
    name,
    parameters,
    variables,
    outputs,
    resources: all
      .filter(({ type }) => type !== MODULE)
      .map((body) => ({ type: String(body['type']), version: String(body['apiVersion']), body })),
    modules: modules.map((one) => ({ name: String(one['name']), passed: fieldsAt(one, 'properties', 'parameters') })),
  };
  const within = modules.flatMap((one): readonly Template[] =>
    inside(String(one['name']), at(one, 'properties', 'template') as unknown as Compiled),
  );
  return [template, ...within];
}

const isFields = (value: Value | undefined): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What lies there; undefined where the path leads nowhere. */
export const at = (value: Value | undefined, ...path: readonly string[]): Value | undefined =>
  path.reduce<Value | undefined>((found, name) => (isFields(found) ? found[name] : undefined), value);

export function fieldsAt(value: Value | undefined, ...path: readonly string[]): Fields {
  const found = at(value, ...path);
  return isFields(found) ? found : {};
}

export function listAt(value: Value | undefined, ...path: readonly string[]): readonly Value[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** The parameters and variables of which an expression makes use, wherever in the value it stands. */
export const uses = (value: unknown, name: string): boolean =>
  new RegExp(`\\b(?:parameters|variables)\\('${name.replace('$', '\\$')}'\\)`).test(JSON.stringify(value));

/** An expression in which variables that are plain text are written out. */
export const spelled = ({ variables }: Template, value: Value | undefined): string =>
  String(value ?? '').replace(/variables\('([^']+)'\)/g, (name, variable: string) => {
    const text = variables[variable];
    return typeof text === 'string' && !text.startsWith('[') ? `'${text}'` : name;
  });

/** `parameters('x')` inside an expression: what x is called. */
export const parameterIn = (value: Value | undefined): string | undefined =>
  /parameters\('([^']+)'\)/.exec(String(value ?? ''))?.[1];
