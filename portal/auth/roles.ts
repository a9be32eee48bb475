/** What the portal offers goes by the caller's roles. What is allowed, the service decides. */
export type Role = 'Reader' | 'Operator' | 'Contributor' | 'GuardAdmin';

/** Which roles include each one. */
const GIVEN_BY: { readonly [R in Role]: readonly string[] } = {
  Reader: ['Reader', 'Operator', 'Contributor'],
  Operator: ['Operator', 'Contributor'],
  Contributor: ['Contributor'],
  GuardAdmin: ['GuardAdmin'],
};

/** Undefined roles are unknown ones: then everything is offered, and the service refuses what the caller may not do. */
export const mayAs = (roles: readonly string[] | undefined, role: Role): boolean =>
  roles === undefined || roles.some((held) => GIVEN_BY[role].includes(held));

/** The roles that an access token carries. Undefined: the token is not one that can be read here. */
export function rolesIn(token: string): readonly string[] | undefined {
  try {
    const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
    const { roles = [] }: { readonly roles?: unknown } = JSON.parse(atob(payload));
    return Array.isArray(roles) ? roles.map(String) : undefined;
  } catch {
    return undefined;
  }
}

/** A person whom the identity provider of a local run vouches for. */
export interface LocalCaller {
  readonly id: string;
  readonly text: string;
  readonly sub: string;
  readonly roles: readonly string[];
}

export const CALLERS: readonly [LocalCaller, ...LocalCaller[]] = [
  {
    id: 'everyday',
    text: 'local-user: everyday roles',
    sub: 'local-user',
    roles: ['Reader', 'Operator', 'Contributor'],
  },
  { id: 'reader', text: 'rita: Reader', sub: 'rita', roles: ['Reader'] },
  { id: 'operator', text: 'otto: Operator', sub: 'otto', roles: ['Operator'] },
  { id: 'contributor', text: 'clara: Contributor', sub: 'clara', roles: ['Contributor'] },
  { id: 'guard', text: 'gus: GuardAdmin and Reader', sub: 'gus', roles: ['GuardAdmin', 'Reader'] },
  { id: 'guardOnly', text: 'gwen: GuardAdmin', sub: 'gwen', roles: ['GuardAdmin'] },
];

export const callerOf = (id: string | null): LocalCaller => CALLERS.find((one) => one.id === id) ?? CALLERS[0];
