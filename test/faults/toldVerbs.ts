/** What is done to an item of whose purge people were told, so that a good ticket stands in the agenda. */
import { addDays, iso } from '../../src/core/time.ts';
import { storesOver } from '../support/stores.ts';
import { DELETE, type Ground, isItem, post, put, STOP, trash, type Verb } from './ground.ts';
import { daysAgo, tellOf } from './seeds.ts';

async function told(ground: Ground): Promise<void> {
  await trash(ground);
  await tellOf(storesOver(ground.tables), ground.vault, 'vm', daysAgo(0));
}

const LONGER = { softDelete: { retentionDays: 30, retentionScope: 'ExtendExisting' } };
const HOLD = '/items/vm/holds/audit';
const untilLater = () => ({ reason: 'audit', until: iso(addDays(daysAgo(0), 20)) });

export const TOLD_VERBS: Readonly<Record<string, Verb>> = {
  'undelete, told of': {
    route: 'undeleteItem',
    arrange: async (ground) => {
      await told(ground);
      return { method: 'POST', path: '/items/vm/undelete', body: {} };
    },
    right: isItem('ProtectionStopped'),
    once: / Undelete /,
  },
  'put hold, told of': {
    route: 'putHold',
    arrange: async (ground) => {
      await told(ground);
      return { method: 'PUT', path: HOLD, body: untilLater(), key: true };
    },
    right: { path: HOLD, is: { status: 200 } },
    once: / PutHold /,
  },
  'put hold without an end, told of': {
    route: 'putHold',
    arrange: async (ground) => {
      await told(ground);
      return { method: 'PUT', path: HOLD, body: { reason: 'audit' }, key: true };
    },
    right: { path: HOLD, is: { status: 200 } },
    once: / PutHold /,
  },
  'remove hold, told of': {
    route: 'deleteHold',
    arrange: async (ground) => {
      await told(ground);
      await put(ground, HOLD, untilLater());
      return { method: 'DELETE', path: HOLD, key: true };
    },
    right: { path: HOLD, is: { status: 404 } },
    once: / RemoveHold /,
  },
  'longer retention, told of': {
    route: 'patchVault',
    arrange: async (ground) => {
      await told(ground);
      return { method: 'PATCH', path: '', body: LONGER };
    },
    right: { path: '', is: { status: 200, body: { softDelete: { retentionDays: 30 } } } },
    once: / ChangeVault /,
  },
  'delete again, told of': {
    route: 'stopItem',
    arrange: async (ground) => {
      await told(ground);
      await post(ground, '/items/vm/undelete', {});
      return { ...STOP, body: DELETE, key: true };
    },
    right: isItem('SoftDeleted'),
    once: / StopDelete /,
    before: 1,
  },
};
