/**
 * People were told of a purge, and its ticket is good. Then a process dies at any request of what somebody does to the item or its vault, or an
 * answer of storage is lost there. Others sweep, beyond the date of which people were told: by what is stored then the item goes when its time has
 * come, never earlier, once, and everybody hears of it.
 */
import { describe, expect, test } from 'vitest';
import { mayGo } from '../../src/core/sweep.ts';
import { addDays, type Instant } from '../../src/core/time.ts';
import { scanTables } from '../../tools/check/scan.ts';
import { type MortalService, mortalService } from '../support/mortal.ts';
import { storesOver } from '../support/stores.ts';
import { ALL_HURTS, wrongAfter } from './hurt.ts';
import { storyIn } from './judge.ts';
import { TOLD_VERBS } from './toldVerbs.ts';

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

const TRIALS = ALL_HURTS.flatMap(([what, hurt]) =>
  Object.entries(ROUNDS).map(([then, rounds]) => [what, then, { hurt, rounds }] as const),
);

describe.each(TRIALS)('%s, and %s', (_, __, { hurt, rounds }) => {
  test.each(Object.entries(TOLD_VERBS))('in %s: nothing goes early, twice or untold', async (___, verb) => {
    const wrong = await wrongAfter(verb, hurt, async ({ store, vault }) => {
      const all: string[] = [];
      for (const days of rounds) {
        const started = store.started.plus({ days });
        const survivor = mortalService({ ...store, started });
        const goes = await goesBy(survivor, vault, addDays(started, 15));
        const said = await survivor.sweptAfterwards();
        await survivor.die();
        const found = [...said, ...(await wrongIn(survivor, vault, goes, days === rounds.at(-1)))];
        all.push(...found.map((what) => `day ${days}: ${what}`));
      }
      return all;
    });
    expect(wrong).toEqual([]);
  });
});
