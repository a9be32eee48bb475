import type { Instant } from './time.ts';

export const ROLES = ['Reader', 'Operator', 'Contributor', 'GuardAdmin', 'Agent', 'Executor'] as const;
export type Role = (typeof ROLES)[number];

export interface Identity {
  readonly tid: string;
  readonly oid: string;
}

export interface Caller extends Identity {
  readonly roles: readonly Role[];
  readonly appOnly: boolean;
  /** The token carries the demanded authentication context, and the sign-in is fresh. */
  readonly secondFactor: boolean;
  /** The client understands Microsoft Entra's claims challenges, so it can be asked for more claims. */
  readonly takesClaims?: true;
}

export const CHANNELS = ['portal', 'agent', 'service'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A backup agent signs in as itself, so the role Agent counts only in an app-only token. */
export const channelOf = (caller: Caller): Channel =>
  caller.appOnly && caller.roles.includes('Agent') ? 'agent' : 'portal';

/** The other roles that each role includes. */
const CONTAINS: { readonly [R in Role]: readonly Role[] } = {
  Reader: [],
  Operator: ['Reader'],
  Contributor: ['Operator', 'Reader'],
  GuardAdmin: [],
  Agent: [],
  Executor: [],
};

/** A guard is kept by people; what destroys, and what backs up, signs in as itself. All other roles are for both. */
const MEANT_FOR: { readonly [R in Role]?: 'persons' | 'apps' } = {
  GuardAdmin: 'persons',
  Agent: 'apps',
  Executor: 'apps',
};

export const hasRole = (caller: Caller, role: Role): boolean =>
  MEANT_FOR[role] !== (caller.appOnly ? 'persons' : 'apps') &&
  caller.roles.some((held) => held === role || CONTAINS[held].includes(role));

/** An agent may touch only the items on servers that it registered itself. */
export const ownsServer = (caller: Caller, registeredBy: Identity): boolean =>
  caller.tid === registeredBy.tid && caller.oid === registeredBy.oid;

/** What a caller lacks for a critical operation; undefined when nothing is missing. */
export const missingFactor = (caller: Caller): 'StepUpRequired' | 'SecurityPinRequired' | undefined => {
  if (caller.secondFactor) return undefined;
  return caller.appOnly ? 'SecurityPinRequired' : 'StepUpRequired';
};

export type Facts = { readonly [name: string]: string | number | boolean | null | readonly string[] };

/** How far a chain of history goes: the number of its last entry, and its hash. See evidence.ts. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

/** An entry as whoever has to prove something names it. */
export interface Evidence extends ChainHead {
  readonly chain: string;
}

/** What binds an entry to the one before it. */
export interface Link extends ChainHead {
  readonly prev: string;
  /** Made of the hash with a key that the storage account does not know. */
  readonly seal: string;
}

/** One line of a history. Refused attempts are in it too. */
export interface Entry {
  readonly at: Instant;
  /** The item's name; null when it happened to the vault itself. */
  readonly item: string | null;
  /** The guard's name, where it happened to a guard. */
  readonly guard?: string | undefined;
  readonly caller: Identity & { readonly roles: readonly Role[]; readonly channel: Channel };
  readonly operation: string;
  readonly outcome: 'Succeeded' | 'Refused';
  readonly code: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly requestId: string;
  readonly facts: Facts;
  /** Its place in the chain, once it is written. Entries of before have none. */
  readonly link?: Link | undefined;
}

/** How the history names a caller; without one the service acted on its own, because a time was reached. */
export function signature(caller: Caller | undefined): Entry['caller'] {
  if (!caller) return { oid: 'reprieve', tid: '', roles: [], channel: 'service' };
  const { oid, tid, roles } = caller;
  return { oid, tid, roles, channel: channelOf(caller) };
}
