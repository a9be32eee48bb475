/**
 * Random runs of deletions, warnings and purges while mails, storage and the app itself fail at any step: in the end each alert
 * has exactly one mail for each recipient, or a dead letter, or a reason for its silence. FAULTS=full: 200 runs; else 40.
 * MAIL_SEED repeats them. Every tenth run goes through the real SDK and the stand-in.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fakeMail, type MailWorld, standInMail } from '../mail/service.ts';
import { FULL } from '../support/full.ts';
import { judgeTown } from './mailJudge.ts';
import { runTown } from './mailTown.ts';

const RUNS = FULL ? 200 : 40;
const SEED = Number(process.env['MAIL_SEED'] ?? Date.now() % 1_000_000);
const STAND_IN_EVERY = 10;

let standIn: MailWorld;
beforeAll(async () => {
  // what fails is said in the log, and here everything does
  vi.spyOn(console, 'error').mockImplementation(() => {});
  standIn = await standInMail();
});
afterAll(() => standIn.stop());

test(`${RUNS} random runs`, async () => {
  process.stdout.write(`mail: MAIL_SEED=${SEED}\n`);
  const failures: string[] = [];
  const sum = { mails: 0, dead: 0, deaths: 0 };
  for (let run = 0; run < RUNS; run += 1) {
    const seed = SEED + run;
    const mail = run % STAND_IN_EVERY === STAND_IN_EVERY - 1 ? await emptied(standIn) : fakeMail();
    const ended = await runTown(seed, mail);
    const { findings, mails, dead } = await judgeTown(ended, mail);
    sum.mails += mails;
    sum.dead += dead;
    sum.deaths += ended.deaths;
    failures.push(...findings.map((finding) => `seed ${seed}: ${finding}`));
  }
  process.stdout.write(`mail: ${sum.mails} mails, ${sum.dead} dead letters, the app died ${sum.deaths} times\n`);
  expect(failures).toEqual([]);
});

/** The same stand-in for all: what it remembers of operations would otherwise swallow mails of the next run. */
async function emptied(mail: MailWorld): Promise<MailWorld> {
  await mail.stop();
  standIn = await standInMail();
  return standIn;
}
