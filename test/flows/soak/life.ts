/** What people do in a town, turn by turn and month by month. */
import { expect } from 'vitest';
import { addDays, iso } from '../../../src/core/time.ts';
import { NOON } from '../../support/builders.ts';
import { FAULTY, GONE, OPS, type Town } from './town.ts';

/** How fast time goes by, and how large the town is. */
export interface Pace {
  /** Something happens every so many days, and so many turns are a month. */
  readonly turnDays: number;
  readonly month: number;
  /** So many names come round. Not in step with the month: an alert that has to stay because its item is in the trash is looked at every 30 days. */
  readonly names: number;
  /** On so many days of a turn so many items are backed up. */
  readonly backupDays: number;
  readonly living: number;
  readonly quiet: number;
}

const BUSY = 'busy';
/** It collects its mails. */
const PATIENT = 'patient';
/** It is made and removed every month. */
const PASSING = 'passing';
const GUARD = 'keepers';
const KIND = 'Tenant';

export const quietOnes = ({ quiet }: Pace): readonly string[] =>
  Array.from({ length: quiet }, (_, index) => `quiet-${index}`);
const livingOnes = ({ living }: Pace): readonly string[] =>
  Array.from({ length: living }, (_, index) => `live-${index}`);

const protect = ({ call }: Town, vault: string, item: string) =>
  call('protectItem', `${vault}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: `/${vault}/${item}` });
const remove = ({ call }: Town, vault: string, item: string) =>
  call('stopItem', `${vault}/${item}`, { mode: 'delete', confirmName: item });
const register = ({ call }: Town, vault: string, server: string) =>
  call('putServer', `${vault}/${server}`, { kind: 'MARS', agentVersion: '2.0.9262.0' });
const deregister = ({ call }: Town, vault: string, server: string) => call('deleteServer', `${vault}/${server}`);

const keep = ({ call }: Town, vault: string, daily: number) =>
  call('putPolicy', `${vault}/daily`, { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily } });

async function settle(at: Town, vault: string, items: readonly string[] = [], alerts: object = {}): Promise<void> {
  await at.call('putVault', vault, { kind: 'RecoveryServices', alerts });
  await keep(at, vault, 30);
  for (const item of items) await protect(at, vault, item);
}

/** All vaults but those that come and go. */
export async function settleAll(at: Town, pace: Pace): Promise<void> {
  await at.callAsKeeper('putGuard', GUARD, {});
  await at.call('putKind', KIND, {});
  await settle(at, BUSY, livingOnes(pace), { recipients: [OPS, GONE] });
  await settle(at, PATIENT, [], { recipients: [OPS], mode: 'HourlyDigest' });
  await settle(at, FAULTY);
  for (const vault of quietOnes(pace)) {
    await settle(at, vault, ['live']);
    await remove(at, vault, 'live');
    await at.call('undeleteItem', `${vault}/live`);
  }
}

async function backUp({ call }: Town, item: string): Promise<void> {
  const { id } = JSON.parse(await call('startBackup', `${BUSY}/${item}`)) as { readonly id: string };
  await call('completeJob', `${BUSY}/${item}/${id}`, { status: 'Completed' });
}

/** It stays for a month, under a guard, with an item of a kind that is not built in. Its name never comes again. */
const visitor = (month: number): string => `visitor-${month}`;

async function welcome({ call }: Town, vault: string): Promise<void> {
  await call('putVault', vault, { kind: 'Generic' });
  await call('protectItem', `${vault}/guest`, { workload: KIND, sourceId: vault });
  await call('stopItem', `${vault}/guest`, { mode: 'delete', confirmName: 'guest' });
  await call('linkGuard', vault, { guard: GUARD });
}

async function bidFarewell({ call, callAsKeeper, now }: Town, vault: string): Promise<void> {
  const wish = { operation: 'deleteVault', vault, expiresAt: iso(addDays(now(), 0.5)) };
  const { grant } = JSON.parse(await call('grantOperation', GUARD, wish)) as { readonly grant: string };
  await callAsKeeper('approveGrant', `${GUARD}/${grant}`);
  await call('deleteVault', vault);
}

/** What a month begins with, a turn each; every other month undoes what the one before set. */
const MONTHLY: readonly ((at: Town, month: number) => Promise<unknown>)[] = [
  async (at, month) => {
    await settle(at, PASSING);
    await register(at, PASSING, 'its-server');
    await welcome(at, visitor(month));
    if (month > 0) await bidFarewell(at, visitor(month - 1));
  },
  async (at) => {
    await deregister(at, PASSING, 'its-server');
    await at.call('deleteVault', PASSING);
  },
  (at, month) => keep(at, BUSY, month % 2 === 1 ? 30 : 25),
  (at, month) => at.call('patchVault', BUSY, { softDelete: { retentionDays: month % 2 === 1 ? 14 : 15 } }),
  async (at, month) => {
    await protect(at, FAULTY, `f${month}`);
    await remove(at, FAULTY, `f${month}`);
  },
];

/** Some names come round every few weeks: made, deleted, undeleted, deleted, purged, and made anew over their tombstones. */
async function turn(at: Town, { names, month }: Pace, number: number): Promise<void> {
  const named = (back: number) => `c${(number + names - back) % names}`;
  await protect(at, BUSY, named(0));
  await remove(at, BUSY, named(0));
  if (number > 0) await at.call('undeleteItem', `${BUSY}/${named(1)}`);
  if (number > 1) await remove(at, BUSY, named(2));
  // these are never made again
  await protect(at, BUSY, `u${number}`);
  await remove(at, BUSY, `u${number}`);
  await register(at, BUSY, `srv${number}`);
  await deregister(at, BUSY, `srv${number}`);
  await protect(at, PATIENT, `u${number}`);
  await remove(at, PATIENT, `u${number}`);
  await MONTHLY[number % month]?.(at, Math.floor(number / month));
}

/** The days of a turn: everything happens on the first, and the second sweep sees that the mails of the first have gone. */
export async function live(at: Town, pace: Pace, number: number): Promise<void> {
  const first = number * pace.turnDays + 1;
  for (let day = 0; day < pace.turnDays; day += 1) {
    await at.moveTo(addDays(NOON, first + day));
    if (day === 0) await turn(at, pace, number);
    if (day < pace.backupDays) for (const item of livingOnes(pace)) await backUp(at, item);
    if (day > 1) continue;
    await at.moveTo(addDays(NOON, first + day + 0.5));
    const { report, fails } = await at.sweep();
    expect(report).toMatchObject({ failed: fails, complete: true });
  }
}
