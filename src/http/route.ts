import type * as z from 'zod';
import type { Caller, Evidence, Role } from '../core/caller.ts';
import type { Code, Outcome, Refused } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import type { FlowPorts } from '../flows/story/land.ts';
import type { Listed, Page } from '../flows/story/pages.ts';
import type { Request } from '../flows/story/request.ts';
import type { Keep } from './idempotency.ts';
import { listReply, type Reply, reply, startOf, withEvidence } from './reply.ts';
import type { ListOf, Shape, Told } from './shape.ts';

export type Method = 'GET' | 'PUT' | 'PATCH' | 'POST' | 'DELETE' | 'ANY';
/** Every method that the platform hands over. */
export const METHODS = ['GET', 'PUT', 'PATCH', 'POST', 'DELETE', 'HEAD', 'OPTIONS'] as const;

/** `PUT vaults/{vault}/items/{item}` → `{ vault: string; item: string }`. */
export type NamesIn<P extends string> = P extends `${string}{${infer N}}${infer Rest}`
  ? { readonly [K in N]: string } & NamesIn<Rest>
  : unknown;

/** A request, parsed. Nothing in it has to be checked again. */
export interface Call<N = unknown, B = unknown, Q = unknown> {
  readonly ports: FlowPorts;
  readonly caller: Caller;
  readonly now: Instant;
  /** The names in the path, as they were written. */
  readonly names: N;
  readonly body: B;
  readonly query: Q;
  readonly url: URL;
}

/** What a route answers, by status; several where the request decides which. null: no body. */
export type Answers = { readonly [status: number]: Shape | readonly Shape[] | null };
type BodyOf<A> = A extends null
  ? undefined
  : A extends readonly (infer S extends Shape)[]
    ? Told<S>
    : A extends Shape
      ? Told<A>
      : never;
export type ReplyOf<A> = {
  [S in keyof A]: {
    readonly status: S;
    readonly body: BodyOf<A[S]>;
    readonly headers?: Readonly<Record<string, string>> | undefined;
  };
}[keyof A];

/** The chapters of the API document, in their order. */
export const TAGS = {
  Vaults: 'A vault holds items. It decides whether a deleted item can come back, and for how long.',
  'Deleted vaults': 'A deleted vault is kept for 14 days and can be restored as it was.',
  Policies: 'When backups run and how long their recovery points are kept.',
  Servers: 'On-premises machines whose agents back up into a vault, and the PIN they send for critical operations.',
  Guards: 'A vault under a guard needs the approval of a second person for critical operations.',
  Items: 'What is protected: stop, undelete, resume, and why an item was or was not purged.',
  Holds: 'A hold keeps an item from being purged. It never keeps it from being undeleted.',
  Backups: 'Jobs and recovery points, as the backup engine reports them.',
  Operations: 'Long work that a call has begun: how far it is, and what came of it.',
  Kinds: 'What can be protected: the built-in workloads, and kinds of your own.',
  Executors: 'Apps of your own that destroy what is purged, known by name.',
  Alerts: 'What happened, how bad it is, and who got a mail about it.',
  History: 'What was done and what was refused, each entry bound to the one before it: docs/evidence.md.',
  Silences: 'For a while no mail is sent about some alerts. The alerts are raised all the same.',
  Mail: 'Mails that could not be sent, and the delivery reports of the mail service.',
  Purging: 'Sweeps, what they will purge and when, and the pause.',
  Service: 'Health, the API document, and the clock of a local run.',
} as const;

type Tag = keyof typeof TAGS;

/** Routes that stand together in the API document. */
export const chapter = (tag: Tag, routes: readonly Untagged[]): readonly Route[] =>
  routes.map((one) => ({ ...one, tag }));

/** What the API document says about a route, and what decides who may call it. */
interface Described {
  /** Also the operation's id. */
  readonly name: string;
  /** The least role that may call it, and another that may too; or anyone. An agent touches only what is its own. */
  readonly who: Role | readonly [Role, Role] | 'anyone';
  readonly summary: string;
  /** What the summary leaves open. */
  readonly description?: string;
  /** What this operation itself refuses. What every operation of its kind refuses follows from the other fields. */
  readonly codes: readonly Code[];
  /** Anyone may call it, and is told more with a role. A token that is none is no reason to be refused. */
  readonly knowsCallers?: true;
  /** The answer is shown once: no Idempotency-Key keeps it. */
  readonly secret?: true;
  /** Another proof than a token. It is checked before anything else of the request; undefined lets the caller in. */
  readonly admits?: ((headers: Headers) => Refused | undefined) | undefined;
  /** The body of its example, where that of the shape does not fit. */
  readonly example?: object;
  /** It can mean all there is, so a request that says nothing is refused; elsewhere it counts as {}. */
  readonly canMeanAll?: true;
  /** It may begin an operation, and tells its address then. */
  readonly mayBegin?: true;
  /** It answers in a deleted vault, too. */
  readonly outlives?: true;
  /** Whatever query it gets, it takes. */
  readonly anyQuery?: true;
  /** The media type of the answer, where it is not JSON. */
  readonly media?: string;
}

export interface Route extends Described {
  readonly tag: Tag;
  readonly method: Method;
  /** Below /api. A part in braces is a name. */
  readonly path: string;
  readonly body: Shape | undefined;
  readonly query: z.ZodObject | undefined;
  readonly answers: Answers;
  readonly answer: (call: Call, request: Request<never>, keep: Keep | undefined) => Promise<Outcome<Reply>>;
}

/** The least role stands first. */
export const rolesOf = ({ who }: Pick<Route, 'who'>): readonly Role[] => [who].flat().filter((one) => one !== 'anyone');

/** Whether its answer is kept under an Idempotency-Key. */
export const isKept = ({ method, who, secret }: Pick<Route, 'method' | 'who' | 'secret'>): boolean =>
  method !== 'GET' && who !== 'anyone' && !secret;

/** Nearly all that lies in a vault is out of reach while the vault is deleted. */
export const isClosedByDeletion = ({ path, outlives }: Pick<Route, 'path' | 'outlives'>): boolean =>
  path.startsWith('vaults/{vault}') && !outlives;

type QueryOf<Q> = z.ZodObject & z.ZodType<Q>;

type Address = `${Method} ${string}`;
type Untagged = Omit<Route, 'tag'>;

interface Row<P extends Address, B, Q, A, R> extends Described {
  readonly at: P;
  /** Absent: the body of the request is not read. */
  readonly body?: Shape<z.ZodType<B>>;
  readonly query?: QueryOf<Q>;
  readonly answers: A;
  readonly run: (call: Call<NamesIn<P>, B, Q>, request: Request<R>) => Promise<Outcome<R>>;
  readonly view: (result: R, call: Call<NamesIn<P>, B, Q>) => ReplyOf<A>;
}

/** A route as one row. The compiler checks that path, shapes, flow and view fit together, and that none of them is missing. */
export const route = <P extends Address, B, Q, A extends Answers, R>({
  at,
  run,
  view,
  body,
  query,
  ...rest
}: Row<P, B, Q, A, R>): Untagged => ({
  ...rest,
  method: at.slice(0, at.indexOf(' ')) as Method,
  path: at.slice(at.indexOf(' ') + 1),
  body,
  query,
  answer: async (call, request, keep) => {
    // The pipeline has parsed names, body and query with what this very row says.
    const parsed = call as Call<NamesIn<P>, B, Q>;
    const toReply = (result: R) => view(result, parsed) as Reply;
    // Without a key nobody keeps the answer, and none is made before it is given.
    const kept = keep && ((result: R, evidence: Evidence | undefined) => keep(withEvidence(toReply(result), evidence)));
    const outcome = await run(parsed, { ...request, keep: kept });
    return outcome.ok ? { ok: true, value: toReply(outcome.value) } : outcome;
  },
});

/** By when something is told. */
export type At = Pick<Call, 'now' | 'url'>;

type ViewOf<T, S extends Shape> = ((thing: T, call: At) => Told<S>) & { readonly shape: S };

/** Part of a row: it answers 200 with one thing. */
export const gives = <S extends Shape, R>(view: ViewOf<R, S>) => ({
  answers: { 200: view.shape },
  view: (found: R, call: Call) => reply(200, view(found, call)),
});

/** Part of a row: it answers 201 with what was made just now, and 200 with what was there. */
export const puts = <S extends Shape, T, R extends { readonly created: boolean }>(
  view: ViewOf<T, S>,
  thingIn: (found: R) => T,
) => ({
  answers: { 200: view.shape, 201: view.shape },
  view: (found: R, call: Call) => reply(found.created ? 201 : 200, view(thingIn(found), call)),
});

/** Part of a row: there is nothing to say but that it is done. */
export const REMOVES = { answers: { 204: null }, view: () => ({ status: 204 as const, body: undefined }) } as const;

type Paged = { top: number; continuation?: string | undefined };

interface ListRow<P extends `GET ${string}`, Q, E extends z.ZodType, T, M> extends Described {
  readonly at: P;
  readonly query: QueryOf<Q>;
  readonly list: ListOf<E>;
  readonly run: (call: Call<NamesIn<P>, undefined, Q>, page: Page) => Promise<Outcome<Listed<T> & M>>;
  readonly view: (one: T, found: M, call: Call<NamesIn<P>, undefined, Q>) => Told<E>;
}

/** A route that answers a list, page by page. */
export const list = <P extends `GET ${string}`, Q extends Paged, E extends z.ZodType, T, M>({
  run,
  view,
  list: shape,
  ...row
}: ListRow<P, Q, E, T, M>): Untagged =>
  route<P, undefined, Q, { 200: Shape }, Listed<T> & M>({
    ...row,
    answers: { 200: shape },
    run: async (call) => {
      const after = startOf(call.query);
      return after.ok ? run(call, { top: call.query.top, after: after.value }) : after;
    },
    view: (result, call) =>
      listReply(
        result.shown.map((one) => view(one, result, call)),
        result,
        call.url,
      ),
  });
