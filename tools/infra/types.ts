import type { Node } from 'web-tree-sitter';
import { fields, literal } from './parse.ts';
import type { Template } from './template.ts';
import type { Discriminated, Entry, Known, ObjectType } from './typeData.ts';
import type { Finding } from './world.ts';

/** Properties of Bicep itself, not of the resource. */
const BICEP: ReadonlySet<string> = new Set(['parent', 'scope', 'dependsOn', 'name']);
const PRIMITIVES: ReadonlySet<string> = new Set(['string', 'int', 'bool', 'any', 'object', 'null']);

type Shape = ObjectType | Discriminated;

/** Every resource of a file, held against what is known of its type: names, what is required or read-only, kinds of values. */
export const typeFindings = (template: Template, known: ReadonlyMap<string, Known>): readonly Finding[] =>
  template.resources.flatMap(({ symbol, type, version, existing, body }): readonly Finding[] => {
    const { version: newest, entries } = known.get(type) ?? { version: undefined, entries: [] };
    const where = `${template.path}: ${symbol}`;
    if (newest !== undefined && newest !== version && !version.endsWith('-preview'))
      return [`${where}: version ${version} of ${type} is not the one with known types, ${newest}`];
    const resource = entries.find((entry) => entry.$type === 'Resource');
    if (existing || !resource || !body) return [];
    const shapes = new Map(entries.filter(isShape).map((shape) => [shape.name, shape]));
    return inObject(body, resource.bodyType, { shapes, where, top: true });
  });

const isShape = (entry: Entry): entry is Shape => entry.$type === 'Object' || entry.$type === 'DiscriminatedObject';

interface Place {
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly where: string;
  readonly top?: boolean;
}

function inObject(node: Node, shape: Shape, place: Place): readonly Finding[] {
  const { properties, more } = propertiesOf(node, shape);
  const given = fields(node);
  const known = new Map(properties.map((one) => [one.name, one]));
  const isBiceps = (name: string) => place.top === true && BICEP.has(name);
  const missing = properties
    .filter(({ name, flags = '' }) => flags.includes('Required') && !given.has(name) && !isBiceps(name))
    .map(({ name }) => `${place.where}: ${name} is required`);
  const wrong = [...given].flatMap(([name, value]): readonly Finding[] => {
    const property = known.get(name);
    const inside = { shapes: place.shapes, where: `${place.where}.${name}` };
    if (property?.flags?.includes('ReadOnly') && !isBiceps(name)) return [`${inside.where} is read-only`];
    if (property) return inValue(value, property.type, inside);
    if (isBiceps(name)) return [];
    return more === undefined ? [`${inside.where}: there is no such property`] : inValue(value, more, inside);
  });
  return [...missing, ...wrong];
}

/** Which of several shapes is meant says one property with a fixed value. */
function propertiesOf(node: Node, shape: Shape) {
  if (shape.$type === 'Object') return { properties: shape.properties, more: shape.additionalPropertiesType };
  const { discriminator, baseProperties, elements } = shape;
  const wanted = literal(fields(node).get(discriminator));
  const element = elements.find(({ properties }) =>
    properties.some(({ name, type }) => name === discriminator && type === wanted),
  );
  return {
    properties: [
      ...baseProperties,
      ...(element?.properties ?? [{ name: discriminator, type: 'one of the known shapes' }]),
    ],
    more: element?.additionalPropertiesType,
  };
}

function inValue(node: Node, type: string, place: Place): readonly Finding[] {
  const value = node.type === 'for_statement' ? node.childForFieldName('body') : node;
  if (!value) return [];
  const looped = value !== node;
  if (type.endsWith('[]') && !type.includes(' | ')) {
    const element = type.slice(0, -2);
    if (looped) return inValue(value, element, place);
    if (node.type === 'array') return node.namedChildren.flatMap((item) => inValue(item, element, place));
    return isLiteral(node) ? [`${place.where} is a list`] : [];
  }
  const shape = place.shapes.get(type);
  if (shape && value.type === 'object') return inObject(value, shape, place);
  if (shape) return isLiteral(value) ? [`${place.where} is an object`] : [];
  return fits(value, type.split(' | ')) ? [] : [`${place.where}: ${value.text.slice(0, 40)} is not ${type}`];
}

const isLiteral = (node: Node): boolean => ['string', 'number', 'boolean', 'array', 'object'].includes(node.type);

/** Expressions have types that only the compiler knows. */
function fits(node: Node, allowed: readonly string[]): boolean {
  if (allowed.includes('any')) return true;
  const says = (type: string) => allowed.includes(type);
  if (node.type === 'string') {
    const text = literal(node);
    return text === undefined || says('string') || (says(text) && !PRIMITIVES.has(text));
  }
  if (node.type === 'number') return says('int') || says(node.text);
  if (node.type === 'boolean') return says('bool') || says(node.text);
  if (node.type === 'array') return allowed.some((type) => type.endsWith('[]'));
  if (node.type === 'object') return allowed.some((type) => !PRIMITIVES.has(type) || type === 'object');
  return true;
}
