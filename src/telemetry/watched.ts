import type { Beat, Change, Replacement, Write } from '../change.ts';
import type { Alert, Notification } from '../core/alerts.ts';
import type { Entry, Evidence } from '../core/caller.ts';
import { evidenceOf, isLinked } from '../core/evidence.ts';
import { MOST_SKEW_MS } from '../core/sweep.ts';
import { type Instant, parseInstant } from '../core/time.ts';
import type { Ports } from '../ports.ts';
import { tellOfOrder } from './orders.ts';
import { requestContext, type Telemetry } from './telemetry.ts';

/**
 * The same ports, and what goes through them is told: a change by its history entry, a mail by its place in the ledger, a sweep by its
 * record. Each is told once, after it was written, whichever story wrote it; so no story knows of telemetry.
 */
export const watched = (ports: Ports, telemetry: Telemetry): Ports => ({
  ...ports,
  commit: watchedCommit(ports.commit, telemetry),
  ledger: watchedLedger(ports.ledger, telemetry),
  storage: watchedStorage(ports, telemetry),
  notices: {
    send: (notice, delay) => ports.notices.send({ requestId: requestContext()?.requestId, ...notice }, delay),
  },
});

const watchedCommit =
  (commit: Ports['commit'], telemetry: Telemetry): Ports['commit'] =>
  async (write: Write) => {
    const written = await commit(write);
    if ('line' in write) return written;
    if (written) tellOfChange(telemetry, written.change ?? write);
    else telemetry.measure('reprieve.etag_conflicts', 1);
    return written;
  };

function tellOfChange(telemetry: Telemetry, change: Change): void {
  const { entries = [], alerts = [], control } = change;
  if (entries[0]?.code === 'SecurityPinInvalid') tellOfPin(telemetry, change);
  for (const entry of entries) tellOfEntry(telemetry, change.vault, entry);
  for (const entry of entries.filter(isLinked)) tellOfEvidence(telemetry, evidenceOf(change.vault, entry));
  if (control?.beat) tellOfSweep(telemetry, control.beat);
  for (const { was, now } of alerts) if (!was) telemetry.event('alert.raised', { type: now.type, vault: now.vault });
  for (const { alert, mail } of alerts.flatMap(settledIn)) tellOfMail(telemetry, alert, mail);
}

function tellOfEntry(telemetry: Telemetry, vault: string, entry: Entry): void {
  const { at, operation, outcome, from, to, facts } = entry;
  if (outcome !== 'Succeeded') return;
  tellOfOrder(telemetry, vault, entry);
  if (from === to) return;
  telemetry.measure('reprieve.transitions', 1, { operation });
  if (to !== 'Purged') return;
  telemetry.measure('reprieve.purged', 1);
  const due = parseInstant(String(facts['purgeAt']));
  if (due) telemetry.measure('reprieve.lateness', Math.max(0, secondsBetween(due, at)));
}

/** An anchor outside of the storage account: whoever rewrites a chain there cannot rewrite the log. */
const tellOfEvidence = (telemetry: Telemetry, { chain, seq, hash }: Evidence): void =>
  telemetry.event('evidence.written', { chain, seq, hash });

/** A wrong PIN is the only thing that writes a PIN's row without a change of anything else. */
function tellOfPin(telemetry: Telemetry, { vault, pins: [pin] = [] }: Change): void {
  if (!pin) return;
  telemetry.measure('reprieve.pin_failures', 1);
  telemetry.event('pin.refused', { vault, locked: pin.now.blockedUntil !== null });
}

const RESULTS = { Sent: 'sent', Delivered: 'delivered', Failed: 'failed', DeadLettered: 'deadLettered' } as const;
const isResult = (status: Notification['status']): status is keyof typeof RESULTS => Object.hasOwn(RESULTS, status);

/** Mails that are further than they were. What was told together with others was one mail, which is told of by itself. */
const settledIn = ({ was, now }: Replacement<Alert>) =>
  was
    ? (now.notifications ?? [])
        .filter(({ together }) => together === null)
        .filter((mail) => statusBefore(was.value, mail) !== mail.status)
        .map((mail) => ({ alert: now, mail }))
    : [];

const statusBefore = ({ notifications }: Alert, { recipient }: Notification) =>
  notifications?.find((one) => one.recipient === recipient)?.status;

function tellOfMail(telemetry: Telemetry, { facts }: Alert, { status, failure }: Notification): void {
  if (!isResult(status)) return;
  const result = RESULTS[status];
  const asked = facts['requestId'];
  const fields = { result, code: failure?.code ?? null };
  telemetry.event('mail.settled', fields, typeof asked === 'string' && asked !== '' ? asked : undefined);
  telemetry.measure('reprieve.mails', 1, { result });
  if (result === 'deadLettered') telemetry.measure('reprieve.dead_letters', 1);
}

/** A dead letter without an alert is a message that nobody understood: no ledger tells of it. */
const watchedLedger = (ledger: Ports['ledger'], telemetry: Telemetry): Ports['ledger'] => ({
  ...ledger,
  async bury(letter) {
    await ledger.bury(letter);
    if (letter.alert === null) telemetry.measure('reprieve.dead_letters', 1);
  },
});

/** A sweep that ends writes its record, and a heartbeat that says what still waits. */
function tellOfSweep(telemetry: Telemetry, { heartbeat, record, share }: Beat): void {
  const { at, complete, held, oldestDue, oldestUntold } = heartbeat;
  const { due, purged, ordered = 0, warned, expired, applied = 0, retold, failed } = record;
  const since = (due: Instant | null) => (due ? Math.max(0, secondsBetween(due, at)) : null);
  const waits = { overdueSeconds: since(oldestDue), untoldSeconds: since(oldestUntold) };
  const event = share !== undefined ? 'share.finished' : 'sweep.finished';
  telemetry.event(event, { due, purged, ordered, warned, expired, applied, retold, failed, complete, held, ...waits });
  telemetry.measure('reprieve.backlog', due);
}

const watchedStorage = (
  { storage, realNow }: Pick<Ports, 'storage' | 'realNow'>,
  telemetry: Telemetry,
): Ports['storage'] => ({
  ...storage,
  async ping() {
    const answer = await storage.ping();
    const seconds = secondsBetween(answer.date, realNow());
    telemetry.measure('reprieve.clock_skew', seconds);
    if (Math.abs(seconds) * 1000 > MOST_SKEW_MS) telemetry.event('clock.skewed', { seconds });
    return answer;
  },
});

const secondsBetween = (from: Instant, to: Instant): number => Math.round((to.toMillis() - from.toMillis()) / 1000);
