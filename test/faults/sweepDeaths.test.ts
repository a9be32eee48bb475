/**
 * The process dies at any request of a sweep: nothing after that is done, and no notice is sent. The sweeps of another one finish the work:
 * what has to happen has happened as often as without a death, nobody stays untold, and the store is sound.
 */
import { describe, expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { mortalService } from '../support/mortal.ts';
import { differences, storyIn } from './judge.ts';
import { plant } from './seeds.ts';
import { FLOWS, seedOf } from './sweepFlows.ts';

type Rows = Awaited<ReturnType<typeof seedOf>>;

/** A sweep that dies at this request, or lives to its end, and what there is after the sweeps of another process. */
async function aSweep(rows: Rows, dieAt?: number) {
  const service = mortalService();
  await plant(service.tables, rows);
  if (dieAt === undefined) service.count();
  else service.dieAt(dieAt);
  await service
    .door(undefined)('POST', 'sweeps', { body: {} })
    .catch(() => undefined);
  const requests = await service.counted();
  await service.die();
  const wrong = await service.sweptAfterwards();
  return { requests, wrong, story: await storyIn(scanTables(service.tables)) };
}

describe('a process that dies in a sweep', () => {
  test.each(Object.entries(FLOWS))('%s: another finishes the work', async (_, flow) => {
    const rows = await seedOf(flow);
    const whole = await aSweep(rows);
    expect(whole.wrong).toEqual([]);
    const lines = [...whole.story.happened.keys()].map((line) => line.slice(line.indexOf(' ') + 1));
    for (const line of Object.keys(flow.happens)) expect(lines).toContain(line);
    const wrong: string[] = [];
    for (let request = 0; request < whole.requests; request += 1) {
      const { wrong: found, story } = await aSweep(rows, request);
      const all = [...found, ...story.early, ...differences(whole.story, story)];
      wrong.push(...all.map((what) => `dead before request ${request} of ${whole.requests}: ${what}`));
    }
    expect(wrong).toEqual([]);
  });
});
