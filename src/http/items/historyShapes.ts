import * as z from 'zod';
import { CHANNELS, type Entry, ROLES } from '../../core/caller.ts';
import type { Explanation } from '../../core/explain.ts';
import { iso } from '../../core/time.ts';
import { EXAMPLE } from '../example.ts';
import { answer, facts, field, instant, listOf, oneOf, type Told } from '../shape.ts';
import { itemState } from './shapes.ts';

const role = oneOf('Role', 'An app role.', ROLES);

export const entry = answer('HistoryEntry', 'One line of the history of an item.', {
  at: field(instant, 'When.', EXAMPLE.deletedAt),
  caller: answer('HistoryCaller', 'The caller of an operation.', {
    oid: field(z.string(), 'The object id.', EXAMPLE.oid),
    tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
    roles: field(z.array(role), 'The roles in the token.', ['Contributor']),
    channel: oneOf(
      'Channel',
      'The portal or an API client, an agent on premises, or the service itself.',
      CHANNELS,
      'portal',
    ),
  }),
  operation: field(z.string(), 'What was done.', 'StopDelete'),
  outcome: oneOf('HistoryOutcome', 'Whether it was done or refused.', ['Succeeded', 'Refused'], 'Succeeded'),
  code: field(z.string().optional(), 'The code of the refusal.'),
  from: field(z.string().nullable(), 'The state before.', 'Protected'),
  to: field(z.string().nullable(), 'The state after.', 'SoftDeleted'),
  requestId: field(z.string(), 'The id of the request.', '8d4e1b7a-3c29-45f6-9e08-1a2b3c4d5e6f'),
  facts: field(facts, 'More details.', { reason: 'decommissioned' }),
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
  notBefore: field(
    instant.nullable(),
    'It is not purged before this; null: for as long as something stands in the way.',
    EXAMPLE.purgeAt,
  ),
  expectedBy: field(
    instant.nullable(),
    'The sweep that will purge it, if nothing changes; null: nobody can say.',
    '2026-12-05T10:00:00.000Z',
  ),
  blockers: field(
    z.array(
      answer('PurgeBlocker', 'One thing that keeps an item from being purged.', {
        code: field(
          oneOf('PurgeBlockerCode', 'What stands in the way of a purge.', [
            ...(['NotSoftDeleted', 'SoftDeletePeriod', 'Hold', 'Paused', 'Belt', 'ClockSkew', 'Quarantined'] as const),
          ]),
          'What stands in the way.',
          'SoftDeletePeriod',
        ),
        message: field(z.string(), 'The same in words.', `It can be undeleted until ${EXAMPLE.purgeAt}.`),
        until: field(instant.optional(), 'When it ends; absent: when a caller ends it.', EXAMPLE.purgeAt),
      }),
    ),
    'What keeps it from being purged.',
  ),
  can: field(
    z.array(
      oneOf('OfferedVerb', 'What can be done with an item.', [
        ...(['undelete', 'resume', 'changePolicy', 'backup', 'restore', 'stop', 'delete'] as const),
      ]),
    ),
    'What can be done with it now.',
    ['undelete'],
  ),
});

/** The rules of the core name these words; that they are these and no others, the tests of the wire see. */
export const explanationView = (one: Explanation) => one as Told<typeof explanation>;
