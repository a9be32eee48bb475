/**
 * Every name under which the service tells what it does: a closed list, of which the alerts and the workbook in infra/queries speak.
 * An event is one line of JSON, `{"event": …, "requestId": …}` with the fields named here, and never an address of mail or a key.
 */
export const EVENTS = {
  'request.done': { says: 'a request that may change something was answered', fields: ['route', 'status'] },
  'request.failed': { says: 'a request met a fault of ours', fields: ['route', 'error'], level: 'error' },
  'auth.refused': {
    says: 'a token was missing, wrong, or without the role; and where it came from, as the platform says',
    fields: ['route', 'code', 'why', 'from'],
    level: 'warn',
  },
  'pin.refused': {
    says: 'a security PIN was wrong; `locked`: nobody is listened to for some minutes',
    fields: ['vault', 'locked'],
    level: 'warn',
  },
  'sweep.finished': {
    says: 'a sweep of the timer, or one asked for, has ended',
    fields: ['due', 'purged', 'warned', 'expired', 'retold', 'failed', 'complete', 'held', 'overdueSeconds'],
  },
  'share.finished': {
    says: 'one share of a sweep that was spread has ended',
    fields: ['due', 'purged', 'warned', 'expired', 'retold', 'failed', 'complete', 'held', 'overdueSeconds'],
  },
  'notice.taken': { says: 'somebody is about to tell these alerts', fields: ['alerts'] },
  'notice.buried': { says: 'a notice failed five times and is given up', fields: ['alerts'], level: 'error' },
  'mail.settled': {
    says: 'what became of a mail: sent, delivered, failed or deadLettered; under the id of the request that caused it',
    fields: ['result', 'code'],
  },
  'clock.skewed': {
    says: 'the clock here and that of storage are too far apart',
    fields: ['seconds'],
    level: 'error',
  },
} as const satisfies { readonly [event: string]: Described };

export interface Described {
  readonly says: string;
  readonly fields: readonly string[];
  readonly level?: 'warn' | 'error';
}

/** Metrics of `@opentelemetry/api`. They leave the service only where the export is turned on; no alert rests on them. */
export const METRICS = {
  'reprieve.transitions': { says: 'changes of state, by `operation`', kind: 'counter' },
  'reprieve.purged': { says: 'items purged', kind: 'counter' },
  'reprieve.lateness': { says: 'seconds between the time a purge was due and the purge', kind: 'histogram' },
  'reprieve.backlog': { says: 'items that were due when a sweep came', kind: 'gauge' },
  'reprieve.mails': { says: 'mails, by `result`', kind: 'counter' },
  'reprieve.dead_letters': { says: 'mails and notices given up', kind: 'counter' },
  'reprieve.pin_failures': { says: 'wrong security PINs', kind: 'counter' },
  'reprieve.auth_failures': { says: 'refused tokens', kind: 'counter' },
  'reprieve.clock_skew': { says: 'seconds that the clock here is ahead of that of storage', kind: 'gauge' },
  'reprieve.etag_conflicts': { says: 'writes that somebody else was before', kind: 'counter' },
} as const satisfies { readonly [metric: string]: Measured };

interface Measured {
  readonly says: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
}

export type EventName = keyof typeof EVENTS;
export type MetricName = keyof typeof METRICS;

/** All fields of an event, and none beside them. */
export type Fields<E extends EventName> = {
  readonly [F in (typeof EVENTS)[E]['fields'][number]]: string | number | boolean | null;
};
