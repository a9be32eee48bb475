export const ROLES = ['Reader', 'Operator', 'Contributor', 'GuardAdmin', 'Agent'] as const;
export type Role = (typeof ROLES)[number];

export interface Caller {
  readonly tid: string;
  readonly oid: string;
  readonly roles: readonly Role[];
  readonly appOnly: boolean;
  /** The token carries the demanded authentication context, and the sign-in is fresh. */
  readonly secondFactor: boolean;
  /** The client said that it can be asked for more claims, in Microsoft Entra's own way. */
  readonly takesClaims?: true;
}

export const CHANNELS = ['portal', 'agent', 'service'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A backup agent signs in as itself: without an app-only token the role gives nothing. */
export const channelOf = (caller: Caller): Channel =>
  caller.appOnly && caller.roles.includes('Agent') ? 'agent' : 'portal';

/** What each role contains besides itself. */
const CONTAINS: { readonly [R in Role]: readonly Role[] } = {
  Reader: [],
  Operator: ['Reader'],
  Contributor: ['Operator', 'Reader'],
  GuardAdmin: [],
  Agent: [],
};

export const hasRole = (caller: Caller, role: Role): boolean =>
  role === 'Agent'
    ? channelOf(caller) === 'agent'
    : caller.roles.some((held) => held === role || CONTAINS[held].includes(role));

/** An agent may touch only what lies on the servers that it registered itself. */
export const ownsServer = (caller: Caller, registeredBy: { tid: string; oid: string }): boolean =>
  caller.tid === registeredBy.tid && caller.oid === registeredBy.oid;

/** What is missing when a critical operation is asked for without a second factor. */
export const missingFactor = (caller: Caller): 'StepUpRequired' | 'SecurityPinRequired' | undefined => {
  if (caller.secondFactor) return undefined;
  return caller.appOnly ? 'SecurityPinRequired' : 'StepUpRequired';
};
