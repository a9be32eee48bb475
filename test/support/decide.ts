/** Asks the decision of a verb by itself: what was read is made by hand, and no table is needed. */
import type { Held } from '../../src/change.ts';
import type { Decision, Plan } from '../../src/flows/story/plan.ts';
import type { Deciding, Runs } from '../../src/flows/story/run.ts';
import { NOON } from './builders.ts';
import { CONTRIBUTOR } from './world.ts';

export const held = <T>(value: T): Held<T> => ({ value, tag: 'tag' });

export function decided<P, Ask, R>(
  verb: Runs<P, Ask, R>,
  place: P,
  ask: Ask,
  read: object,
  over: Partial<Deciding<P>> = {},
): Decision<R> {
  if (!verb.decide) throw new Error('this verb has no decision of its own');
  const request = { caller: CONTRIBUTOR, now: NOON, requestId: 'r1', id: 'id-1', place, ...over };
  return verb.decide(read as never, ask, request);
}

/** The plan that was decided on; anything else is a failure of the test. */
export function planned<R>(decision: Decision<R>): Plan<R> {
  if (!('answer' in decision)) throw new Error(`no plan: ${JSON.stringify(decision)}`);
  return decision;
}

export const alertsOf = ({ alerts = [] }: Plan<unknown>): readonly string[] =>
  alerts.map((one) => ('now' in one ? one.now.type : one.type));
