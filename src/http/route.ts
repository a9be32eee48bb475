import type * as z from 'zod';
import type { Caller, Role } from '../core/caller.ts';
import type { Outcome, Refused } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { Asking } from '../flows/asking.ts';
import type { Ports } from '../ports.ts';
import type { Reply } from './reply.ts';

export const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE'] as const;
export type Method = (typeof METHODS)[number] | 'ANY';

/** A request, parsed: nothing in it needs to be doubted any more. */
export interface Call<B, Q> {
  readonly ports: Ports;
  readonly caller: Caller;
  readonly now: Instant;
  /** The names in the path, as they were written. */
  readonly names: Readonly<Record<string, string>>;
  readonly body: B;
  readonly query: Q;
  readonly url: URL;
}

export interface Route {
  readonly name: string;
  readonly method: Method;
  /** Below /api. Whatever is in braces is a name. */
  readonly path: string;
  /** The least role, or anyone at all. Agents pass where `agent` says so, and then only to what is theirs. */
  readonly who: Role | 'anyone';
  readonly agent?: true;
  /** Another role that passes, which does not contain the first. */
  readonly also?: Role;
  /** Its answer is shown once: no Idempotency-Key keeps it. */
  readonly secret?: true;
  /** Another proof than a token, looked at before anything of the request: undefined lets it in. */
  readonly admits?: ((headers: Headers) => Refused | undefined) | undefined;
  /** Absent: whatever the request carries is not read. */
  readonly body: z.ZodType | undefined;
  readonly query: z.ZodType | undefined;
  readonly answer: (
    call: Call<unknown, unknown>,
    asking: Asking<never>,
    keep: (reply: Reply) => ReturnType<NonNullable<Asking<unknown>['keep']>>,
  ) => Promise<Outcome<Reply>>;
}

/** Whether its answer is kept under an Idempotency-Key. */
export const isKept = ({ method, who, secret }: Pick<Route, 'method' | 'who' | 'secret'>): boolean =>
  method !== 'GET' && who !== 'anyone' && !secret;

interface RouteOf<B, Q, R> {
  readonly name: string;
  readonly method: Method;
  readonly path: string;
  readonly who: Role | 'anyone';
  readonly agent?: true;
  readonly also?: Role;
  readonly secret?: true;
  readonly admits?: Route['admits'];
  readonly body?: z.ZodType<B>;
  readonly query?: z.ZodType<Q>;
  readonly run: (call: Call<B, Q>, asking: Asking<R>) => Promise<Outcome<R>>;
  readonly view: (result: R, call: Call<B, Q>) => Reply;
}

/** Ties a route's schemas, its flow and its view together, so that the compiler checks that they fit. */
export const route = <B, Q, R>({ run, view, body, query, ...rest }: RouteOf<B, Q, R>): Route => ({
  ...rest,
  body,
  query,
  answer: async (call, asking, keep) => {
    // The pipeline has parsed both with this route's own schemas.
    const parsed = call as Call<B, Q>;
    const outcome = await run(parsed, { ...asking, keep: (result) => keep(view(result, parsed)) });
    return outcome.ok ? { ok: true, value: view(outcome.value, parsed) } : outcome;
  },
});
