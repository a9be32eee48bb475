import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { aQuietVault, type Estate, later } from '../../support/estate.ts';
import { FULL } from '../../support/full.ts';
import type { Service } from '../../support/launch.ts';
import { startService } from '../../support/service.ts';
import { type Sweeping, sweepingOf } from '../support/sweeping.ts';

let service: Service;
let s: Sweeping;

beforeAll(async () => {
  service = await startService();
  s = sweepingOf(service);
});

const ROUNDS = FULL ? 10 : 3;
const ITEMS = FULL ? 20 : 12;
const EACH_WINS = FULL ? 20 : 5;
/** How far around its instant an item is undeleted: within this the two meet. */
const AROUND_MS = 60;

interface Race {
  readonly vault: Estate;
  readonly item: string;
  readonly status: number;
  readonly code: string | undefined;
}

interface Round {
  readonly races: readonly Race[];
  /** What the sweeps raised, once they are over. */
  readonly alerts: readonly string[];
}

/** Some items, each undeleted about the instant at which it falls due, while two sweeps run over and over. */
async function round(number: number, around: number): Promise<Round> {
  const vault = await aQuietVault(service);
  const items = await Promise.all(
    Array.from({ length: ITEMS }, async (_, index) => {
      const { name, softDelete } = await vault.trash(`vm-${index}`);
      return { name, due: Date.parse(softDelete.purgeAt) };
    }),
  );
  const first = Math.min(...items.map(({ due }) => due));
  const last = Math.max(...items.map(({ due }) => due));
  const offset = first - 200 - around - Date.now();
  await s.at(new Date(Date.now() + offset).toISOString());
  const now = () => Date.now() + offset;

  const sweeper = async () => {
    while (now() < last + around) await s.sweep();
  };
  const undelete = async (name: string, due: number, index: number): Promise<Race> => {
    // spread evenly, and differently in every round: no luck is needed to meet the instant from both sides
    const aside = (((index * 7 + number * 3) % ITEMS) / (ITEMS - 1) - 0.5) * 2 * around;
    await pause(Math.max(0, due + aside - now()));
    const { status, body } = await vault.undelete(name);
    const { error } = body as { readonly error?: { readonly code: string } };
    return { vault, item: name, status, code: error?.code };
  };
  const [races] = await Promise.all([
    Promise.all(items.map(({ name, due }, index) => undelete(name, due, index))),
    sweeper(),
    sweeper(),
  ]);
  await s.sweepAt(later(new Date(last).toISOString(), { seconds: 1 }));
  return { races, alerts: await s.alerts(vault) };
}

/** Judged before the next round moves the clock on. Answers whether the undelete won. */
async function judge({ vault, item, status, code }: Race, alerts: readonly string[]): Promise<boolean> {
  const after = await vault.get(item);
  const told = alerts.filter((alert) => alert === `purgecomplete ${item} 1`);
  const moved = (await vault.history(item)).map(({ to }) => to);
  if (status === 200) {
    expect(after, item).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(told).toEqual([]);
    expect(moved).not.toContain('Purged');
    return true;
  }
  expect(['409 UndeleteWindowClosed', '410 ItemPurged']).toContain(`${status} ${code}`);
  expect(after, item).toMatchObject({ status: 410 });
  expect(told).toHaveLength(1);
  expect(moved.filter((to) => to === 'Purged')).toHaveLength(1);
  return false;
}

test(`case 73: ${ROUNDS * ITEMS} times and more an undelete meets the sweep at the instant of the purge: one wins, and only one`, async () => {
  const won: boolean[] = [];
  const wins = (undelete: boolean) => won.filter((one) => one === undelete).length;
  let around = AROUND_MS;
  for (let number = 0; number < ROUNDS || Math.min(wins(true), wins(false)) <= EACH_WINS; number += 1) {
    const { races, alerts } = await round(number, around);
    const judged = await Promise.all(races.map((race) => judge(race, alerts)));
    won.push(...judged);
    // where the machine is slow all come too late, or too early: aim wider until the instant is between them
    if (new Set(judged).size === 1) around *= 2;
  }
});

test('what the races left behind is in order', () => s.check());
