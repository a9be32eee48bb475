import { field, fields } from './parse.ts';
import { type Template, used } from './template.ts';
import type { Finding, Rule } from './world.ts';

/** Every parameter and output is described, every parameter and variable is used. */
export const described: Rule = ({ templates }) =>
  templates.flatMap((template) => [...undescribed(template), ...unused(template)]);

function undescribed({ path, parameters, outputs }: Template): readonly Finding[] {
  const all = [
    ...parameters.map(({ name, decorators }) => ({ what: `the parameter ${name}`, decorators })),
    ...[...outputs].map(([name, decorators]) => ({ what: `the output ${name}`, decorators })),
  ];
  return all
    .filter(({ decorators }) => !decorators.get('description'))
    .map(({ what }) => `${path}: ${what} is not described`);
}

function unused({ path, root, parameters, variables }: Template): readonly Finding[] {
  const names = new Set(used(root).map(({ text }) => text));
  return [...parameters.map(({ name }) => name), ...variables.keys()]
    .filter((name) => !names.has(name))
    .map((name) => `${path}: ${name} is declared and not used`);
}

interface ParameterFile {
  readonly parameters: { readonly [name: string]: { readonly value: unknown } };
}

/** Modules exist and get what they ask for; the parameter file names parameters that are there. */
export const given: Rule = (world) => [
  ...world.templates.flatMap((template) =>
    template.modules.flatMap((module) => inModule(world.templates, template, module)),
  ),
  ...fileFindings(world.templates, world.texts.get('main.parameters.json')),
];

function inModule(
  templates: readonly Template[],
  { path }: Template,
  module: Template['modules'][number],
): readonly Finding[] {
  const target = templates.find((one) => one.path === module.path);
  if (!target) return [`${path}: there is no module ${module.path}`];
  return compare(`${path}: the module ${module.symbol}`, target, [...fields(field(module.body, 'params')).keys()]);
}

function compare(where: string, target: Template, passed: readonly string[]): readonly Finding[] {
  const known = target.parameters.map(({ name }) => name);
  return [
    ...passed.filter((name) => !known.includes(name)).map((name) => `${where} has no parameter ${name}`),
    ...target.parameters
      .filter(({ name, defaultValue }) => !defaultValue && !passed.includes(name))
      .map(({ name }) => `${where} is not given ${name}`),
  ];
}

function fileFindings(templates: readonly Template[], text: string | undefined): readonly Finding[] {
  const main = templates.find(({ path }) => path === 'main.bicep');
  if (!main || text === undefined) return ['main.bicep or main.parameters.json is not there'];
  const { parameters } = JSON.parse(text) as ParameterFile;
  return compare('main.parameters.json: main.bicep', main, Object.keys(parameters));
}
