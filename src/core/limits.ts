import { cutEnd, livingCuts, type Retention, type Terms, takesAway } from './policy.ts';
import { type Refused, refuse } from './problems.ts';
import { type Instant, iso } from './time.ts';

/** How many there may be: more than anybody needs, and so few that they fit in the row that holds them. */
export const LIMITS = {
  kinds: { most: 100, says: (most) => `There can be ${most} kinds of your own at most.`, help: 'Delete one first.' },
  policies: { most: 200, says: (most) => `A vault can have ${most} policies at most.`, help: 'Delete one first.' },
  silences: { most: 50, says: (most) => `A vault can have ${most} silences at most.`, help: 'Remove one first.' },
  holds: { most: 20, says: (most) => `An item can have ${most} holds at most.`, help: 'Remove one first.' },
  extensions: {
    most: 100,
    says: (most) => `The soft-delete period of a vault can be lengthened ${most} times within 181 days.`,
    help: 'Or set softDelete.retentionScope to FutureDeletions.',
  },
  cuts: {
    most: 100,
    says: (most) => `Retention can be shortened ${most} times while recovery points that it cut off still wait.`,
    help: null,
  },
} as const satisfies Readonly<Record<string, Limit>>;

interface Limit {
  readonly most: number;
  readonly says: (most: number) => string;
  /** What to do, besides waiting. */
  readonly help: string | null;
}

/** Refuses one more. `ends`: when those that are there end by themselves; null: they stay. */
export function oneMore(what: keyof typeof LIMITS, ends: readonly (Instant | null)[]): Refused | undefined {
  const { most, says, help }: Limit = LIMITS[what];
  if (ends.length < most) return undefined;
  const until = ends.filter((end) => end !== null).toSorted((a, b) => a.toMillis() - b.toMillis())[ends.length - most];
  const room = until && `There is room again from ${iso(until)} on.`;
  const message = [says(most), room, help].filter(Boolean).join(' ');
  return refuse('LimitReached', message, { facts: { limit: most, ...(until ? { until: iso(until) } : {}) } });
}

/** Whether this retention would cut off more points while too many earlier cuts still have an effect. */
export const tooManyCuts = (terms: Terms, to: Retention, now: Instant): Refused | undefined =>
  takesAway(terms.retention, to) ? oneMore('cuts', livingCuts(terms.cuts, now).map(cutEnd)) : undefined;
