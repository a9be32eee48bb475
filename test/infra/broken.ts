import { join } from 'node:path';
import { bicepParser } from '../../tools/infra/parse.ts';
import { findings, type RuleName } from '../../tools/infra/rules.ts';
import { type Code, readCode, readTexts, worldOf } from '../../tools/infra/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export const TEXTS = readTexts(join(ROOT, 'infra'));
export const CODE = readCode(ROOT);

const parser = await bicepParser();
const trees = new Map<string, ReturnType<typeof parser>>();
/** One change leaves the other files as they were: they are read once. */
export const parse: typeof parser = (text) => {
  const tree = trees.get(text) ?? parser(text);
  trees.set(text, tree);
  return tree;
};

/** One change in one file. What is looked for has to be there: a fault that is not made proves nothing. */
export function change(path: string, what: string, by: string): ReadonlyMap<string, string> {
  const text = TEXTS.get(path);
  if (!text?.includes(what)) throw new Error(`${path} does not say ${what}`);
  return new Map(TEXTS).set(path, text.replace(what, by));
}

/** What the rules say, each with its rule. */
export const complaints = (texts: ReadonlyMap<string, string>, code: Code = CODE): readonly string[] =>
  findings(worldOf(texts, parse, code)).map(({ rule, finding }) => `${rule}: ${finding}`);

export const of = (rule: RuleName, said: readonly string[]): readonly string[] =>
  said.filter((one) => one.startsWith(`${rule}: `));
