import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InvocationContext } from '@azure/functions';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { makeApp } from '../../../src/app.ts';
import { realClock } from '../../../src/clock.ts';
import { SETTINGS } from '../../../src/config.ts';
import { addDays, instantOf, iso } from '../../../src/core/time.ts';
import { doorOver, settingsFor } from '../../faults/doors.ts';
import { aLocalStore } from '../../support/azurite.ts';
import { configFrom } from '../../support/config.ts';
import { ROOT } from '../../support/launch.ts';

/** Each look at the clock is so much later: too late for who asks over HTTP, not for the timer. */
const SLOW_SECONDS = 130;
let looks = 0;
let slow = false;
const realNow = () => realClock.now().plus({ seconds: slow ? SLOW_SECONDS * looks++ : 0 });
const slowly = async <T>(work: () => Promise<T>): Promise<T> => {
  [looks, slow] = [0, true];
  return work().finally(() => {
    slow = false;
  });
};

const app = makeApp(configFrom({ ...settingsFor(await aLocalStore()), SWEEP_BUDGET_SECONDS: '1800' }), realNow);
const door = doorOver(app);
const sweep = () => door('POST', 'sweeps', { body: {} });

async function dueItem(name: string): Promise<string> {
  const item = `vaults/v/items/${name}`;
  await door('PUT', 'vaults/v', { body: { kind: 'RecoveryServices' } });
  await door('PUT', 'vaults/v/policies/daily', {
    body: { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } },
  });
  const { now } = (await door('GET', 'local/clock')).body as { readonly now: string };
  const from = instantOf(Date.parse(now));
  const silence = { from: iso(from), until: iso(addDays(from, 29)), reason: 'nobody can be mailed here' };
  expect((await door('PUT', 'vaults/v/silences/quiet', { body: silence })).status).toBeLessThan(300);
  await door('PUT', item, { body: { workload: 'AzureVM', policy: 'daily', sourceId: `/${name}` } });
  const { status } = await door('POST', `${item}/stop`, { body: { mode: 'delete', confirmName: name } });
  expect(status).toBe(200);
  return item;
}

test('a sweep over HTTP ends in time for an answer and leaves the rest to the next; the timer has its own time', async () => {
  const first = await dueItem('first');
  await door('PUT', 'local/clock', { body: { offset: 'P15D' } });
  expect(await slowly(sweep)).toMatchObject({ status: 200, body: { complete: false, due: 1, purged: 0 } });
  expect((await door('GET', first)).status).toBe(200);
  expect(await sweep()).toMatchObject({ body: { complete: true, due: 1, purged: 1 } });
  expect((await door('GET', first)).status).toBe(410);

  const second = await dueItem('second');
  await door('PUT', 'local/clock', { body: { offset: 'P30D' } });
  await slowly(() => app.sweepTurn({}, new InvocationContext({ logHandler: () => undefined })));
  expect((await door('GET', second)).status).toBe(410);
});

test('the longest sweep of the timer ends before the host ends it, and that over HTTP before the front end does', () => {
  const { functionTimeout } = JSON.parse(readFileSync(join(ROOT, 'host.json'), 'utf8'));
  const [hours = 0, minutes = 0, seconds = 0] = String(functionTimeout).split(':').map(Number);
  const { properties = {} } = z.toJSONSchema(SETTINGS, { io: 'output', unrepresentable: 'any' });
  const mostOf = (name: keyof typeof SETTINGS.shape) => (properties[name] as { readonly maximum: number }).maximum;
  // what is begun is finished: a share of the time is for that
  expect(mostOf('SWEEP_BUDGET_SECONDS')).toBeLessThanOrEqual((hours * 60 + minutes) * 60 + seconds - 300);
  expect(mostOf('SWEEP_HTTP_BUDGET_SECONDS')).toBeLessThanOrEqual(230 - 30);
});
