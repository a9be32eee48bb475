import type { Neighbours } from './neighbours.ts';
import type { Options } from './options.ts';

/** What the ready line and the table tell; a part adds the ones it brings. */
export const FACTS = ['api', 'portal', 'mail', 'idp', 'storage', 'executor'] as const;

/** The example executor, and the container that it may touch; null: it was not wished for. */
type Executor = { readonly name: string; readonly container: string } | null;

export type Facts = { readonly [F in (typeof FACTS)[number]]?: F extends 'executor' ? Executor : string };

/** Settings of the function app, as environment variables. */
export type Settings = Readonly<Record<string, string>>;

interface Stage {
  readonly options: Options;
  readonly root: string;
  /** What the parts before this one want the function app to know. */
  readonly settings: Settings;
  /** What the parts before this one brought. */
  readonly facts: Facts;
  /** The ports of the run; a part adds its own. */
  readonly neighbours: Neighbours;
  /** Where a child may write: the same place as `say`. */
  readonly output: 1 | 2;
  say(line: string): void;
  /** To be called as soon as there is something to stop. Stops run in reverse; `at once` is for the impatient. */
  onStop(stop: (haste: Haste) => Promise<void>): void;
  /** A part that ends by itself ends the whole run with this sentence. */
  died(sentence: string): void;
}

export type Haste = 'in peace' | 'at once';

/** One piece of the local run. They start in the order of `parts.ts`, each knowing the settings of those before it. */
export interface Part {
  readonly name: string;
  /** The fixed ports it will listen on, by the option that moves them. */
  ports(options: Options): readonly { readonly option: string; readonly port: number }[];
  start(stage: Stage): Promise<{ readonly facts: Facts; readonly settings: Settings }>;
}
