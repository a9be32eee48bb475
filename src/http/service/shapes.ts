import * as z from 'zod';
import { BELT_LIMITS } from '../../core/brakes.ts';
import { SERVICE } from '../../core/hints.ts';
import { SWEEP_ACTIONS } from '../../core/sweep.ts';
import type { Quarantined } from '../../ports.ts';
import {
  answer,
  common,
  count,
  EXAMPLE,
  field,
  givenNumber,
  instant,
  listOf,
  loose,
  oneOf,
  page,
  request,
  says,
  shape,
  time,
  words,
} from '../shape.ts';
import { viewOf } from '../view.ts';

const overdue = answer('OverdueItem', 'An item that waited to be purged.', {
  vault: common.vault,
  item: common.item,
  purgeAt: field(instant, 'When the purge could begin.'),
  lateSeconds: field(count, 'For how many seconds it had waited.'),
});
const sweepHold = answer('SweepHold', 'Why a sweep purged nothing, or nothing of some vaults.', {
  reason: oneOf('SweepHoldReason', 'What held a sweep.', ['Belt', 'ClockSkew', 'Paused', 'Dependency']),
  detail: field(z.string(), 'The same in words; of a dependency: `queue` or `mail`.', '1480 items are due at once'),
  limit: field(
    oneOf(
      'BeltLimit',
      'Which limit of the belt was reached: at once, within 24 hours, or of one vault.',
      BELT_LIMITS,
    ).optional(),
    'Which limit of the belt was reached.',
  ),
  count: field(count.optional(), 'How many are held.', 1480),
  token: field(
    z.string().optional(),
    'Releases exactly what was due when it was given out. It is good for seven days.',
  ),
  vaults: field(z.array(z.string()).optional(), 'Only these vaults are held; absent: all.', ['contoso']),
});
const done = {
  id: field(z.string(), 'Its id.', '3e7d2a91-6c54-4b80-8f1e-0d9c8b7a6f5e'),
  startedAt: field(instant, 'When it began.', '2026-11-21T10:00:00.000Z'),
  finishedAt: field(instant, 'When it ended.', '2026-11-21T10:00:01.250Z'),
  dryRun: field(z.boolean(), 'True: it only said what would happen.', false),
  complete: field(z.boolean(), 'Whether it looked at everything that was due.', true),
  due: field(count, 'How many items were due.', 2),
  waiting: field(count, 'How many are due, but people were not told in time yet.', 0),
  purged: field(count, 'How many were purged.', 1),
  ordered: field(count, 'How many were ordered: an executor is to destroy them.', 0),
  warned: field(count, 'How many will be purged soon and got a warning.', 1),
  expired: field(count, 'How many recovery points ended.', 0),
  applied: field(count, 'How many weakenings had cooled off and hold now.', 0),
  retold: field(count, 'How many alerts it had to mail once more.', 0),
  skipped: field(count, 'How many needed nothing.', 0),
  failed: field(count, 'How many could not be dealt with.', 0),
  oldestOverdue: field(
    overdue.nullable(),
    'What had waited longest when the sweep came; null: nothing had waited.',
    null,
  ),
  held: field(sweepHold.optional(), 'Why nothing was purged; absent: nothing held it.'),
};

const sweepItem = answer('SweepItem', 'What a sweep would do with one item, and why.', {
  vault: field(
    z.string().nullable(),
    'The name of the vault; null: it is about the service or a guard.',
    EXAMPLE.vault,
  ),
  item: field(z.string().nullable(), 'The name of the item; null: it is about the vault itself.', EXAMPLE.item),
  action: oneOf('SweepAction', 'What a sweep would do with an item, a vault or a guard.', SWEEP_ACTIONS),
  why: common.reason,
});
export const sweep = answer('Sweep', 'What a sweep did, or would do.', {
  ...done,
  items: field(
    z.array(sweepItem).optional(),
    'What a dry run would do: 1000 at most, those first that are due longest.',
  ),
  more: field(z.boolean().optional(), 'Whether a dry run found more than it lists.'),
});
export const pastSweep = answer('PastSweep', 'What a sweep did.', {
  ...done,
  spread: field(z.literal(true).optional(), 'True: several instances shared its work.'),
});
export const sweeps = listOf('SweepList', 'A page of sweeps.', pastSweep);

export const sweepRequest = request('SweepRequest', 'What kind of sweep.', {
  dryRun: field(z.boolean().optional(), 'True: only say what would happen, and change nothing.', true),
  acknowledgeBelt: field(
    z.string().min(1).max(100).optional(),
    'The token of a held sweep. It releases exactly what was due when it was given out.',
  ),
});

/** How many days a forecast has where nobody says it. */
export const FORECAST_DAYS = 60;
export const forecastQuery = z.object({
  days: givenNumber(180, says(`How many days ahead; today is the first. ${FORECAST_DAYS} if absent.`)),
  date: field(z.iso.date().optional(), 'Only this day, in UTC, as a list. Not together with `days`.', '2026-12-05'),
  ...page.shape,
});

const unreadable = answer('UnreadableItem', 'An item whose row cannot be read.', {
  vault: common.vault,
  item: field(z.string().nullable(), 'The name of the item; null: it is about the vault itself.'),
});
const forecastItem = answer('ForecastItem', 'An item that will be purged.', {
  vault: common.vault,
  item: common.item,
  purgeAt: common.purgeAt,
});
const forecastDay = answer('ForecastDay', 'What will be purged on one day.', {
  date: z.string().meta({ format: 'date', ...says('The day, in UTC.', '2026-12-05') }),
  count: field(count, 'How many items.', 1),
  items: field(
    z.array(forecastItem),
    'Which items: the first hundred of the day, and a thousand in all, soonest first.',
  ),
});
const forecastOfDays = answer('Forecast', 'What will be purged on which day.', {
  unreadable: field(z.array(unreadable), 'For these nobody can say when they are purged.', []),
  days: field(
    z.array(forecastDay),
    'One for each day that was asked for, up to the one at which the answer breaks off. That comes again in the next answer with the rest.',
  ),
  nextLink: z
    .string()
    .optional()
    .meta({ format: 'uri', ...says('The address of what comes after it; absent at the end.') }),
});
const forecastOfDay = listOf('ForecastList', 'A page of what will be purged on one day, soonest first.', forecastItem);

export const forecast = shape(
  'ForecastAnswer',
  'What will be purged: day by day, or, with `date`, on one day.',
  z.union([forecastOfDays, forecastOfDay]),
);

const why = field(z.string(), 'Why it could not be dealt with.', 'unreadable row contoso!item!sql-01');
const quarantined = answer('QuarantinedItem', 'What failed again and again. It is tried once a day.', {
  vault: field(z.string().nullable(), 'The name of the vault; null: the service itself.', EXAMPLE.vault),
  item: field(z.string().nullable(), 'The name of the item; null: it is about no item.', EXAMPLE.item),
  why,
  since: field(instant, 'When it was set aside.', '2026-12-05T09:31:00.000Z'),
  tries: field(count, 'How often it was tried.', 7),
  nextTryAt: field(instant, 'When the sweep tries it again.', '2026-12-07T09:31:00.000Z'),
});
export const quarantine = answer('Quarantine', 'Everything that was set aside.', {
  value: field(z.array(quarantined), 'What was set aside.'),
});
const ofNothing = (name: string): string | null => (name.includes('~') ? null : name);
export const quarantineView = viewOf(quarantine, (rows: readonly Quarantined[]) => ({
  value: rows.map((row) => ({ ...row, vault: row.vault === SERVICE ? null : row.vault, item: ofNothing(row.item) })),
}));
export const retriedView = viewOf(
  answer('QuarantineRetry', 'What came of another try.', {
    outcome: oneOf('QuarantineOutcome', 'Done, failed again, or held by a brake.', ['Dealt', 'StillFailing', 'Held']),
    why: field(z.string().optional(), 'Why it failed, or what holds it.', 'Paused: looking into it'),
  }),
);

const PAUSED = says('Why.', 'Storage is being migrated');

export const pause = answer('Pause', 'Nothing is purged until it ends.', {
  reason: z.string().meta(PAUSED),
  until: field(instant, 'When it ends.', '2026-11-24T18:00:00.000Z'),
  by: common.by,
  at: field(instant, 'When it began.', '2026-11-21T09:30:00.000Z'),
  etag: common.etag,
});
export const pauseView = viewOf(pause);
export const pauseRequest = request('PauseRequest', 'Why, and until when.', {
  reason: words.meta(PAUSED),
  until: field(time, 'When it ends.', '2026-11-24T18:00:00Z'),
});

export const liveness = answer('Liveness', 'The process is alive.', {
  status: field(z.literal('ok'), 'Always the same.', 'ok'),
});

const readinessCheck = answer('ReadinessCheck', 'One thing that was looked at.', {
  name: field(z.string(), 'What is checked.', 'storage'),
  status: oneOf('ReadinessStatus', 'Good, worth a look, or broken.', ['ok', 'warn', 'fail']),
  detail: field(z.string().optional(), 'The same in words; only for callers with a role.', 'tables answer'),
});
export const readiness = answer('Readiness', 'What an operator has to know.', {
  checks: field(z.array(readinessCheck), 'One for each thing that was looked at.'),
});

const OFFSET = says('How far the clock is ahead of real time, as an ISO 8601 duration.', 'P15D');
/** With fractions of seconds, which the format of JSON Schema does not know. */
const DURATION = /^P[0-9.YMWDTHS]+$/;

export const clock = answer('Clock', 'The clock of a local run.', {
  offset: z.string().regex(DURATION).meta(OFFSET),
  now: field(instant, 'What time it is for the service.', '2026-12-06T09:00:00.000Z'),
});
export const clockRequest = request('ClockRequest', 'Where to move the clock.', {
  offset: z
    .string()
    .max(60)
    .regex(/\d/, 'must be a duration in ISO 8601: "P15D"')
    .meta({ pattern: DURATION.source, ...OFFSET }),
});

const part = loose('ApiDocumentPart', 'A part of an OpenAPI document.', {});
export const apiDocument = loose('ApiDocument', 'An OpenAPI document.', {
  openapi: field(z.literal('3.1.1'), 'The version of OpenAPI.', '3.1.1'),
  info: field(part, 'What the API is.', { title: 'Reprieve', version: '2026-11-01' }),
  paths: field(part, 'What can be called.', {}),
});
export const textPage = shape('Page', 'A text for people.', z.string(), '…');
