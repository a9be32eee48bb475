import * as z from 'zod';
import { BLOCKERS, OFFERS } from '../../core/explain.ts';
import { answer, EXAMPLE, field, instant, oneOf } from '../shape.ts';
import { viewOf } from '../view.ts';
import { itemState } from './shapes.ts';

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
