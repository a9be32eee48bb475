import type { ControlState, Tidied } from '../../change.ts';
import { type ServiceGuard, UNGUARDED } from '../../core/guards.ts';
import { SERVICE, tidyAtOnce } from '../../core/hints.ts';
import { dayOf, firstKeptMonth, KEPT_DAYS, monthOf, monthsFrom } from '../../core/kept.ts';
import { addDays, type Instant, parseInstant } from '../../core/time.ts';
import { inParallel } from '../story/rounds.ts';
import type { SweepPorts } from './run.ts';
import { strikeOldLines } from './workLines.ts';

/**
 * Removes what is over among the rows that belong to no vault. No hint leads there: the first sweep of a day looks, and one that has no time
 * left leaves the rest to the next. What is read at the start of each sweep says whether it was done today, so that the others pay nothing.
 */
export async function tidyDaily(
  flow: SweepPorts,
  { tidied: was, ...control }: ControlState,
  now: Instant,
  outOfTime: () => boolean,
): Promise<void> {
  const last = was?.value.at ?? control.heartbeat?.at;
  if (last === undefined || dayOf(last) === dayOf(now)) return;
  const before = was?.value ?? begun(now);
  const after = await tidied(flow, before, now, () => !outOfTime());
  const isDone = !outOfTime();
  const next: Tidied = { ...after, at: isDone ? now : before.at };
  const guard = await guardToNote(flow, control.guard?.value);
  await flow.land({
    now,
    write: { vault: SERVICE, id: flow.newId(), control: { was: { ...control, tidied: was }, tidied: next, guard } },
  });
}

/** What stands beside the brakes is a copy. The version before knows of none, and may have linked another guard since. */
async function guardToNote({ guards }: SweepPorts, noted: ServiceGuard | undefined): Promise<ServiceGuard | undefined> {
  const guard = (await guards.ofService())?.value ?? UNGUARDED;
  return noted?.etag === guard.etag ? undefined : guard;
}

/** The first time that this version looks. Nothing that it wrote is over yet. */
const begun = (now: Instant): Tidied => ({
  at: addDays(now, -1),
  since: now,
  mailsFrom: firstKeptMonth(now),
  letters: '',
  mailsOfBefore: true,
  answersOfBefore: true,
  endsOfBefore: true,
});

async function tidied(flow: SweepPorts, before: Tidied, now: Instant, mayGoOn: () => boolean): Promise<Tidied> {
  const { control, ledger } = flow;
  await control.dropAside(addDays(now, -KEPT_DAYS.aside));
  await strikeOldLines(flow, now, mayGoOn);
  const month = monthOf(now);
  const isRead = before.letters === month || (await ledger.dropLetters(addDays(now, -KEPT_DAYS.letter), mayGoOn));
  const isOver = before.mailsOfBefore && now >= addDays(before.since, KEPT_DAYS.mail);
  return {
    ...before,
    letters: isRead ? month : before.letters,
    mailsFrom: await mailsDropped(ledger, before.mailsFrom, now, mayGoOn),
    mailsOfBefore: before.mailsOfBefore && !(isOver && (await ledger.dropMails('before', mayGoOn))),
    answersOfBefore: before.answersOfBefore && !(await answersDropped(flow, before.since, now, mayGoOn)),
    endsOfBefore: before.endsOfBefore && !(await endsNamed(flow, now, mayGoOn)),
  };
}

/** All that ends of the service itself. Whoever has no time left begins anew, and finds what is named already. */
async function endsNamed({ vaults, land }: SweepPorts, now: Instant, mayGoOn: () => boolean): Promise<boolean> {
  for (let after: string | undefined; ; ) {
    const stretch = mayGoOn() ? await vaults.plantEnds(SERVICE, { after, limit: PAGE }, now) : undefined;
    if (!stretch) return false;
    after = stretch.last;
    if (after === undefined) break;
  }
  await land({ now, again: [tidyAtOnce(SERVICE, now)] });
  return true;
}

/** The first month of which mails are left. */
async function mailsDropped(
  { dropMails }: SweepPorts['ledger'],
  from: string,
  now: Instant,
  mayGoOn: () => boolean,
): Promise<string> {
  const first = parseInstant(`${from}-01`) ?? now;
  const kept = firstKeptMonth(now);
  for (const month of monthsFrom(first, now)) if (month >= kept || !(await dropMails(month, mayGoOn))) return month;
  return from;
}

const PAGE = 200;
const AT_ONCE = 8;

/** What the version before kept under an Idempotency-Key says itself when: so it is looked for in every vault, until the last is over. */
async function answersDropped(
  { vaults, registry }: SweepPorts,
  since: Instant,
  now: Instant,
  mayGoOn: () => boolean,
): Promise<boolean> {
  const before = addDays(now, -KEPT_DAYS.answer);
  await vaults.dropAnswers(SERVICE, before);
  for (let after: string | undefined; ; ) {
    const page = await registry.vaults({ after, limit: PAGE });
    await inParallel(page, async (vault) => (mayGoOn() ? vaults.dropAnswers(vault, before) : undefined), AT_ONCE);
    after = page.at(-1);
    if (!mayGoOn()) return false;
    if (page.length < PAGE) return now >= addDays(since, 2 * KEPT_DAYS.answer);
  }
}
