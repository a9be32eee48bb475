/**
 * Many months of a busy vault and some quiet ones, in memory, with a clock that is moved: what is kept for a time goes after it. The
 * bounded form is part of every run of the tests; `npm run soak` takes two years, fifty quiet vaults, and two hundred items that are backed
 * up every day. That this would see what never ends is shown in soak/ends.test.ts.
 */
import { expect, test } from 'vitest';
import { scanTables } from '../../tools/check/scan.ts';
import { checkStore } from '../../tools/check/store.ts';
import { type Census, census, moved } from './soak/judgement.ts';
import { type Kept, keeping } from './soak/kept.ts';
import { live, type Pace, quietOnes, settleAll } from './soak/life.ts';
import { type Town, town } from './soak/town.ts';

const IS_LONG = process.env['SOAK'] === 'full';

/** Something happens every third day: so a month is ten turns. */
const SLOW = { turnDays: 3, month: 10, names: 11 };
const PACE: Pace = IS_LONG
  ? { ...SLOW, backupDays: 3, living: 200, quiet: 50 }
  : { ...SLOW, backupDays: 1, living: 1, quiet: 3 };
const TURNS = IS_LONG ? 245 : 76;
/** Long enough for an equal number of turns of all kinds in between. */
const APART = (IS_LONG ? 6 : 2) * SLOW.month;
/** The bounded form is too short for what is kept for a year. */
const KEPT: Kept = IS_LONG ? {} : { alert: 60, letter: 60 };
/** So often that no week goes by without. */
const CHECKED_EVERY = 2;

/** It is a matter of processor time, and of how busy the machine is. */
const PATIENCE = IS_LONG ? { timeout: 3 * 3_600_000 } : {};

const findings = async ({ tables, now }: Town) => (await checkStore(scanTables(tables), now())).findings;

test(
  'in the end the rows of each kind are as many as months before, and a quiet vault has nothing left that ends',
  PATIENCE,
  () => keeping(KEPT, soak),
);

async function soak(): Promise<void> {
  const at = town();
  await settleAll(at, PACE);
  let before: Census = new Map();
  for (let number = 0; number < TURNS; number += 1) {
    await live(at, PACE, number);
    if (number === TURNS - 1 - APART) before = await census(at);
    if (number % CHECKED_EVERY === 0) expect(await findings(at)).toEqual([]);
  }
  const after = await census(at);
  expect([...moved(before, after)]).toEqual([]);
  expect(await findings(at)).toEqual([]);
  // one for each name, and one for the server that came again and again
  expect(after.get('registry servers')).toBe(TURNS + 1);
  for (const vault of quietOnes(PACE))
    for (const kind of ['end', 'idem', 'alert', 'wait'])
      expect(await at.tables.vaults.range(vault, { prefix: `${vault}!${kind}!` })).toEqual([]);
  expect([...after.keys()]).toEqual(expect.arrayContaining(['agenda tidy', 'registry months of mails']));
}
