/**
 * People were told of a purge, and its ticket is good. Then a process dies at any request of what somebody does to the item or its vault, or an
 * answer of storage is lost there. Others sweep, beyond the date of which people were told: by what is stored then the item goes when its time has
 * come, never earlier, once, and everybody hears of it.
 */
import { describe, expect, test } from 'vitest';
import { mayGo } from '../../src/core/sweep.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { FULL } from '../support/full.ts';
import { type MortalService, mortalService, newStore } from '../support/mortal.ts';
import type { Person } from '../support/secured.ts';
import { storesOver } from '../support/stores.ts';
import { type Act, type Ground, pathOf } from './ground.ts';
import { storyIn } from './judge.ts';
import { TOLD_VERBS } from './toldVerbs.ts';

const groundOf = (service: MortalService, vault: string): Ground => ({
  door: service.door(undefined),
  as: (who: Person) => service.door(who),
  tables: service.tables,
  vault,
});

const send = ({ door, vault }: Ground, { method, path, body, key }: Act) =>
  door(method, pathOf(vault, path), {
    ...(body ? { body } : {}),
    headers: key ? { 'idempotency-key': `once-${vault}` } : {},
  });

/** Whether it should go by then, as it stands now. Nothing of a hint or a ticket is asked. */
async function goesBy({ tables }: MortalService, vault: string, then: Instant): Promise<boolean> {
  const { vaults } = storesOver(tables);
  const item = (await vaults.item(vault, 'vm'))?.value;
  const head = await vaults.head(vault, 'fresh');
  if (item?.state === 'Purged') return true;
  return item?.state === 'SoftDeleted' && head !== undefined && mayGo(item, head, then);
}

/** `atLast`: whoever could not be told of a new date has been waited for long enough. */
async function wrongIn(
  { tables }: MortalService,
  vault: string,
  goes: boolean,
  atLast: boolean,
): Promise<readonly string[]> {
  const { happened, states, alerts, early } = await storyIn(scanTables(tables));
  const times = (end: string) =>
    [...happened].reduce((sum, [line, count]) => sum + (line === `${vault}/vm ${end}` ? count : 0), 0);
  const purges = times('Purge SoftDeleted>Purged');
  const mails = [...alerts].filter((id) => id.startsWith(`${vault}~vm~`) && /~PurgeComplete~/i.test(id)).length;
  const isGone = states.get(`${vault}/vm`) === 'Purged';
  const isRight = isGone ? goes : !(goes && atLast);
  return [
    ...early,
    ...(isRight ? [] : [`it is ${isGone ? '' : 'not '}gone`]),
    ...(purges === Number(isGone) && mails === purges ? [] : [`purged ${purges} times, and told ${mails} times`]),
  ];
}

/**
 * Sweeps go on for fifteen days from each: the first over the date of which people were told, the last over all others. Where nobody sweeps
 * before that date, the sweep that meets the ticket is the first that hears of anything.
 */
const ROUNDS = { 'sweeps go on': [0, 62], 'nobody sweeps until the date': [14.1, 62] } as const;
/** The bounded form tries every second request. */
const STEP = FULL ? 1 : 2;
const HURTS = {
  'the process dies': (service: MortalService, request: number) => service.dieAt(request),
  'an answer is lost': (service: MortalService, request: number) => service.repeatAt(request),
} as const;

const TRIALS = Object.entries(HURTS).flatMap(([what, hurt]) =>
  Object.entries(ROUNDS).map(([then, rounds]) => [what, then, { hurt, rounds }] as const),
);

describe.each(TRIALS)('%s, and %s', (_, __, { hurt, rounds }) => {
  test.each(Object.entries(TOLD_VERBS))('in %s: nothing goes early, twice or untold', async (___, verb) => {
    const wrong: string[] = [];
    for (let request = 0; ; request += STEP) {
      const store = newStore();
      const service = mortalService(store);
      const vault = `request-${request}`;
      const ground = groundOf(service, vault);
      const act = await verb.arrange(ground);
      hurt(service, request);
      await send(ground, act).catch(() => undefined);
      const made = await service.counted();
      await service.die();
      for (const days of rounds) {
        const started = store.started.plus({ days });
        const survivor = mortalService({ ...store, started });
        const goes = await goesBy(survivor, vault, addDays(started, 15));
        const said = await survivor.sweptAfterwards();
        await survivor.die();
        const found = [...said, ...(await wrongIn(survivor, vault, goes, days === rounds.at(-1)))];
        wrong.push(...found.map((what) => `request ${request} of ${made}, day ${days}: ${what}`));
      }
      if (made <= request) break;
    }
    expect(wrong).toEqual([]);
  });
});
