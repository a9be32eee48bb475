import type { Identity } from '../../core/caller.ts';
import type { Weakening } from '../../core/controls.ts';
import { destruction, type Executor } from '../../core/executors.ts';
import { samePerson } from '../../core/guards.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { invalid, type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { brakeAlerts, serviceProofs, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { type ExecutorPlace, noExecutor, onAnyExecutor, onExecutor } from '../story/nouns.ts';
import { gather, type Listed, type Page } from '../story/pages.ts';
import { type Created, need, type Proof, unchanged } from '../story/plan.ts';
import { serviceAlert } from '../story/raise.ts';
import type { Deciding, Runs } from '../story/run.ts';
import { type OrderCounts, ordersOf } from './counted.ts';
import { type Blocker, MOST_BLOCKERS, usesOf } from './named.ts';

type Settings = Pick<Executor, 'callers' | 'confirmWithinHours' | 'contacts'>;
export type ExecutorResult = Created<{ readonly executor: Executor }>;

/** What is absent stays as it is; of a new executor it is the default. */
export type PutExecutor = { readonly [S in keyof Settings]?: Settings[S] | undefined };

const NEW = { confirmWithinHours: 24, contacts: [] } as const;

/** Makes an executor, or changes it. Who lets another app act for one that is in use hands that app what is due. */
export const putExecutor = onAnyExecutor<PutExecutor, ExecutorResult>()({
  operation: 'PutExecutor',
  also: {
    ...serviceProofs,
    uses: ({ flow, place, request }) => usesOf(flow, place.executor, request.now),
  },
  decide({ executor: held, uses, ...shown }, ask, request) {
    const before = held?.value;
    const callers = ask.callers ?? before?.callers;
    if (!callers) return invalid('$.callers', 'A new executor needs its callers: the apps that act for it.');
    const wished = executorAfter(before, { ...ask, callers }, request);
    if (before && said(before) === said(wished)) return unchanged({ executor: before, created: false });
    const isWider = before !== undefined && wished.callers.some((one) => !isIn(one, before.callers));
    if (isWider && !uses) return need('uses');
    const isUsed = uses !== undefined && uses.blockers.length > 0;
    const of = (one: Executor) => destruction({ callers: one.callers, isUsed });
    const weakened = before ? weakenedBy(request, 'destruction', of(before), of(wished)) : [];
    const missing = unproved(weakened, shown);
    if (missing) return missing;
    const facts = { executor: wished.name, before: before ? said(before) : null, after: said(wished) };
    return {
      executor: wished,
      facts: { ...facts, ...weakeningFacts(weakened) },
      alerts: changed(request, facts, weakened, shown.approval),
      answer: { executor: wished, created: !before },
    };
  },
});

const isIn = (one: Identity, all: readonly Identity[]): boolean => all.some((other) => samePerson(one, other));

function executorAfter(
  before: Executor | undefined,
  { callers, confirmWithinHours, contacts }: PutExecutor & Pick<Settings, 'callers'>,
  { place, id: etag }: Deciding<ExecutorPlace>,
): Executor {
  const { name, lastSeenAt, ...settings } = before ?? { name: place.executor, lastSeenAt: null, ...NEW };
  const addresses = contacts ?? settings.contacts;
  return {
    name,
    callers: callers.filter((one, at) => callers.findIndex((other) => samePerson(one, other)) === at),
    confirmWithinHours: confirmWithinHours ?? settings.confirmWithinHours,
    contacts: addresses.filter((one, at) => addresses.findIndex((other) => sameName(one, other)) === at),
    ...{ lastSeenAt, etag },
  };
}

/** All that was set of it, as one line of the history. */
const said = ({ callers, confirmWithinHours, contacts }: Executor): string =>
  JSON.stringify({ callers, confirmWithinHours, contacts });

type Change = { readonly executor: string; readonly before: string | null; readonly after: string | null };

/** Whatever is written of an executor is told: as a weakening where it is one. */
const changed = (
  request: Deciding,
  facts: Change,
  weakened: readonly Weakening[],
  approval: Proof | undefined,
): ReturnType<typeof brakeAlerts> =>
  weakened.length > 0
    ? brakeAlerts(request, weakened, approval, { executor: facts.executor })
    : [{ was: undefined, now: serviceAlert('ExecutorChanged', request, facts, request.id), told: [] }];

interface Steps {
  readonly voided: true;
  readonly struck: true;
}

const removed = onExecutor<undefined, null, Steps>()({
  operation: 'DeleteExecutor',
  also: {
    uses: ({ flow, place, request }) => usesOf(flow, place.executor, request.now),
    // Without its note no vault can begin to name it: whoever did before is seen now.
    again: ({ flow, place, request }) => usesOf(flow, place.executor, request.now),
  },
  decide({ executor, uses, voided, again, struck }, _, request) {
    const { name } = executor.value;
    if (!uses) return need('uses');
    const { blockers, strays, gateTag } = uses;
    if (blockers.length > 0) return inUse(name, blockers);
    if (strays.length > 0) {
      const vaults = strays.map(({ value }) => value);
      if (!voided) return { step: { line: 'voidNaming', executor: name, vaults }, leaves: { voided: true } };
      if (!again) return need('again');
      if (again.blockers.length > 0) return inUse(name, again.blockers);
      if (!struck) return { step: { line: 'strikeLinks', executor: name, links: strays }, leaves: { struck: true } };
    }
    const facts = { executor: name, before: said(executor.value), after: null };
    return {
      executorGoes: { name, gateTag },
      facts,
      alerts: changed(request, facts, [], undefined),
      answer: null,
    };
  },
});

/** Removes an executor that nothing names. One of two loses: whoever is about to name it, or whoever removes it. */
export const deleteExecutor: Runs<ExecutorPlace, undefined, null> = async (...given) => {
  const outcome = await removed(...given);
  const [flow, { now }, { executor }] = given;
  if (outcome.ok) await flow.land({ now, write: { line: 'forgetExecutor', executor } });
  return outcome;
};

function inUse(executor: string, blockers: readonly Blocker[]): Refused {
  const named = blockers.slice(0, MOST_BLOCKERS);
  const words = named.map(wordsOf).join(', ');
  return refuse('ExecutorInUse', `${executor} is still in use: ${words}. Let them name another one first, or none.`, {
    facts: { blockers: named, ...(blockers.length > named.length ? { more: true } : {}) },
  });
}

const wordsOf = ({ kind, name, until }: Blocker): string =>
  `${kind} ${name}${until ? ` (it names it no more, but a sweep may go by it until ${until})` : ''}`;

type Reading = Pick<Reads, 'executors'>;

export interface Counted {
  readonly executor: Executor;
  readonly orders: OrderCounts;
}

export async function readExecutor(
  flow: Reading & Pick<Reads, 'agenda'>,
  name: string,
  now: Instant,
): Promise<Outcome<Counted>> {
  const held = await flow.executors.get(name);
  return held ? ok({ executor: held.value, orders: await ordersOf(flow, name, now) }) : noExecutor(name);
}

export const listExecutors = async ({ executors }: Reading, page: Page): Promise<Outcome<Listed<Executor>>> =>
  ok(
    await gather(
      (after) => executors.list({ after, limit: page.top + 1 }),
      ({ name }) => keyOf(name),
      page,
    ),
  );
