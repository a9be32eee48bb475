/** Who does what in the demo. */
export const PEOPLE = {
  dana: { roles: ['Contributor'], mfa: true },
  lin: { roles: ['Contributor'] },
  omar: { roles: ['Operator'] },
  sam: { roles: ['Contributor'] },
  kim: { roles: ['GuardAdmin'], mfa: true },
  lee: { roles: ['GuardAdmin'], mfa: true },
} as const;

export type Name = keyof typeof PEOPLE;
