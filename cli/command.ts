import type { Client } from '../client/client.ts';
import type { Json } from './json.ts';
import type { Given, OptionName } from './options.ts';
import type { Shown } from './output/shown.ts';

/** What a command may ask the person who typed it. */
export interface Person {
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** For what is too long to be held until the end. */
  readonly out: (text: string) => void;
}

export interface Command {
  /** The words that call it. The default command of a group may be called by the group alone. */
  readonly words: readonly string[];
  readonly isDefault?: true;
  readonly help: string;
  /** What the file is that stands behind the words. Commands without it take none. */
  readonly file?: string;
  readonly needs?: readonly OptionName[];
  readonly takes?: readonly OptionName[];
  readonly examples: readonly string[];
  /** What is wrong with the options when they are looked at together. */
  readonly check?: (given: Given) => string | undefined;
  readonly run: (given: Given, client: Client, person: Person) => Promise<Json>;
  readonly view: (answer: Json, given: Given) => Shown;
}

export const optionsOf = ({ needs = [], takes = [] }: Command): readonly OptionName[] => [...needs, ...takes];

/** The names in the path of a call. Parsing has seen to it that those a command needs are there. */
export const named = <N extends OptionName>(given: Given, ...names: readonly N[]): Readonly<Record<N, string>> =>
  Object.fromEntries(names.map((name) => [name, given[name] ?? ''])) as Record<N, string>;
