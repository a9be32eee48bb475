import type { Fields } from './json.ts';

/** Why a command came to nothing. Each kind is an exit code. */
export type Trouble =
  | { readonly kind: 'usage'; readonly message: string; readonly help: string }
  | { readonly kind: 'unreachable'; readonly message: string }
  | ({ readonly kind: 'refused' } & Refusal);

export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
  readonly retryAfter: string | undefined;
  /** The service's own `error`, whole. */
  readonly error: Fields;
}

export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3 } as const;

/** Thrown, because a refusal ends a command wherever it stands; `run` is the one that catches it. */
const troubles = new WeakMap<Error, Trouble>();

export function inTrouble(trouble: Trouble): Error {
  const error = new Error(trouble.message);
  troubles.set(error, trouble);
  return error;
}

/** That one refusal is an answer too; everything else goes on up. */
export const unless =
  <T>(code: string, instead: T) =>
  (error: unknown): T => {
    const trouble = troubleIn(error);
    if (trouble?.kind === 'refused' && trouble.code === code) return instead;
    throw error;
  };

export const usage = (message: string, help = 'reprieve --help'): Error => inTrouble({ kind: 'usage', message, help });

export const troubleIn = (error: unknown): Trouble | undefined =>
  error instanceof Error ? troubles.get(error) : undefined;
