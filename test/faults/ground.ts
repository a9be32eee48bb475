/** What is there before a call of the fault matrix: the shape of such a call, and the ground on which it is made. */
import { addDays, iso } from '../../src/core/time.ts';
import type { Person } from '../support/secured.ts';
import type { Tables } from '../support/tables.ts';
import type { Door, Reply } from './doors.ts';
import { daysAgo } from './seeds.ts';

export interface Ground {
  /** Of whoever brings no token: everyday roles, no second factor. */
  readonly door: Door;
  readonly as: (who: Person) => Door;
  /** The tables of the service, past it. */
  readonly tables: Tables;
  readonly vault: string;
}

export interface Act {
  readonly method: string;
  /** Behind the vault, if it begins with a slash or is empty; else from the root of the API. */
  readonly path: string;
  readonly body?: object;
  /** It is sent with an Idempotency-Key: to say it twice without one would mean something else. */
  readonly key?: boolean;
  readonly ifMatch?: string;
  readonly pin?: string;
  /** It comes from the mail service, with the key of its webhook. */
  readonly webhook?: true;
  /** Absent: without a token. */
  readonly who?: Person;
}

export interface Verb {
  /** The route that it calls, by name: a route that changes something and is called by none of them fails a test. */
  readonly route: string;
  readonly arrange: (ground: Ground) => Promise<Act>;
  /** `{vault}` in its path is the name of the vault. */
  readonly right: { readonly path: string; readonly is: object };
  /** What cannot be read is tried. Throws when the answer is not good for what it is for. */
  readonly works?: (ground: Ground, reply: Reply) => Promise<void>;
  /** The line of the history that tells of it: it must be there once, beside what the ground had of it. */
  readonly once?: RegExp;
  readonly before?: number;
  /** What its repetition is told when it was done already: that there is nothing left to do it to. */
  readonly gone?: 404;
}

export const pathOf = (vault: string, path: string): string =>
  (/^\/|^$/.test(path) ? `vaults/${vault}${path}` : path).replace('{vault}', vault);

export const DAILY = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };

export async function must(reply: ReturnType<Door>): Promise<unknown> {
  const { status, body } = await reply;
  if (status >= 300) throw new Error(`the ground is not level: ${status} ${JSON.stringify(body)}`);
  return body;
}

export const put = ({ door, vault }: Ground, path: string, body: object) =>
  must(door('PUT', `vaults/${vault}${path}`, { body }));
export const post = ({ door, vault }: Ground, path: string, body: object) =>
  must(door('POST', `vaults/${vault}${path}`, { body }));

export async function aVault(ground: Ground, settings: object = {}): Promise<void> {
  await put(ground, '', { kind: 'RecoveryServices', ...settings });
  await put(ground, '/policies/daily', DAILY);
}

export const protection = ({ vault }: Ground) => ({ workload: 'AzureVM', policy: 'daily', sourceId: `${vault}/vm` });

export async function anItem(ground: Ground, settings?: object): Promise<void> {
  await aVault(ground, settings);
  await put(ground, '/items/vm', protection(ground));
}

export const STOP = { method: 'POST', path: '/items/vm/stop' } as const;
export const DELETE = { mode: 'delete', confirmName: 'vm' };
export const OFF = { softDelete: { state: 'Disabled' } };

export async function trash(ground: Ground): Promise<void> {
  await anItem(ground);
  await post(ground, '/items/vm/stop', DELETE);
}

export const PAUSE = () => ({ reason: 'audit', until: iso(addDays(daysAgo(0), 1)) });

export const aBackup = async (ground: Ground): Promise<string> =>
  String(((await post(ground, '/items/vm/backup', {})) as { readonly id?: unknown }).id);

export const etagOf = async ({ door, vault }: Ground, path: string): Promise<string> =>
  String(((await must(door('GET', pathOf(vault, path)))) as { readonly etag?: unknown }).etag);

export const isItem = (state: string, more: object = {}) => ({
  path: '/items/vm',
  is: { status: 200, body: { state, ...more } },
});
export const PURGED = { path: '/items/vm', is: { status: 410 } };
