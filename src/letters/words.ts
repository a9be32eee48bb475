/** What a letter opens with, and the pieces that its first sentence is put together from. */
import type { Occasion, Section } from './blocks.ts';
import { howMany, itemsCounted } from './bundles.ts';
import {
  counted,
  endOf,
  fact,
  guardedOf,
  instantFact,
  keptDays,
  openUntil,
  plain,
  shown,
  timeLeft,
  vaultOf,
} from './facts.ts';
import { itemIn } from './kinds.ts';

/** How a subject ends. */
export type Ending = 'timeLeft' | 'purged' | 'count' | 'none';

export interface Outline {
  /** Instead of what the type says, where that is not true of what an executor is asked to destroy. */
  readonly event?: string;
  /** The sentence that the letter opens with. A list of mails shows it beside the subject. */
  readonly lead: (words: Words) => string;
  readonly ending: Ending;
  readonly sections: readonly Section[];
}

const called = (kind: 'Guard' | 'Vault', name: string | undefined): string =>
  name === undefined ? `A ${kind.toLowerCase()}` : `${kind} ${plain(name, 63)}`;

/** What purges of before do not say, and what is true of them. */
const NOBODY_ASKED = 'Reprieve removed its own record of it; nobody was asked to delete the data itself.';

/** The pieces of an opening sentence. `by`, `kept` and `soon` fit in whether or not their facts are known. */
export const wordsOf = (occasion: Occasion) => {
  const { alert, now } = occasion;
  const [caller, days, until] = [fact(alert, 'by'), keptDays(alert), openUntil(alert, now)];
  const [purgeAt, due] = [endOf(alert), instantFact(alert, 'purgeAt')];
  const isLate = instantFact(alert, 'notBefore') !== undefined;
  const period = days === undefined ? '' : ` for ${counted(days, 'day')}`;
  const end = until ? `, until ${shown(until)}: ${timeLeft(until, now)}` : '';
  const count = howMany(occasion);
  return {
    it: `${itemIn(occasion)} in ${vaultOf(alert)}`,
    vault: vaultOf(alert),
    guarded: guardedOf(alert),
    guard: called('Guard', fact(alert, 'guard')),
    removed: called('Vault', fact(alert, 'removedVault')),
    place: alert.item === null ? vaultOf(alert) : `${itemIn(occasion)} in ${vaultOf(alert)}`,
    by: caller ? ` by ${caller}` : '',
    where: alert.vault === null ? '' : ` in ${vaultOf(alert)}`,
    many: count > 0 ? itemsCounted(occasion, count) : 'Many items',
    kept: period || end ? ` It is kept${period}${end}.` : '',
    soon: purgeAt
      ? `be purged at ${shown(purgeAt)}${isLate ? ' at the earliest' : ''}: ${timeLeft(purgeAt, now)}`
      : 'soon be purged',
    executor: `Executor ${fact(alert, 'executor') ?? 'of the purge'}`,
    why: fact(alert, 'reason') ? `: ${fact(alert, 'reason')}` : '',
    said: fact(alert, 'statement') ?? NOBODY_ASKED,
    late:
      isLate && due
        ? ` This reminder is late: the soft-delete period ${due > now ? 'ends' : 'ended'} at ${shown(due)}. You still have time to act.`
        : '',
  };
};

export type Words = ReturnType<typeof wordsOf>;
