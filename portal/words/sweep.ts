import type { Sweep } from '../../client/api.ts';
import { spaced } from './labels.ts';

const DONE = {
  purged: 'purged',
  ordered: 'handed to executors',
  warned: 'warned',
  expired: 'expired',
  retold: 'mailed again',
  failed: 'failed',
} as const;

const done = (sweep: Sweep): readonly string[] =>
  Object.entries(DONE).flatMap(([key, words]) => {
    const count = sweep[key as keyof typeof DONE];
    return count > 0 ? [`${count.toLocaleString('en')} ${words}`] : [];
  });

/** What was due and needed nothing yet is not worth a word: held items, items whose days were made longer, points that do not age. */
export const summary = (sweep: Sweep): string =>
  [...done(sweep), ...(sweep.held ? [`held: ${spaced(sweep.held.reason).toLowerCase()}`] : [])].join(', ') ||
  'nothing to do';

/** It found nothing to do, and came to its end. */
export const isIdle = (sweep: Sweep): boolean => !sweep.held && sweep.complete && done(sweep).length === 0;

/** A dry run purges nothing: what it would do counts. */
export const intended = (sweep: Sweep): string => {
  const byAction = [...Map.groupBy(sweep.items ?? [], ({ action }) => action)];
  if (byAction.length === 0) return sweep.held ? summary(sweep) : 'nothing is due';
  return byAction.map(([action, some]) => `${action} ${some.length.toLocaleString('en')}`).join(', ');
};
