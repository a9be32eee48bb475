import { cutEnd, isShorter, livingCuts, type Retention, type Terms } from './policy.ts';
import { type Refused, refuse } from './problems.ts';
import { type Instant, iso } from './time.ts';

/** How many there may be: more than anybody needs, and so few that they fit in the row that holds them. */
const LIMITS = {
  policies: { most: 200, told: 'A vault can have 200 policies at most. Delete one first.' },
  silences: { most: 50, told: 'A vault can have 50 silences at most. Remove one first.' },
  holds: { most: 20, told: 'An item can have 20 holds at most. Remove one first.' },
  extensions: {
    most: 100,
    told: 'The soft-delete period of a vault can be lengthened 100 times within 181 days. Or set softDelete.retentionScope to FutureDeletions.',
  },
  cuts: {
    most: 100,
    told: 'Retention can be shortened 100 times while recovery points that it cut off still wait.',
  },
} as const;

/** Refuses one more. `ends`: when those that are there end by themselves; null: they stay. */
export function oneMore(what: keyof typeof LIMITS, ends: readonly (Instant | null)[]): Refused | undefined {
  const { most, told } = LIMITS[what];
  if (ends.length < most) return undefined;
  const until = ends.filter((end) => end !== null).toSorted((a, b) => a.toMillis() - b.toMillis())[ends.length - most];
  const message = until ? `${told} There is room again from ${iso(until)} on.` : told;
  return refuse('LimitReached', message, { facts: { limit: most, ...(until ? { until: iso(until) } : {}) } });
}

/** Whether this retention would cut off more points while too many earlier cuts still have an effect. */
export const tooManyCuts = (terms: Terms, to: Retention, now: Instant): Refused | undefined =>
  isShorter(terms.retention, to) ? oneMore('cuts', livingCuts(terms.cuts, now).map(cutEnd)) : undefined;
