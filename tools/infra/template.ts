import type { Node } from 'web-tree-sitter';
import { literal, named, only, within } from './parse.ts';

export interface Parameter {
  readonly name: string;
  readonly decorators: ReadonlyMap<string, string | undefined>;
  readonly defaultValue: Node | undefined;
}

export interface Resource {
  readonly symbol: string;
  readonly type: string;
  readonly version: string;
  readonly existing: boolean;
  readonly body: Node | undefined;
}

export interface Module {
  readonly symbol: string;
  readonly path: string;
  readonly body: Node | undefined;
}

/** One Bicep file as the rules see it. */
export interface Template {
  readonly path: string;
  readonly root: Node;
  readonly parameters: readonly Parameter[];
  readonly variables: ReadonlyMap<string, Node>;
  readonly resources: readonly Resource[];
  readonly modules: readonly Module[];
  readonly outputs: ReadonlyMap<string, ReadonlyMap<string, string | undefined>>;
}

export const templateOf = (path: string, root: Node): Template => ({
  path,
  root,
  parameters: declared(root, 'parameter_declaration').map(({ node, name, decorators }) => ({
    name,
    decorators,
    defaultValue: afterEquals(node),
  })),
  variables: new Map(
    declared(root, 'variable_declaration').flatMap(({ node, name }) => {
      const value = afterEquals(node);
      return value ? [[name, value] as const] : [];
    }),
  ),
  resources: named(root, 'resource_declaration').map(resourceOf),
  modules: named(root, 'module_declaration').map((node) => ({
    symbol: only(node, 'identifier')?.text ?? '',
    path: literal(only(node, 'string')) ?? '',
    body: bodyOf(node),
  })),
  outputs: new Map(declared(root, 'output_declaration').map(({ name, decorators }) => [name, decorators])),
});

function resourceOf(node: Node): Resource {
  const [type = '', version = ''] = (literal(only(node, 'string')) ?? '').split('@');
  return {
    symbol: only(node, 'identifier')?.text ?? '',
    type,
    version,
    existing: node.children.some((child) => child.type === 'existing'),
    body: bodyOf(node),
  };
}

/** The object itself, whatever `if` and `for` stand around it. */
const bodyOf = (node: Node): Node | undefined => {
  const value = node.namedChildren.at(-1);
  if (!value || value.type === 'object') return value;
  return value.type === 'if_statement' || value.type === 'for_statement' ? bodyOf(value) : undefined;
};

/** What stands after the equals sign. */
const afterEquals = (node: Node): Node | undefined => {
  const at = node.children.findIndex((child) => child.type === '=');
  return at === -1 ? undefined : (node.children[at + 1] ?? undefined);
};

/** Decorators stand before what they decorate. */
function declared(root: Node, type: string) {
  const children = root.namedChildren.filter(
    (child) => child.type !== 'comment' && child.type !== 'diagnostic_comment',
  );
  return children.flatMap((node, at) => {
    if (node.type !== type) return [];
    const before = children[at - 1];
    const decorators = before?.type === 'decorators' ? decoratorsOf(before) : new Map<string, string | undefined>();
    return [{ node, name: only(node, 'identifier')?.text ?? '', decorators }];
  });
}

const decoratorsOf = (node: Node): ReadonlyMap<string, string | undefined> =>
  new Map(
    named(node, 'decorator').flatMap((decorator) => {
      const call = only(decorator, 'call_expression');
      const name = call && only(call, 'identifier')?.text;
      return name === undefined ? [] : [[name, literal(argumentsOf(call)[0])] as const];
    }),
  );

export const argumentsOf = (call: Node | null | undefined): readonly Node[] =>
  (call && only(call, 'arguments')?.namedChildren) ?? [];

/** Every name that is used as a value: neither a property nor what is just declared. */
export const used = (root: Node): readonly Node[] =>
  [...within(root)].filter((node) => {
    if (node.type !== 'identifier' || !node.parent) return false;
    const { parent } = node;
    if (parent.type === 'call_expression') return parent.childForFieldName('function')?.id !== node.id;
    if (parent.type === 'object_property') return parent.namedChildren[0]?.id !== node.id;
    if (parent.type.endsWith('_declaration')) return parent.namedChildren[0]?.id !== node.id;
    return true;
  });
