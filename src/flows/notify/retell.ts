import { type Hint, subjectOf, tellHint, togetherHint } from '../../core/agenda.ts';
import { isTold, nextTry } from '../../core/notification.ts';
import { isYoung } from '../../core/sweep.ts';
import { earliest, type Instant, instantOf } from '../../core/time.ts';
import type { Ports } from '../../ports.ts';

type RetellPorts = Pick<Ports, 'alerts' | 'agenda' | 'notices'>;

/** A notice was sent: if nothing comes of it, look again after this time. */
const AGAIN_MS = 10 * 60_000;

/**
 * What the agenda does about alerts: whatever is not told to everyone, and has come to its time, is set off once more.
 * Answers how many; `leave`: the alert may still be on its way.
 */
export async function retell(ports: RetellPorts, hint: Hint, now: Instant): Promise<number | 'leave'> {
  return hint.kind === 'together' ? retellTogether(ports, hint, now) : retellAlerts(ports, hint, now);
}

async function retellAlerts(
  { alerts, agenda, notices }: RetellPorts,
  hint: Hint,
  now: Instant,
): Promise<number | 'leave'> {
  const { vault, item } = subjectOf(hint);
  const raised = (await alerts.about(vault, item)).map(({ value }) => value);
  const untold = raised.filter((one) => !isTold(one)).map((one) => ({ id: one.id, at: nextTry(one) }));
  if (isYoung(hint, now) && (raised.length === 0 || untold.some(({ at }) => at && at <= now))) return 'leave';
  const due = untold.filter(({ at }) => at && at <= now);
  const waiting = untold.flatMap(({ at }) => (at && at > now ? [at] : []));
  const next = earliest([...waiting, ...(due.length > 0 ? [after(now)] : [])]);
  // in this order: a queue that does not answer leaves the hint where it is, and makes no second one
  if (due.length > 0) await notices.send({ vault, alerts: due.map(({ id }) => id) });
  if (next) await agenda.write([tellHint({ vault, item }, next)]);
  return due.length;
}

/** Those who wait to be told together: whoever tells them looks whether it is time. */
async function retellTogether(
  { alerts, agenda, notices }: RetellPorts,
  hint: Hint,
  now: Instant,
): Promise<number | 'leave'> {
  const waiting = await alerts.waiting(hint.vault, hint.item);
  if (!waiting.some(({ single }) => !single)) return isYoung(hint, now) ? 'leave' : 0;
  await notices.send({ vault: hint.vault, together: hint.item });
  await agenda.write([togetherHint(hint.vault, hint.item, after(now))]);
  return 1;
}

const after = (now: Instant): Instant => instantOf(now.toMillis() + AGAIN_MS);
