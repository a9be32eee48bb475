/** Three are due and the belt lets two go: it holds them, and a sweep that brings its token releases them. */
import { expect } from 'vitest';
import type { Door, Reply, Swept } from './doors.ts';
import type { Story } from './judge.ts';
import { aSeed, daysAgo, type Placed } from './seeds.ts';

const DUE = 3;
export const MAX_PURGES = DUE - 1;

export async function seedOfBelt(): Promise<readonly Placed[]> {
  const seed = aSeed();
  for (let vm = 0; vm < DUE; vm += 1) await seed.trash('held', `vm${vm}`, daysAgo(14.1), 1);
  return seed.rows();
}

/** The belt holds, and gives this out. */
export async function tokenOf(door: Door): Promise<string> {
  const { body } = await door('POST', 'sweeps', { body: {} });
  const { held, purged } = body as Swept & { readonly held?: { readonly token?: string } };
  if (purged !== 0 || held?.token === undefined) throw new Error(`the belt does not hold: ${JSON.stringify(body)}`);
  return held.token;
}

/** What the sweep with the token is answered, if it is answered well. */
export function mustHaveReleased({ status, body }: Reply): void {
  if (status < 300 && JSON.stringify(body).includes('Belt')) throw new Error('it holds still');
}

/** The same again: there may be nothing left to release. */
export function mustBeReleased({ status, body }: Reply): void {
  if (status >= 300 && !JSON.stringify(body).includes('is purged'))
    throw new Error(`repeated, it was answered ${status} ${JSON.stringify(body)}`);
}

/** Each sweep that was asked for is told, and so is a token that came too late; and the ids of alerts hold times. */
export function comparable(story: Story): Story {
  const happened = [...story.happened].filter(([line]) => !/^~service\/~ ReleaseBelt !BeltToken/.test(line));
  const alerts = [...story.alerts].map((id) => id.replace(/(brakereleased|masspurgeheld)~.*/, '$1'));
  expect(alerts.length, 'told once').toBe(new Set(alerts).size);
  return { ...story, happened: new Map(happened), alerts: new Set(alerts) };
}

export function mustHaveGoneOnce(story: Story | undefined): void {
  expect([...(story?.states.values() ?? [])]).toEqual(Array.from({ length: DUE }, () => 'Purged'));
  expect(story?.happened.get('~service/~ ReleaseBelt null>null')).toBe(1);
}
