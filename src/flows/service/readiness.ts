import type { ControlState, Heartbeat } from '../../change.ts';
import type { Instant } from '../../core/time.ts';
import type { Quarantined, Reads } from '../../ports.ts';
import { pauseBrake } from '../sweep/brakes.ts';
import { clockBrake } from '../sweep/clocks.ts';
import { type LateOrders, lateOrders, MOST_LINES } from './lateOrders.ts';
import { type Overdue, overdueNow } from './overdue.ts';

export interface Check {
  readonly name:
    | 'storage'
    | 'queue'
    | 'mail'
    | 'identity'
    | 'clock'
    | 'lastSweep'
    | 'oldestOverdue'
    | 'untold'
    | 'purgeOrders'
    | 'quarantine'
    | 'deadLetters'
    | 'paused'
    | 'settings';
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

type Verdict = Omit<Check, 'name'>;

/** After so many turns of the timer without a sweep, something is wrong with it. */
const MISSED_TURNS = 3;

type ReadyPorts = Pick<Reads, 'storage' | 'realNow' | 'control' | 'clock' | 'nextSweep' | 'ledger' | 'reach'> &
  Parameters<typeof overdueNow>[0];

/** More dead letters than this are not counted. */
const MOST_COUNTED = 1000;

/** What readiness has to know of the process that is asked. */
export interface Process {
  readonly bornAt: Instant;
  /** Names that begin like those of settings and that nobody reads. */
  readonly unknownSettings: readonly string[];
}

/** What an operator has to know. The first thing that fails hides nothing: without storage there is just nothing else to say. */
export async function readiness(ports: ReadyPorts, { bornAt, unknownSettings }: Process): Promise<readonly Check[]> {
  try {
    const now = ports.clock.now();
    const [queue, mail, identity, skew, state, overdue, orders, aside, dead] = await Promise.all([
      queueCheck(ports),
      mailCheck(ports),
      identityCheck(ports),
      clockBrake(ports),
      ports.control.read(),
      overdueNow(ports, now),
      lateOrders(ports, now),
      ports.control.quarantined(),
      ports.ledger.dead({ limit: MOST_COUNTED }),
    ]);
    return [
      { name: 'storage', status: 'ok', detail: 'tables answer' },
      { name: 'queue', ...queue },
      { name: 'mail', ...mail },
      ...identity.map((verdict) => ({ name: 'identity', ...verdict }) as const),
      { name: 'clock', status: skew ? 'fail' : 'ok', detail: skew?.detail ?? 'agrees with the storage service' },
      { name: 'lastSweep', ...lastSweep(ports, state.heartbeat, now, bornAt) },
      { name: 'oldestOverdue', ...oldestOverdue(ports, overdue, state.heartbeat, now) },
      { name: 'untold', ...untold(state.heartbeat, now) },
      { name: 'purgeOrders', ...purgeOrders(orders) },
      { name: 'quarantine', ...quarantine(aside) },
      { name: 'deadLetters', ...deadLetters(dead.found.length + (dead.unreadable?.length ?? 0)) },
      { name: 'paused', ...paused(state, now) },
      { name: 'settings', ...settings(unknownSettings) },
    ];
  } catch {
    return [{ name: 'storage', status: 'fail', detail: 'tables do not answer' }];
  }
}

/** Without it mails are late: the sweep has told what no notice told. */
const queueCheck = ({ reach }: ReadyPorts): Promise<Verdict> =>
  reach.queue().then(
    ({ notices, shares, poison }) => ({
      status: poison > 0 ? 'warn' : 'ok',
      detail: [
        notices === 1 ? '1 notice waits' : `${notices} notices wait`,
        ...(shares > 0 ? [`${shares} shares of a sweep wait`] : []),
        ...(poison > 0 ? [`${poison} in the poison queues wait to be set aside`] : []),
      ].join(', '),
    }),
    () => ({ status: 'fail', detail: 'the queue does not answer: mails wait, and nothing is purged' }),
  );

/** Nobody is turned away for it: everything else works, and mails are tried again. */
const mailCheck = ({ reach }: ReadyPorts): Promise<Verdict> =>
  reach.mail().then(
    () => ({ status: 'ok', detail: 'the mail service answers' }),
    () => ({
      status: 'warn',
      detail: `the mail service does not answer: mails wait, and nothing is purged${reach.identity ? `. ${STARTS_PARTS}` : ''}`,
    }),
  );

const STARTS_PARTS = '"npm run parts" starts it';

/** Only in a local run: elsewhere whoever signs people in is not ours, and a caller hears of it at once. */
const identityCheck = async ({ reach: { identity } }: ReadyPorts): Promise<readonly Verdict[]> => {
  if (!identity) return [];
  const verdict: Promise<Verdict> = identity().then(
    () => ({ status: 'ok', detail: 'the identity provider answers' }),
    () => ({
      status: 'warn',
      detail: `the identity provider does not answer: no token can be checked. ${STARTS_PARTS}`,
    }),
  );
  return [await verdict];
};

const turnsAfter = ({ nextSweep }: ReadyPorts, at: Instant): Instant =>
  Array.from({ length: MISSED_TURNS }).reduce<Instant>((turn) => nextSweep(turn), at);

function lastSweep(ports: ReadyPorts, heartbeat: Heartbeat | null, now: Instant, bornAt: Instant): Verdict {
  if (!heartbeat) {
    // This process is as old as the real clock says; the service's own may have been moved.
    const late = ports.realNow() > turnsAfter(ports, bornAt);
    return { status: late ? 'fail' : 'warn', detail: 'no sweep has run yet' };
  }
  const { at, held, detail } = heartbeat;
  return {
    status: now > turnsAfter(ports, at) ? 'fail' : 'ok',
    detail: `${at.toISO()}${held ? `, held: ${held}${detail ? ` (${detail})` : ''}` : ''}`,
  };
}

/** Behind many that wait for their people only a sweep looks; then what the last one left counts. */
function oldestOverdue(ports: ReadyPorts, { since, more }: Overdue, last: Heartbeat | null, now: Instant): Verdict {
  const due = since ?? (more ? last?.oldestDue : undefined);
  if (!due) return { status: 'ok', detail: 'nothing waits to be purged' };
  return { status: now > turnsAfter(ports, due) ? 'fail' : 'warn', detail: `waits since ${due.toISO()}` };
}

/** For a while after its time is over the mails about an item may still be on their way. */
const UNTOLD_HOURS = { warn: 1, fail: 24 } as const;

function untold(heartbeat: Heartbeat | null, now: Instant): Verdict {
  const due = heartbeat?.oldestUntold;
  if (!due) return { status: 'ok', detail: 'everybody was told of what is due' };
  const hours = now.diff(due).as('hours');
  const status = hours >= UNTOLD_HOURS.fail ? 'fail' : hours >= UNTOLD_HOURS.warn ? 'warn' : 'ok';
  return { status, detail: `not everybody was told of what is due since ${due.toISO()}: it is not purged` };
}

/** Whoever destroys is not this service: nothing of it keeps this one from being ready. */
function purgeOrders({ late, blocked, more }: LateOrders): Verdict {
  const only = more ? `, of the first ${MOST_LINES} that were looked at` : '';
  if (late + blocked === 0) return { status: 'ok', detail: `no purge order is late or blocked${only}` };
  return {
    status: 'warn',
    detail: `${late} purge orders are past their deadline, and ${blocked} wait for a person${only}`,
  };
}

function quarantine(aside: readonly Quarantined[]): Verdict {
  if (aside.length === 0) return { status: 'ok', detail: 'empty' };
  const all = aside.map(({ vault, item, why }) => `${vault}/${item}: ${why}`).join('; ');
  return { status: 'warn', detail: all.slice(0, 500) };
}

function paused(state: ControlState, now: Instant): Verdict {
  const pause = pauseBrake(state, now);
  if (!pause) return { status: 'ok', detail: 'purging is not paused' };
  return { status: 'warn', detail: `until ${state.pause?.value?.until.toISO()}: ${pause.detail}` };
}

function deadLetters(count: number): Verdict {
  if (count === 0) return { status: 'ok', detail: 'every mail found its way' };
  const many = count === MOST_COUNTED ? `${count} or more` : `${count}`;
  return { status: 'warn', detail: `${many} given up or set aside: look at the dead letters` };
}

/** Wrong ones never come here: then nothing but that is told. */
const settings = (unknown: readonly string[]): Verdict =>
  unknown.length === 0
    ? { status: 'ok', detail: 'all are known' }
    : { status: 'warn', detail: `nobody reads ${unknown.join(', ')}: is it a slip?`.slice(0, 500) };
