import { fileURLToPath } from 'node:url';
import { Language, type Node, Parser } from 'web-tree-sitter';

const GRAMMAR = fileURLToPath(import.meta.resolve('tree-sitter-bicep/tree-sitter-bicep.wasm'));

/** The grammar is not the compiler: what parses may still be refused by Bicep, for its types above all. */
export async function bicepParser(): Promise<(text: string) => Node> {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(GRAMMAR));
  return (text) => {
    const tree = parser.parse(text);
    if (!tree) throw new Error('the parser gave no tree');
    return tree.rootNode;
  };
}

/** The node and everything in it, outermost first. */
export function* within(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children) yield* within(child);
}

export const named = (node: Node, type: string): readonly Node[] =>
  node.namedChildren.filter((child) => child.type === type);

export const only = (node: Node, ...types: readonly string[]): Node | undefined =>
  node.namedChildren.find((child) => types.includes(child.type));

/** What stands between the quotes; undefined where something is interpolated. */
export function literal(node: Node | undefined): string | undefined {
  if (node?.type !== 'string' || only(node, 'interpolation')) return undefined;
  return named(node, 'string_content')
    .map(({ text }) => text)
    .join('')
    .replaceAll("\\'", "'");
}

/** The properties of an object literal, by name. */
export function fields(object: Node | undefined): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
  if (object?.type !== 'object') return found;
  for (const property of named(object, 'object_property')) {
    const [key, value] = property.namedChildren;
    const name = key && (literal(key) ?? key.text);
    if (name !== undefined && value) found.set(name, value);
  }
  return found;
}

export const field = (object: Node | undefined, ...path: readonly string[]): Node | undefined =>
  path.reduce<Node | undefined>((at, name) => fields(at).get(name), object);
