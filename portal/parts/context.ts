import type { Api } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import type { Content } from '../dom/h.ts';
import type { Place } from '../router.ts';

export type Tone = 'success' | 'warning' | 'error' | 'info';

/** What a view has at hand. */
export interface Context {
  readonly api: Api;
  readonly place: Place;
  /** Where the clock can be moved, and a person can be anybody. */
  readonly local: boolean;
  /** The service's idea of now. */
  readonly now: Date;
  /** Reads and shows this place again, with the focus where it was. */
  refresh(): void;
  /** Told to everybody, readers of screens too. */
  say(text: string, tone: Tone): void;
}

export interface Page {
  readonly title: string;
  /** The places above this one. */
  readonly trail?: readonly { readonly text: string; readonly href: string }[];
  readonly actions?: Content;
  readonly body: Content;
}

export type View = (context: Context) => Promise<Page | Problem>;

export const isProblem = (result: Page | Problem): result is Problem => 'code' in result;
