import type { LinkTo, PointPage } from '../../src/change.ts';
import type { Ridden } from '../../src/core/alerts.ts';
import type { Link } from '../../src/core/caller.ts';
import type { Hint } from '../../src/core/hints.ts';
import type { Job, Remains } from '../../src/core/item.ts';
import type { Kinds } from '../../src/core/knownKinds.ts';
import { keyOf } from '../../src/core/names.ts';
import type { ClosedOrder } from '../../src/core/order.ts';
import type { Instant } from '../../src/core/time.ts';
import type { Mark } from '../../src/core/told.ts';
import type { Row } from '../../src/store/table.ts';
import type { Texts } from './texts.ts';

export type TableName = 'vaults' | 'agenda' | 'registry';

export interface Placed {
  readonly partition: string;
  readonly row: Row;
}

/** Every row of a table, the rows of a partition together and in the order of keys; or those of one partition that begin so. */
export type Scan = (table: TableName, within?: Within) => AsyncIterable<Placed>;

export interface Within {
  readonly partition: string;
  readonly prefix: string;
}

export interface Finding {
  /** `table/partition/key` of the row. */
  readonly row: string;
  readonly rule: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'unreadable';
  readonly message: string;
}

export type Tell = (key: string, rule: Finding['rule'], message: string) => void;

/** A hint, with what is known of its ticket. */
export interface Led extends Hint {
  readonly carried?: Carried | undefined;
}

export interface Hints {
  get(place: string): readonly Led[];
  /** Its lines in the work lists of executors. */
  work(place: string): readonly Filed[];
}

/** A line in the work list of an executor. */
export interface Filed {
  readonly executor: string;
  readonly order: string;
  readonly due: Instant;
  readonly isParked: boolean;
}

/** A ticket, so short that those of a million hints fit in memory. */
export interface Carried {
  readonly seq: number;
  readonly fence: string;
  readonly digest: string;
}

/** What a vault's rows are compared with. */
export interface Surroundings {
  readonly now: Instant;
  /** Whether so much time has gone by since then that the sweep has been there: two of its turns, or an hour where nobody knows them. */
  readonly isSettled: (since: Instant) => boolean;
  /** The hints of an item, or of a policy, by `vault/name`. */
  readonly hints: Hints;
  /** Which vaults the directory lists. */
  readonly listed: ReadonlySet<string>;
  /** Which it lists as deleted. */
  readonly deleted: ReadonlySet<string>;
  /** Whether a seal is ours; absent where the key is not known. */
  readonly holds?: (sealed: Pick<Link, 'hash' | 'seal'>) => boolean;
  readonly kinds: Kinds;
  /** Which vaults are listed for which guards and kinds. */
  readonly links: Readonly<Record<LinkTo, ReadonlySet<string>>>;
  /** `vault/item` by the key of the source. */
  readonly claims: Pick<Texts, 'get'>;
}

export const placeOf = (vault: string, name: string): string => `${keyOf(vault)}/${keyOf(name)}`;

export interface Written {
  /** The id of the write. */
  readonly id: string;
  readonly to: string | null;
  readonly at: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly operation: string;
  readonly isChained: boolean;
}

/** The rows of one vault, parsed and sorted by what they are. Names are in lower case. */
export interface Contents {
  readonly vault: string;
  readonly items: ReadonlyMap<string, Remains>;
  readonly pages: ReadonlyMap<string, readonly PointPage[]>;
  readonly jobs: ReadonlyMap<string, readonly Job[]>;
  readonly history: ReadonlyMap<string, readonly Written[]>;
  readonly servers: ReadonlySet<string>;
  /** The document of each row in the trash, by its key. */
  readonly trash: ReadonlyMap<string, string>;
  /** Who was told of a purge, by item. */
  readonly marks: ReadonlyMap<string, readonly Mark[]>;
  /** What is kept of orders that have ended, by item. */
  readonly closed: ReadonlyMap<string, readonly ClosedOrder[]>;
  /** The document of each item. */
  readonly documents: ReadonlyMap<string, string>;
  /** What alerts of an item ride on that nobody was told of. undefined: in slices it is not known. */
  readonly ridden: ReadonlyMap<string, readonly Ridden[]> | undefined;
}

/** What cannot be read is told, and the others are looked at all the same. */
export function attempt<T>(work: () => T, failed: (why: string) => void): T | undefined {
  try {
    return work();
  } catch (error) {
    failed(error instanceof Error ? error.message : 'unreadable');
    return undefined;
  }
}
