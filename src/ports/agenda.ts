/** What is read of the agenda: hints, and the work lists of executors. */
import type { Hint, Work } from '../core/hints.ts';
import type { Ticket } from '../core/ticket.ts';
import type { Instant } from '../core/time.ts';
import type { Found, Stretch } from './stretch.ts';

/** A hint that fell due. */
export interface DueHint extends Hint {
  readonly tries: number;
  /** Where it was found: there it is struck off, and behind it the agenda is read on. Absent: where it would be written now. */
  readonly found?: { readonly shard: string; readonly key: string };
  /** The ticket that it carries, as it lies there: `ticketIn` opens it. */
  readonly sealed?: { readonly text: string; readonly seal: string };
}

/** A part of a shard: behind one key, and no further than another. */
export interface AgendaStretch {
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  readonly limit: number;
}

/** A time of a shard. Behind a key it is read on. */
export interface AgendaSpan {
  readonly from?: Instant | undefined;
  readonly before: Instant;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** A line of a work list, where it lies. */
export type WorkLine = DueHint & { readonly work: Work } & Required<Pick<DueHint, 'found'>>;

export interface Agenda {
  readonly shards: readonly string[];
  /**
   * What an executor may claim, what can be claimed longest first: from its beginning or behind an instant on; with `all` also what waits for a
   * person behind that, with `parked` only that. Its keys are its places.
   */
  work(
    executor: string,
    stretch: Stretch & { readonly behind?: Instant; readonly all?: true; readonly parked?: true },
  ): Promise<Found<WorkLine>>;
  /** Lines of all work lists, or of those behind an executor's, no more than so many. */
  allWork(limit: number, behind?: string): Promise<Found<WorkLine>>;
  /** What fell due in a shard, oldest first, no more than so many. */
  due(shard: string, now: Instant, stretch: AgendaStretch): Promise<Found<DueHint>>;
  /** What falls due from one instant on and before another, without tickets. */
  ahead(shard: string, span: AgendaSpan): Promise<Found<DueHint>>;
  /** The ticket in a hint; undefined: it has none that this service has made. */
  ticketIn(hint: DueHint): Ticket | undefined;
  /** Strikes hints off; those that somebody else struck are no matter. */
  strike(hints: readonly (Hint | DueHint)[]): Promise<void>;
}
