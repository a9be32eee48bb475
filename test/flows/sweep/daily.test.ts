/** What ends among the rows that belong to no vault: the first sweep of a day removes it. */
import { beforeEach, expect, test } from 'vitest';
import { addDays, type Instant } from '../../../src/core/time.ts';
import type { AboutMail } from '../../../src/ports/alerts.ts';
import { put } from '../../../src/store/table.ts';
import { aDeadLetter } from '../../support/alerts.ts';
import { NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { type Sweeper, sweeperOver } from './sweeper.ts';

const MAIL = '0f0d0c0a-5908-8706-8504-030201000000';
const ABOUT: AboutMail = { vault: 'Contoso', alert: 'one' };

let tables: Tables;
let sweeper: Sweeper;
/** How often the registry was asked, but for the list of vaults. */
let asked = 0;
beforeEach(async () => {
  const plain = memoryTables();
  const range: Tables['registry']['range'] = (partition, given) => {
    if (partition !== 'vaults') asked += 1;
    return plain.registry.range(partition, given);
  };
  const across: Tables['registry']['across'] = (...given) => {
    asked += 1;
    return plain.registry.across(...given);
  };
  tables = { ...plain, registry: { ...plain.registry, range, across } };
  sweeper = sweeperOver(tables);
  // the first sweep of all leaves a heartbeat, and the one of the next day begins
  await sweepOn(-1);
  await sweepOn(0);
});
const sweepOn = (day: number): Promise<unknown> => sweeper.sweep(addDays(NOON, day));
const asking = async (work: () => Promise<unknown>): Promise<number> => {
  asked = 0;
  await work();
  return asked;
};

test('only the first sweep of a day asks the registry, and on most days for what was set aside alone', async () => {
  await sweepOn(1);
  expect(await asking(() => sweepOn(1.1))).toBe(0);
  expect(await asking(() => sweepOn(2))).toBe(1);
  expect(await asking(() => sweepOn(2.1))).toBe(0);
});

test('a mail is remembered for sixty days, and at most a month longer', async () => {
  await sweeper.ports.ledger.remember(MAIL, ABOUT, NOON);
  const isThere = async (at: Instant) => (await sweeper.ports.ledger.recall(MAIL, NOON, at)) !== undefined;
  for (const day of [30, 60, 90]) await sweepOn(day);
  expect(await isThere(NOON)).toBe(true);
  // on the thirty-first of May all of March is sixty days ago: one request finds that it is, and what else there is of it
  expect(await asking(() => sweepOn(91))).toBe(2);
  expect(await isThere(NOON)).toBe(false);
});

test('what the version before remembered of mails goes sixty days after this one looked first, and nothing else with it', async () => {
  const mailAt = (digits: string) => `${digits}${MAIL.slice(2)}`;
  // The months lie between 20 and 21.
  const OLD = ['00', '20', '21', 'ff'];
  for (const digits of OLD) await tables.registry.commit(`mails!${digits}`, [put(mailAt(digits), ABOUT)]);
  for (const digits of ['00', 'ff']) await sweeper.ports.ledger.remember(mailAt(digits), ABOUT, addDays(NOON, 50));
  const left = async () =>
    (await tables.registry.across('mails!', 'mails!~', {})).map(({ partition }) => partition.slice('mails!'.length));
  const months = ['2026-04!0', '2026-04!f'];
  await sweepOn(59);
  expect(await left()).toEqual([...OLD, ...months].toSorted());
  await sweepOn(61);
  expect(await left()).toEqual(months);
});

test('a month of a thousand mails and more goes with them all, whoever else is at it', async () => {
  const digits = ['00', '7f', 'ff'];
  for (const two of digits)
    for (let part = 0; part < 5; part += 1)
      await tables.registry.commit(
        `mails!2026-01!${two}`,
        Array.from({ length: 100 }, (_, at) => put(`${two}${part}-${at}`, ABOUT)),
      );
  const { ledger } = sweeper.ports;
  const both = () => Promise.all([1, 2].map(() => ledger.dropMails('2026-01', () => true)));
  expect(await both()).toEqual([true, true]);
  expect(await tables.registry.across('mails!', 'mails!~', {})).toEqual([]);
});

test('a dead letter is kept for a year after its last failure, and gone within a month more', async () => {
  await sweeper.ports.ledger.bury(aDeadLetter({ lastFailedAt: NOON }));
  const isThere = async () => (await sweeper.ports.ledger.dead({ limit: 9 })).found.length > 0;
  await sweepOn(364);
  expect(await isThere()).toBe(true);
  await sweepOn(397);
  expect(await isThere()).toBe(false);
});

test('what was set aside is off the list seven days after its next try, for then nothing is tried any more', async () => {
  const { control } = sweeper.ports;
  const aside = {
    vault: 'contoso',
    why: 'it failed',
    since: NOON,
    tries: 6,
    kind: 'purge',
    isUnreadable: false,
    toldAt: null,
  } as const;
  for (const [item, day] of [
    ['gone', 1],
    ['tried', 2],
  ] as const)
    await control.quarantine({ ...aside, item, nextTryAt: addDays(NOON, day) });
  await sweepOn(7);
  expect((await control.quarantined()).map(({ item }) => item)).toEqual(['gone', 'tried']);
  await sweepOn(8.9);
  expect((await control.quarantined()).map(({ item }) => item)).toEqual(['tried']);
});

test('what there was no time for is left to the next sweep of the day', async () => {
  await sweeper.ports.ledger.bury(aDeadLetter({ lastFailedAt: addDays(NOON, -800) }));
  const slow = sweeperOver(tables, {}, { budgetSeconds: 0 });
  await slow.sweep(addDays(NOON, 40));
  expect((await sweeper.ports.ledger.dead({ limit: 9 })).found).toHaveLength(1);
  await sweepOn(40.1);
  expect((await sweeper.ports.ledger.dead({ limit: 9 })).found).toEqual([]);
});
