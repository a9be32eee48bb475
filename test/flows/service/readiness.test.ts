import { describe, expect, test } from 'vitest';
import { DAY_MS, type Instant, iso } from '../../../src/core/time.ts';
import { putHold } from '../../../src/flows/items/holds.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { readiness } from '../../../src/flows/service/readiness.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';
import { furnished } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const { ledger } = portsOver(memoryTables());
const reach = { queue: async () => ({ notices: 2, shares: 0, poison: 0 }), mail: async () => undefined };
const PROCESS = { bornAt: NOON, unknownSettings: [] };
const away = async () => Promise.reject(new Error('AccountKey=secret'));

test('readiness says nothing but that storage is gone when storage is gone', async () => {
  const { ports } = sweeperOver(memoryTables());
  const gone = { ping: away };
  const checks = await readiness(
    { ...ports, ledger, reach, storage: gone, nextSweep: (at) => at.plus({ minutes: 5 }) },
    PROCESS,
  );
  expect(checks).toEqual([{ name: 'storage', status: 'fail', detail: 'tables do not answer' }]);
});

test('without a first sweep it waits three turns before it calls that a failure', async () => {
  const { ports } = sweeperOver(memoryTables());
  const at = async (minutes: number) =>
    (
      await readiness(
        {
          ...ports,
          ledger,
          reach,
          realNow: () => NOON.plus({ minutes }),
          storage: { ping: async () => ({ date: NOON.plus({ minutes }) }) },
          nextSweep: (from) => from.plus({ minutes: 5 }),
        },
        PROCESS,
      )
    ).find(({ name }) => name === 'lastSweep')?.status;
  expect([await at(0), await at(15), await at(16)]).toEqual(['warn', 'warn', 'fail']);
});

test('a queue that is away is a failure, a mail service that is away a warning: the rest of the service works', async () => {
  const { ports } = sweeperOver(memoryTables());
  const seen = async (over: Partial<typeof reach> = {}) =>
    (await readiness({ ...ports, ledger, reach: { ...reach, ...over }, nextSweep: (at) => at }, PROCESS)).filter(
      ({ name }) => name === 'queue' || name === 'mail',
    );
  expect(await seen()).toEqual([
    { name: 'queue', status: 'ok', detail: '2 notices wait' },
    { name: 'mail', status: 'ok', detail: 'the mail service answers' },
  ]);
  const lying = async (counts: Partial<Awaited<ReturnType<typeof reach.queue>>>) =>
    (await seen({ queue: async () => ({ notices: 0, shares: 0, poison: 0, ...counts }) }))[0];
  expect(await lying({ notices: 1 })).toMatchObject({ status: 'ok', detail: '1 notice waits' });
  expect(await lying({ shares: 16 })).toMatchObject({
    status: 'ok',
    detail: '0 notices wait, 16 shares of a sweep wait',
  });
  expect(await lying({ poison: 3 })).toMatchObject({
    status: 'warn',
    detail: '0 notices wait, 3 in the poison queues wait to be set aside',
  });
  expect(await seen({ queue: away, mail: away })).toEqual([
    { name: 'queue', status: 'fail', detail: 'the queue does not answer: mails wait, and nothing is purged' },
    { name: 'mail', status: 'warn', detail: 'the mail service does not answer: mails wait, and nothing is purged' },
  ]);
});

test('a local run names the parts that are missing, and what starts them; elsewhere nobody looks for them', async () => {
  const { ports } = sweeperOver(memoryTables());
  const seen = async (over: object) =>
    (await readiness({ ...ports, ledger, reach: { ...reach, ...over }, nextSweep: (at) => at }, PROCESS)).filter(
      ({ name }) => name === 'identity' || name === 'mail',
    );
  expect((await seen({})).map(({ name }) => name)).toEqual(['mail']);
  expect(await seen({ identity: async () => undefined })).toEqual([
    { name: 'mail', status: 'ok', detail: 'the mail service answers' },
    { name: 'identity', status: 'ok', detail: 'the identity provider answers' },
  ]);
  expect(await seen({ identity: away, mail: away })).toEqual([
    {
      name: 'mail',
      status: 'warn',
      detail: 'the mail service does not answer: mails wait, and nothing is purged. "npm run parts" starts it',
    },
    {
      name: 'identity',
      status: 'warn',
      detail: 'the identity provider does not answer: no token can be checked. "npm run parts" starts it',
    },
  ]);
});

test('dead letters are a warning, and say where to look', async () => {
  const { ports } = sweeperOver(memoryTables());
  const found = async () =>
    (await readiness({ ...ports, ledger, reach, nextSweep: (at) => at.plus({ minutes: 5 }) }, PROCESS)).find(
      ({ name }) => name === 'deadLetters',
    );
  expect(await found()).toMatchObject({ status: 'ok' });
  await ledger.bury({
    ...{ id: 'one', vault: null, alert: null, recipient: null, reason: 'r', code: 'c', attempts: 1 },
    ...{ firstFailedAt: NOON, lastFailedAt: NOON },
  });
  expect(await found()).toMatchObject({
    status: 'warn',
    detail: expect.stringMatching(/^1 .* look at the dead letters$/),
  });
});

test('a setting that nobody reads is a warning that names it', async () => {
  const { ports } = sweeperOver(memoryTables());
  const found = async (unknownSettings: readonly string[]) => {
    const checks = await readiness(
      { ...ports, ledger, reach, nextSweep: (at) => at },
      { bornAt: NOON, unknownSettings },
    );
    return checks.find(({ name }) => name === 'settings');
  };
  expect(await found([])).toMatchObject({ status: 'ok' });
  expect(await found(['SWEEP_SHEDULE', 'MAIL_SENDR'])).toMatchObject({
    status: 'warn',
    detail: expect.stringContaining('SWEEP_SHEDULE, MAIL_SENDR'),
  });
});

describe('what is overdue', () => {
  const at = (world: World, now: Instant) =>
    readiness({ ...world, reach, clock: { now: () => now }, nextSweep: (from) => from.plus({ minutes: 5 }) }, PROCESS);
  const overdue = async (world: World, now: Instant) =>
    (await at(world, now)).find(({ name }) => name === 'oldestOverdue');

  test('is read from the agenda, though no sweep has ever run: a warning, and a failure after three turns', async () => {
    const tables = memoryTables();
    await furnished(['vm'], tables);
    const world = portsOver(tables);
    expect(await overdue(world, later(14, -1))).toMatchObject({ status: 'ok' });
    expect(await overdue(world, later(14))).toEqual({
      name: 'oldestOverdue',
      status: 'warn',
      detail: `waits since ${iso(later(14))}`,
    });
    expect(await overdue(world, later(14, 15 * 60_000 + 1))).toMatchObject({ status: 'fail' });
    await sweeperOver(tables).sweep(later(14, 60_000));
    expect(await overdue(world, later(14, 15 * 60_000 + 1))).toMatchObject({ status: 'ok' });
  });

  test('is not what was undeleted, is held, or waits for its people; those are told elsewhere', async () => {
    const tables = memoryTables();
    await furnished(['vm'], tables);
    const world = portsOver(tables);
    const dayNotice = { ...world, purgeTerms: { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS } };
    expect(await overdue(dayNotice, later(14))).toMatchObject({ status: 'ok' });
    const place = { vault: 'Contoso', item: 'vm' };
    await done(putHold(world, aRequest(later(1)), place, { name: 'court', reason: 'r', until: null }));
    expect(await overdue(world, later(15))).toMatchObject({ status: 'ok' });
    await done(undelete(world, aRequest(later(1)), place));
    expect(await overdue(world, later(15))).toMatchObject({ status: 'ok' });
  });
});
