import type { Change } from '../../change.ts';
import type { Weakening } from '../../core/controls.ts';
import { lastEvidence, type Subject } from '../../core/evidence.ts';
import { SERVICE } from '../../core/hints.ts';
import { isTold, type Outcome, ok, type Refused, SUSPICIOUS } from '../../core/problems.ts';
import type { FlowPorts } from './land.ts';
import { changeOf, type Decision, type Plan, type Proof, type Read } from './plan.ts';
import { callerFacts, raisedOrCounted } from './raise.ts';
import { type Asked, entry, type Request, stale } from './request.ts';
import { rounds } from './rounds.ts';

/** What a reader may use: everything that is read, who asks, and what for. */
export interface World<P> {
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
  /** Nothing can change it any more: words that ended it are answered again, whatever etag it had when they were first said. */
  readonly hasEnded?: (read: F, place: P) => boolean;
  readonly historyOf: (place: P, read: F | undefined) => Subject & { readonly vault: string | null };
  /** What is refused about it is no news for the history of its vault or item. */
  readonly refusals?: 'untold';
}

/** What a verb has read so far of what else it may have to read. null: it is not there. A reader can refuse instead. */
type Found<A> = {
  readonly [K in keyof A]?: Exclude<A[K], Refused | undefined> | (undefined extends A[K] ? null : never);
};
type Nothing = Record<never, never>;

/** A verb as a row: what it is called, what else it may have to read, and what it decides. Nothing in it waits, writes or tells. */
export interface Verb<P, F, Ask, R, A = Nothing, Left = Nothing> {
  readonly operation: string | ((ask: Ask) => string);
  readonly also?: {
    readonly [K in keyof A]: (
      world: World<P>,
      read: F & Read,
      ask: Ask,
      /** What a proof is asked for. */
      weakened: readonly Weakening[],
    ) => Promise<A[K]>;
  };
  /** The caller's If-Match is about a part, which the decision looks at itself. */
  readonly etagIsOfPart?: true;
  /** What is wrong whatever is stored: said before anything is read. */
  readonly wrong?: (ask: Ask, request: Asked) => Refused | undefined;
  readonly decide: (read: F & Found<A> & Partial<Left>, ask: Ask, request: Deciding<P>) => Decision<R>;
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
  <Ask, R, Left = Nothing>() =>
  <A = Nothing>(verb: Verb<P, F, Ask, R, A, Left>): Runs<P, Ask, R> & Pick<typeof verb, 'decide'> => {
    const runs: Runs<P, Ask, R> = async (flow, request, place, ...given) => {
      const ask = given[0] as Ask;
      const wrong = verb.wrong?.(ask, request);
      if (wrong) return wrong;
      const operation = typeof verb.operation === 'string' ? verb.operation : verb.operation(ask);
      const call = { noun, verb, flow, request, place, ask, operation, once: new Map<string, Refused | true>() };
      let last: F | undefined;
      const outcome = await rounds<R>(async (round) => {
        const fresh = round > 0;
        const read = await noun.read({ ...call, fresh });
        if (isRefused(read)) return read;
        last = read;
        const precondition = noun.etagOf && !verb.etagIsOfPart ? stale(request, noun.etagOf(read)) : undefined;
        if (precondition && !noun.hasEnded?.(read, place)) return precondition;
        const settled = await settle({ ...call, fresh }, read);
        return precondition && settled !== 'again' && !settled.ok ? precondition : settled;
      });
      // A vault that is not there has no history.
      if (!outcome.ok && last && last.head !== null && noun.refusals !== 'untold')
        await remember(call, noun.historyOf(place, last), outcome);
      return outcome;
    };
    // The decision stays in reach, so that it can be tried without a store.
    return Object.assign(runs, { decide: verb.decide });
  };

/** One call of a verb, in one of its rounds. */
interface Call<P, F extends Read, Ask, R, A, Left> extends World<P> {
  readonly noun: Noun<P, F>;
  readonly verb: Verb<P, F, Ask, R, A, Left>;
  readonly request: Request<R>;
  readonly ask: Ask;
}

const isRefused = (value: unknown): value is Refused =>
  typeof value === 'object' && value !== null && 'ok' in value && value.ok === false;

const isProof = (value: unknown): value is Proof => typeof value === 'object' && value !== null && 'proves' in value;

const isFinal = ({ once }: World<unknown>, refused: Refused): boolean => [...once.values()].includes(refused);

/** Decides, reads what the decision needs, takes the steps before the plan, until there is an outcome. */
async function settle<P, F extends Read, Ask, R, A, Left>(
  call: Call<P, F, Ask, R, A, Left>,
  first: F,
): Promise<Outcome<R> | 'again'> {
  const { verb, flow, request, place, ask, once } = call;
  let read = first as F & Found<A> & Partial<Left>;
  for (;;) {
    const id = flow.newId();
    const decision = verb.decide(read, ask, { ...request, id, place });
    // A remembered head may be out of date: the next round reads a fresh one.
    if (isRefused(decision)) return read.head?.remembered ? 'again' : decision;
    if ('unchanged' in decision) return ok(decision.unchanged);
    if ('need' in decision) {
      const name = decision.need as keyof A;
      if (name in read) throw new Error(`${call.operation} needs ${decision.need} again`);
      const found = (await verb.also?.[name]?.(call, read, ask, decision.weakened ?? [])) ?? null;
      if (isRefused(found)) return read.head?.remembered && !isFinal(call, found) ? 'again' : found;
      read = { ...read, [name]: found };
      continue;
    }
    if ('step' in decision) {
      if (decision.once !== undefined) once.set(decision.once, true);
      const { done, written } = await flow.land({
        write: decision.step,
        head: read.head ?? undefined,
        now: request.now,
      });
      if (written?.evidence) request.left?.(written.evidence);
      if (!done || !decision.leaves) return 'again';
      read = { ...read, ...decision.leaves };
      continue;
    }
    return landPlan(call, read, decision, id);
  }
}

async function landPlan<P, F extends Read, Ask, R, A, Left>(
  { noun, flow, request, place, operation }: Call<P, F, Ask, R, A, Left>,
  read: F,
  plan: Plan<R>,
  id: string,
): Promise<Outcome<R> | 'again'> {
  const { vault: home, ...subject } = noun.historyOf(place, read);
  const vault = read.head?.vault.name ?? home ?? SERVICE;
  const proofs = Object.values(read).filter(isProof);
  const was = read.item?.value;
  // What a guard does in a vault is told there.
  const told = entry(request, vault === SERVICE ? subject : { item: subject.item }, {
    operation: plan.operation ?? operation,
    // A name that is used again after a purge starts anew.
    ...(plan.item ? { from: was?.state === 'Purged' ? undefined : was, to: plan.item } : {}),
    facts: Object.assign({}, plan.facts, ...proofs.map(({ facts }) => facts)),
  });
  const write = plan.line ?? {
    ...changeOf(read, plan, proofs),
    vault,
    id,
    entries: plan.isUntold ? [] : [told],
    ...(request.result && plan.item ? { results: [{ result: { ...request.result, item: plan.item.name } }] } : {}),
    ...(request.keep
      ? { answer: (written: Change) => request.keep?.(asWritten(plan, written), lastEvidence(written)) }
      : {}),
  };
  const { done, written } = await flow.land({ write, head: read.head ?? undefined, now: request.now });
  if (!done) return 'again';
  if (written?.evidence) request.left?.(written.evidence);
  return ok(written?.change ? asWritten(plan, written.change) : plan.answer);
}

/** The answer shows what was written: with the entry of the history that the plan could not know yet. */
function asWritten<R>({ answer, item, vault, guard }: Plan<R>, { items, head, guard: kept }: Change): R {
  const became = new Map<unknown, unknown>([
    [item, items?.[0]?.now],
    [vault, head?.now],
    [guard, kept?.now],
  ]);
  became.delete(undefined);
  if (became.has(answer)) return became.get(answer) as R;
  if (typeof answer !== 'object' || answer === null) return answer;
  const members = Object.entries(answer).map(([name, value]) => [name, became.get(value) ?? value]);
  return Object.fromEntries(members) as R;
}

/**
 * A refusal is part of the history; a suspicious one is an alert as well, in the same transaction. It rests on the vault being there, so
 * that nothing is written where a vault was removed.
 */
async function remember(
  { flow, request, operation }: Pick<World<unknown>, 'flow' | 'request' | 'operation'>,
  subject: ReturnType<Noun<unknown, Read>['historyOf']>,
  { refusal: { code } }: Refused,
): Promise<void> {
  if (!isTold(code)) return;
  const { vault, ...about } = subject;
  const refusal = { ...entry(request, about, { operation }), outcome: 'Refused', code } as const;
  const facts = { ...callerFacts(request), operation, code };
  await rounds<null>(async (round) => {
    const head = vault === null ? undefined : await flow.vaults.head(vault, round > 0 ? 'fresh' : 'remembered');
    const isDeleted = vault !== null && !head && (await flow.vaults.deleted(vault)) !== undefined;
    if (vault !== null && !head && !isDeleted) return ok(null);
    const alerts = SUSPICIOUS.has(code)
      ? [
          raisedOrCounted(
            await flow.alerts.newest(vault, about.item, 'CriticalOperationRefused'),
            'CriticalOperationRefused',
            subject,
            request.now,
            facts,
          ),
        ]
      : [];
    const rests = isDeleted ? ({ stillDeleted: true } as const) : { fence: head?.fence };
    const write = { vault: vault ?? SERVICE, id: flow.newId(), ...rests, entries: [refusal], alerts };
    const { done, written } = await flow.land({ write, head, now: request.now });
    if (written?.evidence) request.left?.(written.evidence);
    return done ? ok(null) : 'again';
  });
}
