import type { Node } from 'web-tree-sitter';
import { within } from './parse.ts';
import { type Template, used } from './template.ts';
import type { Finding, Rule } from './world.ts';

/** Functions of Bicep that these files use. A name that is neither here nor declared is a slip of the pen. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  `empty environment guid loadTextContent resourceGroup resourceId split string subscription subscriptionResourceId tenant toLower trim
  union uniqueString`.split(/\s+/),
);
const DECORATORS: ReadonlySet<string> = new Set(
  'allowed description maxLength maxValue minLength minValue secure'.split(' '),
);
/** Not names but types and words of the language. */
const WORDS: ReadonlySet<string> = new Set(['string', 'int', 'bool', 'object', 'array', 'null', 'true', 'false']);

/** Every name is declared somewhere, every output of a module is one that it has. */
export const names: Rule = ({ templates }) =>
  templates.flatMap((template) => [
    ...undeclared(template),
    ...unknownCalls(template),
    ...wrongOutputs(templates, template),
  ]);

function undeclared({ path, root, parameters, variables, resources, modules }: Template): readonly Finding[] {
  const loops = [...within(root)].filter(isLoopName).map(({ text }) => text);
  const known = new Set([
    ...parameters.map(({ name }) => name),
    ...variables.keys(),
    ...resources.map(({ symbol }) => symbol),
    ...modules.map(({ symbol }) => symbol),
    ...loops,
    ...WORDS,
  ]);
  return used(root)
    .filter(({ text }) => !known.has(text))
    .map(({ text, startPosition }) => `${path}:${startPosition.row + 1}: nothing is called ${text}`);
}

const isLoopName = (node: Node): boolean =>
  node.type === 'loop_variable' ||
  node.type === 'loop_enumerator' ||
  (node.type === 'identifier' && node.parent?.childForFieldName('initializer')?.id === node.id);

const unknownCalls = ({ path, root }: Template): readonly Finding[] =>
  [...within(root)].flatMap((node) => {
    const name = node.type === 'call_expression' ? node.childForFieldName('function') : null;
    if (name?.type !== 'identifier') return [];
    const known = node.parent?.type === 'decorator' ? DECORATORS : FUNCTIONS;
    return known.has(name.text)
      ? []
      : [`${path}:${name.startPosition.row + 1}: ${name.text} is no function that we use`];
  });

const OUTPUT = /^(\w+)!?\.outputs\.(\w+)$/;

const wrongOutputs = (templates: readonly Template[], { path, root, modules }: Template): readonly Finding[] =>
  [...within(root)].flatMap((node) => {
    const [, symbol, output] = (node.type === 'member_expression' && OUTPUT.exec(node.text)) || [];
    const module = modules.find((one) => one.symbol === symbol);
    const target = templates.find((one) => one.path === module?.path);
    if (!target || output === undefined || target.outputs.has(output)) return [];
    return [`${path}:${node.startPosition.row + 1}: ${target.path} has no output ${output}`];
  });
