import type { Operations } from './api.ts';
import type { ReprieveError } from './problem.ts';

export type Operation = keyof Operations;

/** Where the service is and who calls it. Everything but `url` has a default that works in browsers and in Node. */
export interface ClientOptions {
  /** Where the service is, with a gateway's path if there is one. Empty: the origin of the page. */
  readonly url: string;
  /** Asked before every try, so that it may be fresh. No token: the call goes out without one. */
  readonly token?: string | undefined | (() => string | undefined | Promise<string | undefined>);
  /** Asked when the service demands a second factor. True: there is one now, and the call is repeated under its key. */
  readonly stepUp?: () => Promise<boolean>;
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
  /** How often a call is tried in all. */
  readonly tries?: number;
  /** How long a call may wait between its tries, in all. A longer `Retry-After` is handed to the caller. */
  readonly longestWaitMs?: number;
  /** How long one try may take. */
  readonly timeoutMs?: number;
  readonly newKey?: () => string;
  readonly sleep?: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly now?: () => number;
  /** From 0 up to 1: spreads the retries of many callers. */
  readonly random?: () => number;
}

/** An optional field may also be given as undefined, which is the same as leaving it out. */
type OrUndefined<T> = T extends object
  ? { [K in keyof T]: Record<never, never> extends Pick<T, K> ? T[K] | undefined : T[K] }
  : T;

export type Wish<O extends Operation> = {
  readonly query?: OrUndefined<Operations[O]['query']>;
  /** The call is refused if the resource is no longer the one that had this etag. */
  readonly etag?: string | undefined;
  /** Made up for every write where it is not given. Give your own to repeat a call after a restart of your program. */
  readonly idempotencyKey?: string | undefined;
  readonly securityPin?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends the call, also while it waits for its next try. The call then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
} & (keyof Operations[O]['names'] extends never ? unknown : { readonly names: Operations[O]['names'] }) &
  (undefined extends Operations[O]['body']
    ? { readonly body?: OrUndefined<Operations[O]['body']> }
    : { readonly body: OrUndefined<Operations[O]['body']> });

/** The wish may be left out where an operation takes nothing. */
export type Asked<O extends Operation> = Record<never, never> extends Wish<O> ? [wish?: Wish<O>] : [wish: Wish<O>];

export type Value<O extends Operation> = Operations[O]['answer'];

export type Answer<O extends Operation> =
  | { readonly ok: true; readonly status: number; readonly value: Value<O>; readonly headers: Headers }
  | { readonly ok: false; readonly problem: ReprieveError };

/** How long work is followed. */
export interface Following {
  /** Is told how far it is, each time that it still runs. */
  readonly told?: (running: Value<'getOperation'>) => void;
  /** Ends the following, not the work. */
  readonly signal?: AbortSignal | undefined;
}

/** The operations that answer a page of a list. */
export type ListOperation = {
  [O in Operation]: 'nextLink' extends keyof Value<O> ? O : never;
}[Operation];

export type Element<O extends ListOperation> = ElementOf<Value<O>>;
/** Of each kind of answer that there may be. */
type ElementOf<V> = V extends { readonly value: readonly (infer E)[] } ? E : never;
