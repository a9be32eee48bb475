import * as z from 'zod';
import { iso } from '../../core/time.ts';
import type { Forecast } from '../../flows/forecast.ts';
import type { Pause } from '../../ports.ts';
import { EXAMPLE } from '../example.ts';
import { quoted } from '../reply.ts';
import {
  answer,
  count,
  field,
  instant,
  listOf,
  number,
  oneOf,
  request,
  says,
  shape,
  type Told,
  time,
  words,
} from '../shape.ts';

const DRY = 'True: only say what would happen, and change nothing.';
const done = {
  id: z.string().meta(says('Its id.', '3e7d2a91-6c54-4b80-8f1e-0d9c8b7a6f5e')),
  startedAt: instant.meta(says('When it began.', '2026-11-21T10:00:00.000Z')),
  finishedAt: instant.meta(says('When it ended.', '2026-11-21T10:00:01.250Z')),
  dryRun: z.boolean().meta(says('True: it only said what would happen.', false)),
  complete: z.boolean().meta(says('Whether it looked at everything that was due.', true)),
  due: count.meta(says('How many items were due.', 2)),
  purged: count.meta(says('How many were purged.', 1)),
  warned: count.meta(says('How many will be purged soon and got a warning.', 1)),
  expired: count.meta(says('How many recovery points ended.', 0)),
  retold: count.meta(says('How many alerts it had to mail once more.', 0)),
  skipped: count.meta(says('How many needed nothing.', 0)),
  failed: count.meta(says('How many could not be dealt with.', 0)),
  oldestOverdue: answer('OverdueItem', 'An item that waited to be purged.', {
    vault: field.vault,
    item: field.item,
    purgeAt: instant.meta(says('When the purge could begin.')),
    lateSeconds: count.meta(says('For how many seconds it had waited.')),
  })
    .nullable()
    .meta(says('What had waited longest when the sweep came; null: nothing had waited.', null)),
  held: answer('SweepHold', 'Why a sweep purged nothing.', {
    reason: oneOf('SweepHoldReason', 'What held a sweep.', ['Belt', 'ClockSkew', 'Paused']),
    token: z.string().optional().meta(says('Releases what was held.')),
    detail: z.string().meta(says('The same in words.')),
  })
    .optional()
    .meta(says('Why nothing was purged; absent: nothing held it.')),
};

export const sweep = answer('Sweep', 'What a sweep did, or would do.', {
  ...done,
  items: z
    .array(
      answer('SweepItem', 'What a sweep would do with one item, and why.', {
        vault: field.vault,
        item: field.item,
        action: oneOf('SweepAction', 'What a sweep would do with an item.', [
          'purge',
          'finishPurge',
          'warn',
          'move',
          'endHolds',
          'expire',
          'forget',
          'held',
          'fail',
        ]),
        why: z.string().meta(says('Why.')),
      }),
    )
    .optional()
    .meta(says('What a dry run would do.')),
});
export const pastSweep = answer('PastSweep', 'What a sweep did.', {
  ...done,
  spread: z.literal(true).optional().meta(says('True: several instances shared its work.')),
});
export const sweeps = listOf('SweepList', 'A page of sweeps.', pastSweep);

export const sweepRequest = request('SweepRequest', 'What kind of sweep.', {
  dryRun: z.boolean().optional().meta(says(DRY, true)),
  acknowledgeBelt: z
    .string()
    .min(1)
    .max(100)
    .optional()
    .meta(says('The token of a held sweep. It releases exactly what was held.')),
});

export const forecastQuery = z.object({
  days: number(180, 60, says('How many days ahead; today is the first.')),
});

export const forecastAnswer = answer('Forecast', 'What will be purged on which day.', {
  unreadable: z
    .array(
      answer('UnreadableItem', 'An item whose row cannot be read.', {
        vault: field.vault,
        item: z.string().nullable().meta(says('The name of the item; null: nothing in the vault could be read.')),
      }),
    )
    .meta(says('For these nobody can say when they are purged.', [])),
  days: z
    .array(
      answer('ForecastDay', 'What will be purged on one day.', {
        date: z.string().meta({ format: 'date', ...says('The day, in UTC.', '2026-12-05') }),
        count: count.meta(says('How many items.', 1)),
        items: z
          .array(
            answer('ForecastItem', 'An item that will be purged.', {
              vault: field.vault,
              item: field.item,
              purgeAt: instant.meta(says('When the purge may begin. Until then it can be undeleted.', EXAMPLE.purgeAt)),
            }),
          )
          .meta(says('Which items.')),
      }),
    )
    .meta(says('One for each day that was asked for.')),
});

export const forecastView = ({ days, unreadable }: Forecast): Told<typeof forecastAnswer> => ({
  unreadable,
  days: days.map(({ date, items }) => ({
    date,
    count: items.length,
    items: items.map((one) => ({ ...one, purgeAt: iso(one.purgeAt) })),
  })),
});

const PAUSED = says('Why.', 'Storage is being migrated');

export const pause = answer('Pause', 'Nothing is purged until it ends.', {
  reason: z.string().meta(PAUSED),
  until: instant.meta(says('When it ends.', '2026-11-24T18:00:00.000Z')),
  by: field.by,
  at: instant.meta(says('When it began.', '2026-11-21T09:30:00.000Z')),
  etag: field.etag,
});
export const pauseView = (one: Pause): Told<typeof pause> => ({
  reason: one.reason,
  until: iso(one.until),
  by: one.by,
  at: iso(one.at),
  etag: quoted(one.etag),
});
export const pauseRequest = request('PauseRequest', 'Why, and until when.', {
  reason: words.meta(PAUSED),
  until: time.meta(says('When it ends.', '2026-11-24T18:00:00Z')),
});

export const liveness = answer('Liveness', 'The process is alive.', {
  status: z.literal('ok').meta(says('Always the same.', 'ok')),
});

export const readiness = answer('Readiness', 'What an operator has to know.', {
  checks: z
    .array(
      answer('ReadinessCheck', 'One thing that was looked at.', {
        name: z.string().meta(says('What is checked.', 'storage')),
        status: oneOf('ReadinessStatus', 'Good, worth a look, or broken.', ['ok', 'warn', 'fail'], 'ok'),
        detail: z.string().meta(says('The same in words.', 'tables answer')),
      }),
    )
    .meta(says('One for each thing that was looked at.')),
});

const OFFSET = says('How far the clock is ahead of real time, as an ISO 8601 duration.', 'P15D');
/** With fractions of seconds, which the format of JSON Schema does not know. */
const DURATION = /^P[0-9.YMWDTHS]+$/;

export const clock = answer('Clock', 'The clock of a local run.', {
  offset: z.string().regex(DURATION).meta(OFFSET),
  now: instant.meta(says('What time it is for the service.', '2026-12-06T09:00:00.000Z')),
});
export const clockRequest = request('ClockRequest', 'Where to move the clock.', {
  offset: z
    .string()
    .max(60)
    .regex(/\d/, 'must be a duration in ISO 8601: "P15D"')
    .meta({ pattern: DURATION.source, ...OFFSET }),
});

const part = shape('ApiDocumentPart', 'A part of an OpenAPI document.', z.looseObject({}));
export const apiDocument = shape(
  'ApiDocument',
  'An OpenAPI document.',
  z.looseObject({
    openapi: z.literal('3.1.1').meta(says('The version of OpenAPI.', '3.1.1')),
    info: part.meta(says('What the API is.', { title: 'Reprieve', version: '2026-11-01' })),
    paths: part.meta(says('What can be called.', {})),
  }),
);
export const textPage = shape('Page', 'A text for people.', z.string(), '…');
