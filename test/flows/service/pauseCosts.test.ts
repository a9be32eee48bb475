/** Ending a pause asks whether the service has a guard. That stands beside the pause, so it is no request of its own. */
import { expect, test } from 'vitest';
import { UNGUARDED } from '../../../src/core/guards.ts';
import type { Instant } from '../../../src/core/time.ts';
import { endPause, putPause } from '../../../src/flows/service/pause.ts';
import { keys } from '../../../src/store/keys.ts';
import { put } from '../../../src/store/table.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, done } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const SERVICE = '~service';
const GUARDED = { guard: 'sec', etag: 'linked' };

function service() {
  const tables = memoryTables();
  const seen = nothingSeen();
  const { ports, sweep } = sweeperOver(counted(tables, seen, Number.POSITIVE_INFINITY));
  const pause = (now: Instant) => done(putPause(ports, aRequest(now), {}, { reason: 'quarter end', until: later(5) }));
  return {
    tables,
    sweep,
    pauseEnds: async (now: Instant) => {
      await pause(now);
      Object.assign(seen, nothingSeen());
      const { ok } = await endPause(ports, aRequest(now), {});
      return { ok, requests: seen.requests };
    },
    endedByAnother: async (now: Instant) => {
      await pause(now);
      const another = { ...aRequest(now), caller: { ...aRequest(now).caller, oid: 'another', secondFactor: true } };
      const ended = await endPause(ports, another, {});
      return ended.ok || ended.refusal.code;
    },
    link: (key: string, guard: object) => tables.vaults.commit(SERVICE, [put(key, guard)]),
  };
}

test('it is two requests; where nobody has noted the guard yet a third one asks for it', async () => {
  const { sweep, pauseEnds } = service();
  await sweep(NOON);
  await pauseEnds(NOON);
  expect(await pauseEnds(NOON)).toEqual({ ok: true, requests: 3 });
  await sweep(later(1));
  expect(await pauseEnds(later(1))).toEqual({ ok: true, requests: 2 });
});

test('a guard that the version before has linked is asked as long as nobody has noted any', async () => {
  const { endedByAnother, link } = service();
  await link(keys.serviceGuard, GUARDED);
  expect(await endedByAnother(NOON)).toBe('GuardApprovalRequired');
});

test('one that it has linked since another was noted is asked from the next day on', async () => {
  const { sweep, endedByAnother, link } = service();
  await sweep(NOON);
  await link(keys.control('guard'), UNGUARDED);
  await link(keys.serviceGuard, GUARDED);
  await sweep(later(1));
  expect(await endedByAnother(later(1))).toBe('GuardApprovalRequired');
});
