/**
 * The process dies at any request of the sweep that brings the token of the belt, or the answer to any of them is lost. Who asked asks
 * another process again: what the token releases goes once, and is told once.
 */
import { expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { FULL } from '../support/full.ts';
import { type MortalService, mortalService, newStore } from '../support/mortal.ts';
import { ADA } from '../support/secured.ts';
import {
  comparable,
  MAX_PURGES,
  mustBeReleased,
  mustHaveGoneOnce,
  mustHaveReleased,
  seedOfBelt,
  tokenOf,
} from './beltFlow.ts';
import { differences, type Story, storyIn } from './judge.ts';
import { plant } from './seeds.ts';

type Rows = Awaited<ReturnType<typeof seedOfBelt>>;

const aService = (store = newStore()) => mortalService(store, { maxPurges: MAX_PURGES });

interface Released {
  readonly requests: number;
  readonly wrong: readonly string[];
  readonly story: Story;
}

/** A release with something that goes wrong in it, and what there is when it was asked for again. */
async function aRelease(
  rows: Rows,
  goesWrong: (service: MortalService) => void,
  isAnswered: boolean,
): Promise<Released> {
  const store = newStore();
  await plant(store.tables, rows);
  const service = aService(store);
  const ask = { body: { acknowledgeBelt: await tokenOf(service.door(undefined)) } };
  goesWrong(service);
  const reply = await service
    .door(ADA)('POST', 'sweeps', ask)
    .catch(() => undefined);
  const requests = await service.counted();
  if (isAnswered) expect(reply?.status).toBe(200);
  if (reply) mustHaveReleased(reply);
  await service.die();
  const another = aService(store);
  mustBeReleased(await another.door(ADA)('POST', 'sweeps', ask));
  const wrong = await another.sweptAfterwards();
  return { requests, wrong, story: comparable(await storyIn(scanTables(store.tables, ['removed']))) };
}

const MISFORTUNES = [
  {
    name: 'dead before',
    at: ({ dieAt }: MortalService, request: number) => dieAt(request),
    first: 0,
    isAnswered: false,
  },
  {
    name: 'answer lost',
    at: ({ repeatAt }: MortalService, request: number) => repeatAt(request),
    first: 1,
    isAnswered: true,
  },
] as const;

/** The bounded form tries every second request. */
const STEP = FULL ? 1 : 2;

test('sweep with the token of the belt', async () => {
  const rows = await seedOfBelt();
  const whole = await aRelease(rows, ({ count }) => count(), true);
  expect(whole.wrong).toEqual([]);
  mustHaveGoneOnce(whole.story);
  for (const { name, at, first, isAnswered } of MISFORTUNES)
    for (let request = first; request < whole.requests + first; request += STEP) {
      const { wrong, story } = await aRelease(rows, (service) => at(service, request), isAnswered);
      const all = [...wrong, ...story.early, ...differences(whole.story, story)];
      expect(all, `${name}: request ${request} of ${whole.requests}`).toEqual([]);
    }
});
