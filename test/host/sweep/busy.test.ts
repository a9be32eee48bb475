import { beforeAll, expect, test } from 'vitest';
import { aVault, later, ok } from '../../support/estate.ts';
import { eventually } from '../../support/eventually.ts';
import { FULL } from '../../support/full.ts';
import { startService } from '../../support/service.ts';
import { type Sweeping, sweepingOf } from '../support/sweeping.ts';

let service: Awaited<ReturnType<typeof startService>>;
let s: Sweeping;

beforeAll(async () => {
  service = await startService();
  s = sweepingOf(service);
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `vm-${index}`);
const CLIENTS = 16;
const TURNS = FULL ? 12 : 5;
/** So much is asked for between two turns of the sweep, however long that takes. */
const CALLS = 40;

test(`${CLIENTS} clients and sweeps over moving time: no answer blames the caller for it, and the store holds together`, async () => {
  const vault = await aVault(service);
  const items = names(10);
  for (const item of items) ok(await vault.protect(item));
  let working = true;
  const wrong: string[] = [];
  const seen = new Map<number, number>();
  let points = 0;
  let calls = 0;
  // nobody undeletes the others: they do reach their end
  const isWanted = (item: string) => /[02468]$/.test(item);
  const verbs: readonly ((item: string) => Promise<{ readonly status: number; readonly body: unknown }>)[] = [
    (item) => vault.protect(item, { recoverSoftDeleted: isWanted(item) }),
    (item) => vault.delete(item),
    (item) => vault.delete(item),
    (item) => (isWanted(item) ? vault.undelete(item) : vault.get(item)),
    (item) => vault.resume(item, 'daily'),
    (item) => vault.stop(item, 'retain'),
    (item) => (isWanted(item) ? vault.send('PUT', `items/${item}/holds/legal`, { reason: 'x' }) : vault.get(item)),
    (item) => vault.send('DELETE', `items/${item}/holds/legal`),
    async (item) => {
      points += 1;
      const createdAt = await s.now();
      return vault.send('PUT', `items/${item}/recoveryPoints/p-${points}`, { createdAt, rung: 'daily' });
    },
    (item) => vault.get(item),
  ];
  const client = async (number: number) => {
    const dice = diceOf(number);
    while (working) {
      const verb = verbs[dice(verbs.length)];
      const answer = await verb?.(items[dice(items.length)] ?? '');
      if (!answer) continue;
      calls += 1;
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      const { error } = answer.body as { readonly error?: { readonly code: string } };
      if (answer.status >= 500 && error?.code !== 'Busy') wrong.push(`${answer.status} ${error?.code}`);
      if (answer.status === 412) wrong.push('412 although nobody sent If-Match');
    }
  };
  const sweeper = async () => {
    let purged = 0;
    for (let turn = 0; turn < TURNS; turn += 1) {
      await s.at(later(await s.now(), { days: 8 }));
      const both = await Promise.all([s.try(), s.try()]);
      for (const { status, body } of both) {
        if (status !== 200 || body.failed > 0) wrong.push(`sweep ${status} ${JSON.stringify(body)}`);
        else purged += body.purged;
      }
      const before = calls;
      await eventually(
        () => calls >= before + CALLS,
        () => 'calls',
      );
    }
    working = false;
    return purged;
  };
  const [purged] = await Promise.all([sweeper(), ...Array.from({ length: CLIENTS }, (_, number) => client(number))]);

  expect(wrong).toEqual([]);
  expect(purged).toBeGreaterThan(0);
  expect(seen.get(200)).toBeGreaterThan(0);
  // Some mails wait for their address: nobody waits for them here.
  for (let time = 0; time < 3; time += 1) await s.try();
  await s.check();
});

/** The same throws for the same number, so that a failure can be had again. */
function diceOf(number: number): (sides: number) => number {
  let seed = number + 1;
  return (sides) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % sides;
  };
}
