import type { Alert } from '../../core/alerts.ts';
import { SERVICE } from '../../core/hints.ts';
import { isTold, type Outcome, ok, type Refused, SUSPICIOUS } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import type { FlowPorts } from './land.ts';
import {
  type Decision,
  type Need,
  type Plan,
  type Proof,
  type Read,
  replaced,
  type Step,
  type Unchanged,
} from './plan.ts';
import { callerFacts, raisedOrCounted } from './raise.ts';
import { type Asked, entry, type Request, stale } from './request.ts';
import { rounds } from './rounds.ts';

/** What a reader may use: everything that is read, who asks, and what for. */
export interface World<P> {
  readonly ports: Reads;
  readonly flow: FlowPorts;
  readonly request: Asked;
  readonly place: P;
  readonly operation: string;
  /** Remembered heads are good enough in the first round; after that everything is read afresh. */
  readonly fresh: boolean;
  /** What happened once in this request and must not happen again when it is decided anew, such as a wrong PIN that was counted. */
  readonly once: Map<string, Refused | true>;
}

/** What a verb acts on: how it is read, which etag the caller's If-Match is about, and whose history tells of it. */
export interface Noun<P, F extends Read> {
  readonly read: (world: World<P>) => Promise<F | Refused>;
  /** Absent: it has no etag, and an If-Match means nothing. */
  readonly etagOf?: (read: F) => { readonly etag: string } | null | undefined;
  readonly historyOf: (
    place: P,
    read: F | undefined,
  ) => { readonly vault: string | null; readonly item: string | null };
  /** What is refused about it is no news for the history of its vault or item. */
  readonly refusals?: 'untold';
}

/** What a verb has read so far of what else it may have to read. A reader can refuse instead. */
type Found<A> = { readonly [K in keyof A]?: Exclude<A[K], Refused> };

/** A verb as a row: what it is called, what else it may have to read, and what it decides. Nothing in it waits, writes or tells. */
export interface Verb<P, F, Ask, R, A> {
  readonly operation: string | ((ask: Ask) => string);
  readonly also?: { readonly [K in keyof A]: (world: World<P>, read: F & Read, ask: Ask) => Promise<A[K]> };
  /** The caller's If-Match is about a part, which the decision looks at itself. */
  readonly etagIsOfPart?: true;
  /** What is wrong whatever is stored: said before anything is read. */
  readonly wrong?: (ask: Ask, request: Asked) => Refused | undefined;
  readonly decide: (read: F & Found<A>, ask: Ask, request: Deciding<P>) => Decision<R>;
}

/** What a decision knows besides what was read: who asks and when, where, and the id that its change would have. */
export interface Deciding<P = unknown> extends Asked {
  readonly id: string;
  readonly place: P;
}

/** A verb as it is called. Where nothing is asked beside the verb itself, `ask` is left out. */
export interface Runs<P, Ask, R> {
  (
    flow: FlowPorts,
    request: Request<R>,
    place: P,
    ...ask: undefined extends Ask ? [ask?: Ask] : [ask: Ask]
  ): Promise<Outcome<R>>;
  /** The decision by itself: it needs no storage. */
  readonly decide?: (read: never, ask: Ask, request: Deciding<P>) => Decision<R>;
}

/**
 * The one runner. It reads, checks the precondition, decides, lands the plan and answers. A lost race is decided again from what is
 * true then. A refusal goes into the history; one that rests on a remembered head is decided again from a fresh one first.
 * A verb names what is asked and answered, and what its own steps leave, in a call of its own: what it reads besides is inferred then.
 */
export const runner =
  <P, F extends Read>(noun: Noun<P, F>) =>
  <Ask, R, Left = Record<never, never>>() =>
  <A = Record<never, never>>(
    verb: Verb<P, F & Partial<Left>, Ask, R, A>,
  ): Runs<P, Ask, R> & Pick<typeof verb, 'decide'> =>
    // The decision stays in reach, so that it can be tried without a store.
    Object.assign(runs(noun, verb as unknown as AnyVerb<P, F, Ask, R>), { decide: verb.decide });

const runs =
  <P, F extends Read, Ask, R>(noun: Noun<P, F>, verb: AnyVerb<P, F, Ask, R>): Runs<P, Ask, R> =>
  async (flow, request, place, ...given) => {
    const ask = given[0] as Ask;
    const operation = typeof verb.operation === 'string' ? verb.operation : verb.operation(ask);
    const wrong = verb.wrong?.(ask, request);
    if (wrong) return wrong;
    const once: World<P>['once'] = new Map();
    let last: F | undefined;
    const outcome = await rounds<R>(async (round) => {
      const world: World<P> = { ports: flow, flow, request, place, operation, fresh: round > 0, once };
      const read = await noun.read(world);
      if (isRefused(read)) return read;
      last = read;
      const precondition = noun.etagOf && !verb.etagIsOfPart ? stale(request, noun.etagOf(read)) : undefined;
      if (precondition) return precondition;
      return settle(noun, verb, world, request, read, ask);
    });
    // A vault that is not there has no history.
    if (!outcome.ok && last && last.head !== null && noun.refusals !== 'untold')
      await remember(flow, request, noun.historyOf(place, last), operation, outcome);
    return outcome;
  };

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;

const isProof = (value: unknown): value is Proof => typeof value === 'object' && value !== null && 'proves' in value;

const isFinal = ({ once }: World<unknown>, refused: Refused): boolean => [...once.values()].includes(refused);

type AnyVerb<P, F, Ask, R> = Verb<P, F, Ask, R, Record<string, unknown>>;

/** Decides, reads what the decision needs, takes the steps before the plan, until there is an outcome. */
async function settle<P, F extends Read, Ask, R>(
  noun: Noun<P, F>,
  verb: AnyVerb<P, F, Ask, R>,
  world: World<P>,
  request: Request<R>,
  first: F,
  ask: Ask,
): Promise<Outcome<R> | 'again'> {
  let read = first as F & Found<Record<string, unknown>>;
  for (;;) {
    const id = world.flow.newId();
    const decision = verb.decide(read, ask, { ...request, id, place: world.place });
    // A remembered head may be out of date: the next round reads a fresh one.
    if (isRefused(decision)) return read.head?.remembered ? 'again' : decision;
    if ('unchanged' in decision) return ok((decision as Unchanged<R>).unchanged);
    if ('need' in decision) {
      const name = (decision as Need).need;
      if (name in read) throw new Error(`${world.operation} needs ${name} again`);
      const found = await verb.also?.[name]?.(world, read, ask);
      if (isRefused(found)) return read.head?.remembered && !isFinal(world, found) ? 'again' : found;
      read = { ...read, [name]: found };
      continue;
    }
    if ('step' in decision) {
      const { step, leaves, once } = decision as Step;
      if (once !== undefined) world.once.set(once, true);
      const { done } = await world.flow.land({ write: step, head: read.head ?? undefined, now: request.now });
      if (!done || !leaves) return 'again';
      read = { ...read, ...leaves };
      continue;
    }
    return landPlan(noun, world, request, read, decision as Plan<R>, id);
  }
}

async function landPlan<P, F extends Read, R>(
  noun: Noun<P, F>,
  { flow, place, operation }: World<P>,
  request: Request<R>,
  read: F,
  plan: Plan<R>,
  id: string,
): Promise<Outcome<R> | 'again'> {
  const { vault, item } = noun.historyOf(place, read);
  const proofs = Object.values(read).filter(isProof);
  const { pin } = proofs.find((proof) => proof.pin) ?? plan;
  const parts = replaced(read, { ...plan, ...(pin ? { pin } : {}) });
  const facts = Object.assign({}, plan.facts, ...proofs.map((proof) => proof.facts));
  const was = read.item?.value;
  const told = entry(request, item, {
    operation: plan.operation ?? operation,
    // A name that is used again after a purge starts anew.
    ...(plan.item ? { from: was?.state === 'Purged' ? undefined : was, to: plan.item } : {}),
    facts,
  });
  const write = plan.line ?? {
    ...parts,
    vault: read.head?.vault.name ?? vault ?? SERVICE,
    id,
    alerts: [...(parts.alerts ?? []), ...proofs.flatMap(({ alerts = [] }) => alerts).map(asNew)],
    entries: [told],
    answer: request.keep?.(plan.answer),
  };
  const { done } = await flow.land({ write, head: read.head ?? undefined, now: request.now });
  return done ? ok(plan.answer) : 'again';
}

const asNew = (now: Alert) => ({ was: undefined, now });

/** A refusal is part of the history; a suspicious one is an alert as well, in the same transaction. */
async function remember(
  flow: FlowPorts,
  request: Asked,
  { vault, item }: { readonly vault: string | null; readonly item: string | null },
  operation: string,
  { refusal: { code } }: Refused,
): Promise<void> {
  if (!isTold(code)) return;
  const refusal = { ...entry(request, item, { operation }), outcome: 'Refused', code } as const;
  const subject = { vault, item };
  await rounds<null>(async () => {
    const alerts = SUSPICIOUS.has(code)
      ? [
          raisedOrCounted(await flow.alerts.about(vault, item), 'CriticalOperationRefused', subject, request.now, {
            ...callerFacts(request),
            operation,
            code,
          }),
        ]
      : [];
    const write = { vault: vault ?? SERVICE, id: flow.newId(), entries: [refusal], alerts };
    const { done } = await flow.land({ write, now: request.now });
    return done ? ok(null) : 'again';
  });
}
