/** Whom one can be in a local run. */
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
];

export const callerOf = (id: string | null): LocalCaller => CALLERS.find((one) => one.id === id) ?? CALLERS[0];
