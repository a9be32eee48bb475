/**
 * Every name under which the service tells what it does: a closed list, of which the alerts and the workbook in infra/queries speak.
 * An event is one line of JSON, `{"event": …, "requestId": …}` with the fields named here, and never an address or a key.
 */
export const EVENTS = {
  'request.failed': { says: 'a request met a fault of ours', fields: ['route', 'error'] },
  'auth.refused': { says: 'a token was missing, wrong, or without the role', fields: ['route', 'code'] },
  'pin.refused': { says: 'a security PIN was wrong', fields: ['vault', 'locked'] },
  'sweep.finished': {
    says: 'a sweep of the timer, or one asked for, has ended',
    fields: ['due', 'purged', 'warned', 'expired', 'retold', 'failed', 'complete', 'held', 'overdueSeconds'],
  },
  'share.finished': { says: 'one share of a sweep that was spread has ended', fields: ['due', 'purged', 'failed'] },
  'mail.settled': {
    says: 'what became of a mail: sent, delivered, failed or deadLettered',
    fields: ['result', 'code'],
  },
  'notice.buried': { says: 'a notice failed five times and is a dead letter now', fields: ['alert'] },
  'clock.skewed': { says: 'the clock here and that of storage are too far apart', fields: ['seconds'] },
} as const;

/** Metrics of `@opentelemetry/api`. They leave the service only where the export is turned on; no alert rests on them. */
export const METRICS = {
  'reprieve.transitions': 'changes of state, by verb',
  'reprieve.purged': 'items purged',
  'reprieve.lateness': 'seconds between the time a purge was due and the purge',
  'reprieve.backlog': 'items due that a sweep left',
  'reprieve.mails': 'mails, by result',
  'reprieve.dead_letters': 'mails given up',
  'reprieve.pin_failures': 'wrong security PINs',
  'reprieve.auth_failures': 'refused tokens',
  'reprieve.clock_skew': 'seconds between the clock here and that of storage',
  'reprieve.etag_conflicts': 'writes that somebody else was before',
} as const;
