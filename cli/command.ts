import type { Fields, Json } from './json.ts';
import type { Given, OptionName } from './options.ts';
import type { Shown } from './output/shown.ts';

export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Names are put in by `path`, so that none of them leads elsewhere. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers bodies. `list` follows a list to its end. Both throw a `refused` or `unreachable`. */
export interface Service {
  readonly send: (request: Request) => Promise<Fields>;
  readonly list: (request: Request) => Promise<readonly Fields[]>;
}

/** What a command may ask of whoever typed it. */
export interface Person {
  readonly ask: (question: string) => Promise<string | undefined>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface Command {
  /** The words that call it; a group's first command may be called by the group alone. */
  readonly words: readonly string[];
  readonly isDefault?: true;
  readonly help: string;
  readonly needs?: readonly OptionName[];
  readonly takes?: readonly OptionName[];
  readonly examples: readonly string[];
  /** What is wrong with the options taken together. */
  readonly check?: (given: Given) => string | undefined;
  readonly run: (given: Given, service: Service, person: Person) => Promise<Json>;
  readonly view: (answer: Json, given: Given) => Shown;
}

export const optionsOf = ({ needs = [], takes = [] }: Command): readonly OptionName[] => [...needs, ...takes];
