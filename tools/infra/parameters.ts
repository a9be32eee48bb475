import { type Template, uses } from './template.ts';
import { type Finding, type Rule, templateOf, type World } from './world.ts';

/** Every parameter and output is described, every parameter and variable is used. */
export const described: Rule = ({ templates }) =>
  templates.flatMap((template) => [...undescribed(template), ...unused(template)]);

function undescribed({ name, parameters, outputs }: Template): readonly Finding[] {
  const all = [
    ...Object.entries(parameters).map(([one, declared]) => [`the parameter ${one}`, declared] as const),
    ...Object.entries(outputs).map(([one, declared]) => [`the output ${one}`, declared] as const),
  ];
  return all.filter(([, { metadata }]) => !metadata?.description).map(([what]) => `${name}: ${what} is not described`);
}

const unused = ({ name, parameters, variables, ...rest }: Template): readonly Finding[] =>
  [...Object.keys(parameters), ...Object.keys(variables)]
    .filter((one) => one !== 'copy' && !uses({ variables, rest }, one))
    .map((one) => `${name}: ${one} is declared and not used`);

/** Modules get what they ask for; the parameter file names parameters that are there. */
export const given: Rule = (world) => [
  ...templateOf(world, 'main').modules.flatMap((module) =>
    compare(`main: the module ${module.name}`, templateOf(world, module.name), Object.keys(module.passed)),
  ),
  ...compare('main.parameters.json: main.bicep', templateOf(world, 'main'), Object.keys(parameterFile(world))),
];

function compare(where: string, { parameters }: Template, passed: readonly string[]): readonly Finding[] {
  return [
    ...passed.filter((name) => !Object.hasOwn(parameters, name)).map((name) => `${where} has no parameter ${name}`),
    ...Object.entries(parameters)
      .filter(([name, { defaultValue }]) => defaultValue === undefined && !passed.includes(name))
      .map(([name]) => `${where} is not given ${name}`),
  ];
}

/** What azd passes, by parameter: `${NAME}` or `${NAME=what else}`. */
export function parameterFile({ texts }: World): Readonly<Record<string, string>> {
  const { parameters = {} } = JSON.parse(texts.get('infra/main.parameters.json') ?? '{}') as {
    parameters?: { [name: string]: { value: unknown } };
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, { value }]) => [name, String(value)]));
}

/** What azd itself keeps of an environment, and secrets, which the vault keeps. */
const OTHERWISE_KEPT: readonly string[] = ['environmentName', 'location'];

/**
 * What a deployment was given is an output under the same name: `azd env refresh` reads it into an empty environment, so that a
 * deployment that passes one value resets no other.
 */
export const kept: Rule = (world) => {
  const { parameters, outputs } = templateOf(world, 'main');
  return Object.entries(parameterFile(world)).flatMap(([parameter, value]): readonly Finding[] => {
    if (OTHERWISE_KEPT.includes(parameter) || parameters[parameter]?.type === 'securestring') return [];
    const name = /^\$\{(\w+)(?:=[^}]*)?\}$/.exec(value)?.[1];
    if (name === undefined) return [`main.parameters.json: ${parameter} is not \${NAME}`];
    const output = outputs[name];
    if (!output || !uses(output.value, parameter)) return [`main: no output ${name} tells what ${parameter} was`];
    // azd would write a million as 1e+06
    return output.type === 'string' ? [] : [`main: the output ${name} has to be text`];
  });
};
