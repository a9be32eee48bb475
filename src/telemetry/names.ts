const SWEPT = [
  'due',
  'purged',
  'ordered',
  'warned',
  'expired',
  'applied',
  'retold',
  'failed',
  'complete',
  'held',
  'overdueSeconds',
  'untoldSeconds',
] as const;

/**
 * Every event and metric of the service. The alerts and the workbook in infra/queries use these names. An event is one line of JSON,
 * `{"event": …, "requestId": …}` with exactly these fields. It never holds a mail's address or a key.
 */
export const EVENTS = {
  'request.done': { says: 'a request that may change something was answered', fields: ['route', 'status'] },
  'request.failed': {
    says: 'a request failed because of an error in the service',
    fields: ['route', 'error'],
    level: 'error',
  },
  'auth.refused': {
    says: 'a token was missing, wrong or without the role; `from` is the address that the platform reports',
    fields: ['route', 'code', 'why', 'from'],
    level: 'warn',
  },
  'evidence.written': {
    says: 'an entry was written into a history; the line names it, so that a chain can be held against the log',
    fields: ['chain', 'seq', 'hash'],
  },
  'order.moved': {
    says: 'an order to destroy was made, claimed, completed, refused, recalled, failed, retried, forced or is unconfirmed; or its lease was found lost (leaseLost), or a person must decide (blocked)',
    fields: ['step', 'vault', 'executor'],
  },
  'pin.refused': {
    says: 'a security PIN was wrong; `locked` says that no PIN is checked for some minutes',
    fields: ['vault', 'locked'],
    level: 'warn',
  },
  'sweep.finished': { says: 'a sweep has ended, started by the timer or by a request', fields: SWEPT },
  'share.finished': { says: 'one share of a spread sweep has ended', fields: SWEPT },
  'share.failed': {
    says: 'one share of a spread sweep could not be worked on; the next turn of the timer sends it again',
    fields: ['error'],
    level: 'error',
  },
  'notice.taken': { says: 'the service begins to mail these alerts', fields: ['alerts'] },
  'notice.failed': {
    says: 'these alerts could not be mailed, or the message not be set aside; the service tries again later',
    fields: ['alerts', 'error'],
    level: 'warn',
  },
  'notice.buried': {
    says: 'the process broke off a message five times; the message is set aside or left to the sweep, where people see it',
    fields: ['alerts'],
    level: 'error',
  },
  'alert.raised': {
    says: 'an alert was raised; it was not only counted on one that is open',
    fields: ['type', 'vault'],
  },
  'mail.settled': {
    says: 'a mail was sent, delivered, failed or deadLettered; the line has the id of the request that caused it',
    fields: ['result', 'code'],
  },
  'settings.uncompared': {
    says: 'the service could not compare its brakes and identities with those of before; it tries again with the next sweep',
    fields: ['error'],
    level: 'error',
  },
  'tally.unfolded': {
    says: 'what the changes of a vault add up to could not be folded; it stays exact, costs its readers more, and the next reader or writer tries again',
    fields: ['vault', 'error'],
    level: 'warn',
  },
  'clock.skewed': {
    says: 'our clock and the clock of storage differ too much',
    fields: ['seconds'],
    level: 'error',
  },
} as const satisfies { readonly [event: string]: Described };

export interface Described {
  readonly says: string;
  readonly fields: readonly string[];
  readonly level?: 'warn' | 'error';
}

/** Metrics of `@opentelemetry/api`. They leave the service only when the export is on, so no alert depends on them. */
export const METRICS = {
  'reprieve.transitions': { says: 'changes of state, by `operation`', kind: 'counter' },
  'reprieve.purged': { says: 'items purged', kind: 'counter' },
  'reprieve.lateness': { says: 'seconds between the time a purge was due and the purge', kind: 'histogram' },
  'reprieve.orders': { says: 'what became of orders to destroy, by `step`', kind: 'counter' },
  'reprieve.confirmation': {
    says: 'seconds between the time a purge was due and the word of its executor, or of a person, that the data is destroyed',
    kind: 'histogram',
  },
  'reprieve.backlog': { says: 'items that were due when a sweep began', kind: 'gauge' },
  'reprieve.mails': { says: 'mails, by `result`', kind: 'counter' },
  'reprieve.dead_letters': { says: 'mails and notices that the service gave up', kind: 'counter' },
  'reprieve.pin_failures': { says: 'wrong security PINs', kind: 'counter' },
  'reprieve.auth_failures': { says: 'refused tokens', kind: 'counter' },
  'reprieve.clock_skew': { says: 'seconds by which our clock is ahead of the clock of storage', kind: 'gauge' },
  'reprieve.etag_conflicts': { says: 'writes that lost a race against another write', kind: 'counter' },
} as const satisfies { readonly [metric: string]: Measured };

interface Measured {
  readonly says: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
}

export type EventName = keyof typeof EVENTS;
export type MetricName = keyof typeof METRICS;

/** Exactly the fields of an event. */
export type Fields<E extends EventName> = {
  readonly [F in (typeof EVENTS)[E]['fields'][number]]: string | number | boolean | null;
};
