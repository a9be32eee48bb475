import { type Alert, alert, type Notification } from '../../core/alerts.ts';
import { ok } from '../../core/problems.ts';
import type { Mark } from '../../core/told.ts';
import { approvedForService } from '../authorize/approval.ts';
import { occurrence, proofs, toldToo, unproved, weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { settleMembers } from '../notify/bundles.ts';
import { markUnder } from '../notify/marks.ts';
import { NO_PROOF, unchanged } from '../story/plan.ts';
import { callerFacts } from '../story/raise.ts';
import { unkept } from '../story/request.ts';
import { type Runs, runner } from '../story/run.ts';
import { type DeadLetterPlace, factsOf, mailOf, type OfLetter, readLetter, withMail } from './mails.ts';

/** The mail is there as long as its alert is. */
interface OfDropped extends OfLetter {
  readonly mail?: Notification | undefined;
  /** It says since when people know: a mail that is dropped counts as accepted only now. */
  readonly mark?: Mark | undefined;
}

/** The head is there where the letter's vault is: a guard may have to approve, and the people of the vault hear of it. */
const renounce = runner<DeadLetterPlace, OfDropped>({
  async read(world) {
    const read = await readLetter(world);
    if ('ok' in read) return read;
    const { vault } = read.letter;
    const of = await mailOf(world, read.letter);
    const found = { ...read, ...of, mark: of && (await markUnder(world.flow, of.alert.value))?.mark };
    return vault === null ? found : { ...found, head: (await world.flow.vaults.standing(vault)) ?? null };
  },
  historyOf: (_, read) => ({ vault: read?.letter.vault ?? null, item: null }),
})<undefined, Alert | null>()({
  operation: 'DismissDeadLetter',
  also: {
    approval: async ({ place, ...world }, { head }, ask, weakened) =>
      head
        ? proofs.approval({ ...world, place: { vault: head.vault.name } }, { head }, ask, weakened)
        : approvedForService(world, ['dismissDeadLetter']),
    secondFactor: async ({ place, ...world }, { head }) =>
      head ? proofs.secondFactor({ ...world, place: { vault: head.vault.name } }, { head }) : NO_PROOF,
  },
  decide({ letter, head, alert: of, mail, mark, ...shown }, _, request) {
    if (head === null) return unchanged(null);
    const weakened = weakenedBy(request, 'deadLetter', 'kept', 'dropped');
    // What was to be told counts as told from now on: a purge need not wait for it any more.
    const dropped =
      of && mail && isGivenUp(mail)
        ? withMail(of.value, mail, { ...mail, status: 'DeadLettered', droppedAt: request.now })
        : null;
    return (
      unproved(weakened, shown) ?? {
        alerts: weakened.map((one) => {
          const facts = {
            ...callerFacts(request),
            ...shown.approval?.facts,
            ...factsOf(letter),
            ...weakeningFacts([one]),
          };
          const subject = { vault: head?.vault.name ?? null };
          const raised = alert(one.alert, subject, request.now, facts, occurrence(request, one.control));
          return head ? toldToo(head.vault.alerts, raised) : raised;
        }),
        facts: { ...factsOf(letter), ...weakeningFacts(weakened) },
        ...(dropped ? { alert: dropped, dropMarks: mark ? [mark] : [] } : {}),
        answer: dropped,
      }
    );
  },
});

/** Nobody will send it any more, and its alert goes on to say so. Who decided that stands in the history of the vault. */
export const dismiss: Runs<DeadLetterPlace, undefined, null> = async (flow, request, place, ask) => {
  const dismissed = await renounce(flow, unkept(request), place, ask);
  if (!dismissed.ok) return dismissed;
  await flow.ledger.exhume(place.id);
  if (dismissed.value) await settleMembers({ flow, now: request.now }, dismissed.value);
  return ok(null);
};

/** A mail that bounced has a letter as well, where it was the last one that told. */
const isGivenUp = ({ status, droppedAt }: Notification): boolean =>
  status === 'Failed' || (status === 'DeadLettered' && droppedAt === undefined);
