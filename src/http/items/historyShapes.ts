import * as z from 'zod';
import { CHANNELS, ROLES } from '../../core/caller.ts';
import { BLOCKERS, OFFERS } from '../../core/explain.ts';
import { answer, EXAMPLE, facts, field, instant, listOf, oneOf } from '../shape.ts';
import { viewOf } from '../view.ts';
import { itemState } from './shapes.ts';

const role = oneOf('Role', 'An app role.', ROLES);

const entry = answer('HistoryEntry', 'One line of the history of an item.', {
  at: field(instant, 'When.', EXAMPLE.deletedAt),
  caller: answer('HistoryCaller', 'The caller of an operation.', {
    oid: field(z.string(), 'The object id.', EXAMPLE.oid),
    tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
    roles: field(z.array(role), 'The roles in the token.', ['Contributor']),
    channel: oneOf('Channel', 'The portal or an API client, an agent on premises, or the service itself.', CHANNELS),
  }),
  operation: field(z.string(), 'What was done.', 'StopDelete'),
  outcome: oneOf('HistoryOutcome', 'Whether it was done or refused.', ['Succeeded', 'Refused']),
  code: field(z.string().optional(), 'The code of the refusal.'),
  from: field(z.string().nullable(), 'The state before.', 'Protected'),
  to: field(z.string().nullable(), 'The state after.', 'SoftDeleted'),
  requestId: field(z.string(), 'The id of the request.', '8d4e1b7a-3c29-45f6-9e08-1a2b3c4d5e6f'),
  facts: field(facts, 'More details.', { reason: 'decommissioned' }),
});

export const history = listOf('HistoryEntryList', 'A page of history.', entry);
export const entryView = viewOf(entry);

const blocker = answer('PurgeBlocker', 'One thing that keeps an item from being purged.', {
  code: oneOf('PurgeBlockerCode', 'What stands in the way of a purge.', BLOCKERS, 'SoftDeletePeriod'),
  message: field(z.string(), 'The same in words.', `It can be undeleted until ${EXAMPLE.purgeAt}.`),
  until: field(instant.optional(), 'When it ends; absent: when a caller ends it.', EXAMPLE.purgeAt),
});
const verb = oneOf('OfferedVerb', 'What can be done with an item.', OFFERS);

const explanation = answer('Explanation', 'Why an item was or was not purged.', {
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
  blockers: field(z.array(blocker), 'What keeps it from being purged.'),
  can: field(z.array(verb), 'What can be done with it now.', ['undelete']),
});

export const explanationView = viewOf(explanation);
