import { within } from './parse.ts';
import type { Template } from './template.ts';
import type { Discriminated, Entry, Known, ObjectType } from './typeData.ts';
import type { Finding } from './world.ts';

const CHAIN = /^(\w+)((?:\.\w+)+)$/;

/** What is read off a resource, `app.properties.defaultHostName`, is there to be read. */
export const readFindings = (template: Template, known: ReadonlyMap<string, Known>): readonly Finding[] =>
  [...within(template.root)].flatMap((node): readonly Finding[] => {
    const [, symbol, path = ''] = (node.type === 'member_expression' && CHAIN.exec(node.text)) || [];
    const type = template.resources.find((one) => one.symbol === symbol)?.type ?? '';
    const entries = known.get(type)?.entries ?? [];
    if (entries.length === 0 || leads(entries, path.slice(1).split('.'))) return [];
    return [`${template.path}:${node.startPosition.row + 1}: ${type} has no ${path.slice(1)}`];
  });

/** Does the path lead to something? From where the types end, everything is believed. */
function leads(entries: readonly Entry[], [first, ...rest]: readonly string[], from = bodyIn(entries)): boolean {
  if (first === undefined || !from || from.$type !== 'Object' || from.additionalPropertiesType !== undefined)
    return true;
  const property = from.properties.find(({ name }) => name === first);
  if (!property) return false;
  const next = entries.find((entry): entry is ObjectType => entry.$type === 'Object' && entry.name === property.type);
  return next ? leads(entries, rest, next) : rest.length === 0 || property.type === 'any';
}

const bodyIn = (entries: readonly Entry[]): ObjectType | Discriminated | undefined =>
  entries.find((entry) => entry.$type === 'Resource')?.bodyType;
