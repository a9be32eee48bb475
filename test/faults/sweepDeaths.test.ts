/**
 * The process dies at any request of a sweep: nothing after that is done, and no notice is sent. The sweeps of another one finish the work:
 * what has to happen has happened as often as without a death, nobody stays untold, and the store is sound. And so it is when a request is
 * done and its answer lost.
 */
import { describe, expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { FULL } from '../support/full.ts';
import { type MortalService, mortalService } from '../support/mortal.ts';
import type { Reply } from './doors.ts';
import { differences, storyIn } from './judge.ts';
import { plant } from './seeds.ts';
import { FLOWS, seedOf } from './sweepFlows.ts';

type Rows = Awaited<ReturnType<typeof seedOf>>;

interface Misfortune {
  readonly name: string;
  /** Makes it happen at the request with this number. */
  readonly at: (service: MortalService, request: number) => void;
  readonly first: number;
  /** The sweep answers as if nothing had happened. */
  readonly unnoticed: boolean;
}

const MISFORTUNES: readonly Misfortune[] = [
  { name: 'dead before request', at: ({ dieAt }, request) => dieAt(request), first: 0, unnoticed: false },
  {
    name: 'done, and its answer lost: request',
    at: ({ repeatAt }, request) => repeatAt(request),
    first: 1,
    unnoticed: true,
  },
];

/** What a sweep says that it did. */
function countsIn(reply: Reply | undefined): string {
  const { due, purged, warned, expired, retold, skipped, failed } = (reply?.body ?? {}) as Readonly<
    Record<string, unknown>
  >;
  return JSON.stringify({ status: reply?.status, due, purged, warned, expired, retold, skipped, failed });
}

/** A sweep with something that goes wrong in it, and what there is after the sweeps of another process. */
async function aSweep(rows: Rows, goesWrong: (service: MortalService) => void) {
  const service = mortalService();
  await plant(service.tables, rows);
  goesWrong(service);
  const reply = await service
    .door(undefined)('POST', 'sweeps', { body: {} })
    .catch(() => undefined);
  const requests = await service.counted();
  await service.die();
  const wrong = await service.sweptAfterwards();
  return { said: countsIn(reply), requests, wrong, story: await storyIn(scanTables(service.tables, ['removed'])) };
}

/** The bounded form tries every third request, and each misfortune begins with another one. */
const STEP = FULL ? 1 : 3;

describe('a sweep in which a process dies or an answer is lost', () => {
  test.each(Object.entries(FLOWS))('%s: it is done once, if need be by another', async (_, flow) => {
    const rows = await seedOf(flow);
    const whole = await aSweep(rows, ({ count }) => count());
    expect(whole.wrong).toEqual([]);
    const lines = [...whole.story.happened.keys()].map((line) => line.slice(line.indexOf(' ') + 1));
    for (const line of Object.keys(flow.happens)) expect(lines).toContain(line);
    const wrong: string[] = [];
    for (const [turn, { name, at, first, unnoticed }] of MISFORTUNES.entries())
      for (let request = first + (turn % STEP); request < whole.requests + first; request += STEP) {
        const { said, wrong: found, story } = await aSweep(rows, (service) => at(service, request));
        const all = [...found, ...story.early, ...differences(whole.story, story)];
        if (unnoticed && said !== whole.said) all.push(`it said ${said}, not ${whole.said}`);
        wrong.push(...all.map((what) => `${name} ${request} of ${whole.requests}: ${what}`));
      }
    expect(wrong).toEqual([]);
  });
});
