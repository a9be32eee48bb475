/** What is raised among the service's own rows asks for no hint in the agenda: its hint lies beside it, and the next sweep puts it there. */
import { expect, test } from 'vitest';
import { addMillis } from '../../../src/core/time.ts';
import { endPause, putPause } from '../../../src/flows/service/pause.ts';
import { KEPT_HINTS } from '../../../src/store/keptHints.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done } from '../../support/world.ts';
import { sweeperOver } from './sweeper.ts';

const SERVICE = '~service';
const minutes = (some: number) => addMillis(NOON, some * 60_000);

/** What is put into its queue is lost. */
async function service() {
  const tables = memoryTables();
  const seen = nothingSeen();
  const { ports, notices, sweep } = sweeperOver(counted(tables, seen, Number.POSITIVE_INFINITY));
  const counting = async (work: () => Promise<unknown>) => {
    Object.assign(seen, nothingSeen());
    notices.length = 0;
    await work();
    return seen.requests;
  };
  const endAPause = async () => {
    await done(putPause(ports, aRequest(NOON), {}, { reason: 'quarter end', until: later(1) }));
    await done(endPause(ports, aRequest(NOON), {}));
  };
  await sweep(minutes(-1));
  return {
    ...{ tables, endAPause },
    kept: async () => (await tables.vaults.range(SERVICE, { prefix: KEPT_HINTS })).map(({ key }) => key),
    sweep: async (at: number) => ({
      requests: await counting(() => sweep(minutes(at))),
      told: notices.flatMap((one) => ('alerts' in one ? one.alerts : [])),
    }),
  };
}

test('an end of a pause that nobody was told of is told by the next sweep', async () => {
  const { kept, sweep, endAPause } = await service();
  await endAPause();
  expect(await kept()).toHaveLength(1);
  expect((await sweep(5)).told).toEqual([expect.stringContaining('BrakeReleased')]);
  expect(await kept()).toEqual([]);
});

test('a sweep that finds none of them asks for no request more', async () => {
  const { sweep, endAPause } = await service();
  const { requests } = await sweep(0);
  await endAPause();
  expect((await sweep(5)).requests).toBeGreaterThan(requests);
  // Every fourth turn looks for records that are shown no longer.
  await sweep(6);
  expect((await sweep(7)).requests).toBe(requests);
});

test('one that cannot be read holds up nobody', async () => {
  const { tables, kept, sweep, endAPause } = await service();
  const broken = `${KEPT_HINTS}broken`;
  await tables.vaults.commit(SERVICE, [{ op: 'insert', key: broken, cells: { v: 1 } }]);
  await endAPause();
  expect((await sweep(5)).told).not.toEqual([]);
  expect(await kept()).toEqual([broken]);
});
