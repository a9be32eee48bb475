import { join } from 'node:path';
import { findings, type RuleName } from '../../tools/infra/rules.ts';
import { type Code, readCode, readTexts, worldOf } from '../../tools/infra/world.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export const TEXTS = readTexts(ROOT);
export const CODE = readCode(ROOT);

/** One change in one file. What is looked for has to be there: a fault that is not made proves nothing. */
export function change(path: string, what: string | RegExp, by: string): ReadonlyMap<string, string> {
  const text = TEXTS.get(path) ?? '';
  const changed = text.replace(what, by);
  if (changed === text) throw new Error(`${path} does not say ${what}`);
  return new Map(TEXTS).set(path, changed);
}

/** What the rules say, each with its rule. */
export const complaints = (texts: ReadonlyMap<string, string>, code: Code = CODE): readonly string[] =>
  findings(worldOf(texts, code)).map(({ rule, finding }) => `${rule}: ${finding}`);

export const of = (rule: RuleName, said: readonly string[]): readonly string[] =>
  said.filter((one) => one.startsWith(`${rule}: `));
