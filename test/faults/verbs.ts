/** Every call that changes something: what is there before it, the call, and what is right after it. */

import { addDays, iso } from '../../src/core/time.ts';
import { ADA } from '../support/secured.ts';
import { storesOver } from '../support/stores.ts';
import {
  aBackup,
  anItem,
  aVault,
  DAILY,
  DELETE,
  etagOf,
  isItem,
  must,
  OFF,
  PAUSE,
  PURGED,
  post,
  protection,
  put,
  STOP,
  trash,
  type Verb,
} from './ground.ts';
import { addPages, daysAgo } from './seeds.ts';

export const VERBS: Readonly<Record<string, Verb>> = {
  'create vault': {
    route: 'putVault',
    arrange: async () => ({ method: 'PUT', path: '', body: { kind: 'RecoveryServices' } }),
    right: { path: '', is: { status: 200 } },
    once: / CreateVault /,
  },
  'vault PATCH': {
    route: 'patchVault',
    arrange: async (ground) => {
      await trash(ground);
      return { method: 'PATCH', path: '', body: { softDelete: { retentionDays: 30 } } };
    },
    right: { path: '', is: { status: 200, body: { softDelete: { retentionDays: 30 } } } },
    once: / ChangeVault /,
  },
  'vault PATCH, if it has this etag': {
    route: 'patchVault',
    arrange: async (ground) => {
      await aVault(ground);
      const ifMatch = await etagOf(ground, '');
      return { method: 'PATCH', path: '', body: { softDelete: { retentionDays: 30 } }, key: true, ifMatch };
    },
    right: { path: '', is: { status: 200, body: { softDelete: { retentionDays: 30 } } } },
    once: / ChangeVault /,
  },
  'put policy, shorter': {
    route: 'putPolicy',
    arrange: async (ground) => {
      await anItem(ground);
      return { method: 'PUT', path: '/policies/daily', body: { ...DAILY, retention: { daily: 10 } } };
    },
    right: { path: '/policies/daily', is: { status: 200, body: { retention: { daily: 10 } } } },
    once: /~ PutPolicy /,
    before: 1,
  },
  'delete policy': {
    route: 'deletePolicy',
    arrange: async (ground) => {
      await aVault(ground);
      return { method: 'DELETE', path: '/policies/daily', key: true };
    },
    right: { path: '/policies/daily', is: { status: 404 } },
    once: / DeletePolicy /,
  },
  protect: {
    route: 'protectItem',
    arrange: async (ground) => {
      await aVault(ground);
      return { method: 'PUT', path: '/items/vm', body: protection(ground) };
    },
    right: isItem('Protected'),
    once: / Protect null>Protected$/,
  },
  'protect after a purge': {
    route: 'protectItem',
    arrange: async (ground) => {
      await anItem(ground, OFF);
      await post(ground, '/items/vm/stop', DELETE);
      return { method: 'PUT', path: '/items/vm', body: protection(ground) };
    },
    right: isItem('Protected'),
    once: / Protect null>Protected$/,
    before: 1,
  },
  'record point': {
    route: 'putRecoveryPoint',
    arrange: async (ground) => {
      await anItem(ground);
      const body = { createdAt: iso(daysAgo(1)), rung: 'daily' };
      return { method: 'PUT', path: '/items/vm/recoveryPoints/p1', body };
    },
    right: isItem('Protected', { recoveryPoints: { count: 1 } }),
    once: / RecordRecoveryPoint /,
  },
  'stop retain': {
    route: 'stopItem',
    arrange: async (ground) => {
      await anItem(ground);
      return { ...STOP, body: { mode: 'retain' } };
    },
    right: isItem('ProtectionStopped'),
    once: / StopRetain /,
  },
  'stop delete': {
    route: 'stopItem',
    arrange: async (ground) => {
      await anItem(ground);
      return { ...STOP, body: DELETE };
    },
    right: isItem('SoftDeleted', { generation: 1 }),
    once: / StopDelete /,
  },
  'stop delete, if it has this etag, with a key': {
    route: 'stopItem',
    arrange: async (ground) => {
      await anItem(ground);
      return { ...STOP, body: DELETE, key: true, ifMatch: await etagOf(ground, '/items/vm') };
    },
    right: isItem('SoftDeleted', { generation: 1 }),
    once: / StopDelete /,
  },
  'stop delete, soft delete off': {
    route: 'stopItem',
    arrange: async (ground) => {
      await anItem(ground, OFF);
      return { ...STOP, body: DELETE };
    },
    right: PURGED,
    once: />Purged$/,
  },
  'stop delete, soft delete off, large': {
    route: 'stopItem',
    arrange: async (ground) => {
      await anItem(ground, OFF);
      await addPages(storesOver(ground.tables), ground.vault, 'vm', 95, daysAgo(1));
      return { ...STOP, body: DELETE };
    },
    right: { path: '/items/vm/history', is: { status: 200 } },
    once: />Purged$/,
  },
  undelete: {
    route: 'undeleteItem',
    arrange: async (ground) => {
      await trash(ground);
      return { method: 'POST', path: '/items/vm/undelete', body: {} };
    },
    right: isItem('ProtectionStopped'),
    once: / Undelete /,
  },
  'undelete, if it has this etag': {
    route: 'undeleteItem',
    arrange: async (ground) => {
      await trash(ground);
      const ifMatch = await etagOf(ground, '/items/vm');
      return { method: 'POST', path: '/items/vm/undelete', body: {}, key: true, ifMatch };
    },
    right: isItem('ProtectionStopped'),
    once: / Undelete /,
  },
  'undelete many': {
    route: 'undeleteItems',
    arrange: async (ground) => {
      await trash(ground);
      return { method: 'POST', path: '/undelete', body: { items: ['vm'] } };
    },
    right: isItem('ProtectionStopped'),
    once: /Undelete /,
  },
  'undelete many, left to an operation': {
    route: 'undeleteItems',
    arrange: async (ground) => {
      await trash(ground);
      const items = ['vm', ...Array.from({ length: 200 }, (_, at) => `nobody-${at}`)];
      return { method: 'POST', path: '/undelete', body: { items }, key: true };
    },
    right: { path: '/history', is: { status: 200 } },
    once: /~ UndeleteItems /,
  },
  'resume with clean-up': {
    route: 'resumeItem',
    arrange: async (ground) => {
      await anItem(ground);
      await put(ground, '/items/vm/recoveryPoints/old', { createdAt: iso(daysAgo(80)), rung: 'daily' });
      await put(ground, '/items/vm/recoveryPoints/new', { createdAt: iso(daysAgo(1)), rung: 'daily' });
      await post(ground, '/items/vm/stop', { mode: 'retain' });
      return { method: 'POST', path: '/items/vm/resume', body: { policy: 'daily' } };
    },
    right: isItem('Protected', { recoveryPoints: { count: 1 } }),
    once: / Resume /,
  },
  'put hold': {
    route: 'putHold',
    arrange: async (ground) => {
      await trash(ground);
      const body = { reason: 'audit', until: iso(addDays(daysAgo(0), 30)) };
      return { method: 'PUT', path: '/items/vm/holds/audit', body, key: true };
    },
    right: { path: '/items/vm/holds/audit', is: { status: 200 } },
    once: / PutHold /,
  },
  'remove hold': {
    route: 'deleteHold',
    arrange: async (ground) => {
      await trash(ground);
      await put(ground, '/items/vm/holds/audit', { reason: 'audit' });
      return { method: 'DELETE', path: '/items/vm/holds/audit', key: true };
    },
    right: { path: '/items/vm/holds/audit', is: { status: 404 } },
    once: / RemoveHold /,
  },
  'start backup': {
    route: 'startBackup',
    arrange: async (ground) => {
      await anItem(ground);
      return { method: 'POST', path: '/items/vm/backup', body: {}, key: true };
    },
    right: isItem('Protected', { activeJob: { operation: 'Backup' } }),
    once: / StartBackup /,
  },
  'complete job, with a recovery point': {
    route: 'completeJob',
    arrange: async (ground) => {
      await anItem(ground);
      const path = `/items/vm/jobs/${await aBackup(ground)}/complete`;
      return { method: 'POST', path, body: { status: 'Completed', recoveryPoint: { rung: 'daily' } } };
    },
    right: isItem('Protected', { activeJob: null, recoveryPoints: { count: 1 } }),
    once: / CompleteJob /,
  },
  'complete job, failed, if it has this etag, with a key': {
    route: 'completeJob',
    arrange: async (ground) => {
      await anItem(ground);
      const path = `/items/vm/jobs/${await aBackup(ground)}/complete`;
      const ifMatch = await etagOf(ground, '/items/vm');
      return { method: 'POST', path, body: { status: 'Failed' }, key: true, ifMatch };
    },
    right: isItem('Protected', { activeJob: null, lastBackup: { status: 'Failed' } }),
    once: / CompleteJob /,
  },
  'change policy': {
    route: 'changePolicy',
    arrange: async (ground) => {
      await anItem(ground);
      await put(ground, '/items/vm/recoveryPoints/p1', { createdAt: iso(daysAgo(1)), rung: 'daily' });
      await put(ground, '/policies/short', { ...DAILY, retention: { daily: 7 } });
      return { method: 'POST', path: '/items/vm/changePolicy', body: { policy: 'short' } };
    },
    right: isItem('Protected', { policy: 'short' }),
    once: / ChangePolicy /,
  },
  'delete vault': {
    route: 'deleteVault',
    arrange: async (ground) => {
      await aVault(ground);
      return { method: 'DELETE', path: '' };
    },
    right: { path: '', is: { status: 410 } },
    once: / DeleteVault /,
  },
  'delete vault, if it has this etag': {
    route: 'deleteVault',
    arrange: async (ground) => {
      await aVault(ground);
      return { method: 'DELETE', path: '', ifMatch: await etagOf(ground, '') };
    },
    right: { path: '', is: { status: 410 } },
    once: / DeleteVault /,
  },
  'restore vault': {
    route: 'restoreVault',
    arrange: async (ground) => {
      await aVault(ground);
      await must(ground.door('DELETE', `vaults/${ground.vault}`));
      return { method: 'POST', path: `deletedVaults/${ground.vault}/restore`, body: {}, key: true };
    },
    right: { path: '', is: { status: 200 } },
    once: / RestoreVault /,
  },
  'put pause': {
    route: 'putPause',
    arrange: async () => ({ method: 'PUT', path: 'pause', body: PAUSE() }),
    right: { path: 'pause', is: { status: 200, body: { reason: 'audit' } } },
  },
  'end pause': {
    route: 'deletePause',
    arrange: async ({ door }) => {
      await must(door('PUT', 'pause', { body: PAUSE() }));
      return { method: 'DELETE', path: 'pause' };
    },
    right: { path: 'pause', is: { status: 404 } },
    gone: 404,
  },
  'end the pause of another': {
    route: 'deletePause',
    arrange: async ({ door }) => {
      await must(door('PUT', 'pause', { body: PAUSE() }));
      return { method: 'DELETE', path: 'pause', who: ADA };
    },
    right: { path: 'pause', is: { status: 404 } },
    gone: 404,
  },
};
