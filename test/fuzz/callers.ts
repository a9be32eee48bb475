/** Who asks: everybody whom the service knows, and whoever would like to be somebody else. */
import { UnsecuredJWT } from 'jose';
import type { Service } from '../support/launch.ts';

type Mint = (service: Pick<Service, 'token' | 'idp'>) => Promise<string | undefined>;

const ALL = ['Reader', 'Operator', 'Contributor', 'GuardAdmin'];

const CALLERS = {
  nobody: async () => undefined,
  everybody: ({ token }) => token({ sub: 'everybody', roles: ALL, mfa: true }),
  reader: ({ token }) => token({ sub: 'rita', roles: ['Reader'] }),
  operator: ({ token }) => token({ sub: 'otto', roles: ['Operator'] }),
  contributor: ({ token }) => token({ sub: 'ada', roles: ['Contributor'] }),
  contributorMfa: ({ token }) => token({ sub: 'ada', roles: ['Contributor'], mfa: true }),
  contributorOldMfa: ({ token }) => token({ sub: 'ada', roles: ['Contributor'], mfa: true, authAgeSeconds: 3000 }),
  app: ({ token }) => token({ sub: 'script', roles: ['Contributor'], appOnly: true }),
  keeper: ({ token }) => token({ sub: 'keeper', roles: ['GuardAdmin'], mfa: true }),
  agent: ({ token }) => token({ sub: 'agent', roles: ['Agent'], appOnly: true }),
  otherAgent: ({ token }) => token({ sub: 'agent-2', roles: ['Agent'], appOnly: true }),
  agentPerson: ({ token }) => token({ sub: 'agent', roles: ['Agent'] }),
  destroyer: ({ token }) => token({ sub: 'destroyer', roles: ['Executor'], appOnly: true }),
  otherDestroyer: ({ token }) => token({ sub: 'destroyer-2', roles: ['Executor'], appOnly: true }),
  destroyerPerson: ({ token }) => token({ sub: 'destroyer', roles: ['Executor'] }),
  roleless: ({ token }) => token({ sub: 'nemo', roles: [] }),
  odd: ({ token }) => token({ sub: "o'dd\u202e\r\n<b>", roles: ALL, mfa: true }),
  expired: ({ token }) => token({ sub: 'ada', roles: ALL, expiresInSeconds: -3600 }),
  elsewhere: ({ token }) => token({ sub: 'ada', roles: ALL, audience: 'api://somebody-else' }),
  foreign: ({ token }) => token({ sub: 'ada', roles: ALL, issuer: 'https://login.example.com' }),
  unsigned: async ({ idp }) =>
    new UnsecuredJWT({
      iss: idp,
      aud: 'api://reprieve',
      tid: 'local',
      oid: 'ada',
      roles: ALL,
      exp: 9_999_999_999,
    }).encode(),
  garbage: async () => 'Z2FyYmFnZQ.Z2FyYmFnZQ.Z2FyYmFnZSBnYXJiYWdl',
} as const satisfies Record<string, Mint>;

export type CallerName = keyof typeof CALLERS;
export const CALLER_NAMES = Object.keys(CALLERS) as readonly CallerName[];

export type Tokens = ReadonlyMap<CallerName, string | undefined>;

export async function mintAll(service: Pick<Service, 'token' | 'idp'>): Promise<Tokens> {
  const made = CALLER_NAMES.map(async (name) => [name, await CALLERS[name](service)] as const);
  return new Map(await Promise.all(made));
}
