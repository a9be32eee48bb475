/**
 * After a process has died at any request of a word about an order, or an answer of storage was lost there, others sweep and an executor works
 * until nothing is left to do: each item is confirmed once, none is gone without an order that has ended, and the store is sound.
 */
import { describe, expect, test } from 'vitest';
import { availableAt, isOrdered } from '../../src/core/orders.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { read } from '../../src/store/rows.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { type MortalService, mortalService } from '../support/mortal.ts';
import { storesOver } from '../support/stores.ts';
import { must } from './ground.ts';
import { ALL_HURTS, groundOf, wrongAfter } from './hurt.ts';
import { storyIn } from './judge.ts';
import { APP, executorOf, ORDER_VERBS, PROOF } from './orderVerbs.ts';

interface Order {
  readonly order: string;
  readonly token: number;
}

/** Another process, days later: whatever can be claimed is destroyed. What a hold or a person keeps stays. */
async function workedOff(service: MortalService, vault: string): Promise<void> {
  const ground = groundOf(service, vault);
  const app = service.door(APP);
  for (;;) {
    const body = { executor: executorOf(ground), max: 32 };
    const { value } = (await must(app('POST', 'purgeOrders/claim', { body }))) as { readonly value: readonly Order[] };
    for (const { order, token } of value)
      await must(app('POST', `purgeOrders/${order}/complete`, { body: { token, proof: PROOF } }));
    if (value.length === 0) return;
  }
}

/** What the history and the rows of a vault tell that must not be. */
async function wrongIn({ tables }: MortalService, vault: string, now: Instant): Promise<readonly string[]> {
  const { happened, states, early } = await storyIn(scanTables(tables));
  const ends = [...happened].filter(([line]) => line.startsWith(`${vault}/vm `) && line.endsWith('>Purged'));
  const times = ends.reduce((sum, [, count]) => sum + count, 0);
  const item = (await storesOver(tables).vaults.item(vault, 'vm'))?.value;
  const isGone = item?.state === 'Purged';
  // By a person, who has not decided yet, or by a hold without an end; or the word that it goes was never heard.
  const isKept = item?.state === 'Protected' || (isOrdered(item) && availableAt(item, now) === null);
  const closed: string[] = [];
  for await (const { row } of scanTables(tables)('vaults'))
    if (/!closedorder!|!order!/.test(row.key) && row.key.startsWith(`${vault}!`))
      closed.push(read.closedOrder(row).state);
  const hasEnded = closed.some((state) => state === 'Completed' || state === 'Abandoned');
  const refused = [...happened.keys()].filter((line) => line.startsWith(`${vault}/`) && line.includes(' !'));
  return [
    ...early,
    ...refused,
    ...(times === (isGone ? 1 : 0) ? [] : [`its end is told ${times} times, and it is ${states.get(`${vault}/vm`)}`]),
    ...(isGone || isKept ? [] : [`nobody has ended it: ${JSON.stringify(item)}`]),
    ...(isGone && !hasEnded ? ['it is gone, and no order of it has ended'] : []),
  ];
}

describe.each(ALL_HURTS)('%s', (_, hurt) => {
  test.each(Object.entries(ORDER_VERBS))('in %s: sweeps and an executor end it', async (__, verb) => {
    const wrong = await wrongAfter(verb, hurt, async ({ store, service, vault }) => {
      // What is leased is lost by then, and whoever claims is told so; what a person keeps he lets go.
      const silent = [...(await service.sweptAfterwards())];
      // What went back to the trash is ordered anew. Nobody opens these mails: so it waits for thirty days more.
      const second = mortalService({ ...store, started: addDays(store.started, 46) });
      silent.push(...(await second.sweptAfterwards()));
      await second.die();
      const started = addDays(store.started, 62);
      const later = mortalService({ ...store, started });
      await workedOff(later, vault);
      await later.die();
      return [...silent, ...(await wrongIn(later, vault, started)), ...(await later.sweptAfterwards())];
    });
    expect(wrong).toEqual([]);
  });
});
