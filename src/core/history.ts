import { type Caller, type Channel, channelOf, type Role } from './caller.ts';
import type { Instant } from './time.ts';

export type Facts = { readonly [name: string]: string | number | boolean | null | readonly string[] };

/** One line of an item's history. Refused attempts are in it too. */
export interface Entry {
  readonly at: Instant;
  /** The item's name; null when it happened to the vault itself. */
  readonly item: string | null;
  readonly caller: {
    readonly oid: string;
    readonly tid: string;
    readonly roles: readonly Role[];
    readonly channel: Channel;
  };
  readonly operation: string;
  readonly outcome: 'Succeeded' | 'Refused';
  readonly code: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly requestId: string;
  readonly facts: Facts;
}

export const signature = (caller: Caller): Entry['caller'] => ({
  oid: caller.oid,
  tid: caller.tid,
  roles: caller.roles,
  channel: channelOf(caller),
});

/** The caller in the history when the service acted on its own, because a time was reached. */
export const SERVICE: Entry['caller'] = { oid: 'reprieve', tid: '', roles: [], channel: 'service' };
