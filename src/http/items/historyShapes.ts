import * as z from 'zod';
import { CHANNELS, ROLES } from '../../core/caller.ts';
import type { Explanation } from '../../core/explain.ts';
import type { Entry } from '../../core/history.ts';
import { iso } from '../../core/time.ts';
import { EXAMPLE } from '../example.ts';
import { answer, facts, instant, listOf, oneOf, says, type Told } from '../shape.ts';
import { itemState } from './shapes.ts';

const role = oneOf('Role', 'An app role.', ROLES);

export const entry = answer('HistoryEntry', 'One line of the history of an item.', {
  at: instant.meta(says('When.', EXAMPLE.deletedAt)),
  caller: answer('HistoryCaller', 'The caller of an operation.', {
    oid: z.string().meta(says('The object id.', EXAMPLE.oid)),
    tid: z.string().meta(says('The tenant.', EXAMPLE.tid)),
    roles: z.array(role).meta(says('The roles in the token.', ['Contributor'])),
    channel: oneOf(
      'Channel',
      'The portal or an API client, an agent on premises, or the service itself.',
      CHANNELS,
      'portal',
    ),
  }),
  operation: z.string().meta(says('What was done.', 'StopDelete')),
  outcome: oneOf('HistoryOutcome', 'Whether it was done or refused.', ['Succeeded', 'Refused'], 'Succeeded'),
  code: z.string().optional().meta(says('The code of the refusal.')),
  from: z.string().nullable().meta(says('The state before.', 'Protected')),
  to: z.string().nullable().meta(says('The state after.', 'SoftDeleted')),
  requestId: z.string().meta(says('The id of the request.', '8d4e1b7a-3c29-45f6-9e08-1a2b3c4d5e6f')),
  facts: facts.meta(says('More details.', { reason: 'decommissioned' })),
});
export const entries = listOf('HistoryEntryList', 'A page of history.', entry);

export const entryView = (one: Entry): Told<typeof entry> => ({
  at: iso(one.at),
  caller: one.caller,
  operation: one.operation,
  outcome: one.outcome,
  ...(one.code ? { code: one.code } : {}),
  from: one.from,
  to: one.to,
  requestId: one.requestId,
  facts: one.facts,
});

export const explanation = answer('Explanation', 'Why an item was or was not purged.', {
  state: itemState,
  notBefore: instant
    .nullable()
    .meta(says('It is not purged before this; null: for as long as something stands in the way.', EXAMPLE.purgeAt)),
  expectedBy: instant
    .nullable()
    .meta(says('The sweep that will purge it, if nothing changes; null: nobody can say.', '2026-12-05T10:00:00.000Z')),
  blockers: z
    .array(
      answer('PurgeBlocker', 'One thing that keeps an item from being purged.', {
        code: oneOf('PurgeBlockerCode', 'What stands in the way of a purge.', [
          ...(['NotSoftDeleted', 'SoftDeletePeriod', 'Hold', 'Paused', 'Belt', 'ClockSkew', 'Quarantined'] as const),
        ]).meta(says('What stands in the way.', 'SoftDeletePeriod')),
        message: z.string().meta(says('The same in words.', `It can be undeleted until ${EXAMPLE.purgeAt}.`)),
        until: instant.optional().meta(says('When it ends; absent: when a caller ends it.', EXAMPLE.purgeAt)),
      }),
    )
    .meta(says('What keeps it from being purged.')),
  can: z
    .array(
      oneOf('OfferedVerb', 'What can be done with an item.', [
        ...(['undelete', 'resume', 'changePolicy', 'backup', 'restore', 'stop', 'delete'] as const),
      ]),
    )
    .meta(says('What can be done with it now.', ['undelete'])),
});

/** The rules of the core name these words; that they are these and no others, the tests of the wire see. */
export const explanationView = (one: Explanation) => one as Told<typeof explanation>;
