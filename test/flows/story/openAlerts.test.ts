/** An open alert that takes what happens again is found in one request and at most fifty rows, however many were raised before. */
import { expect, test } from 'vitest';
import { type Alert, alert } from '../../../src/core/alerts.ts';
import type { AlertType } from '../../../src/core/alertTypes.ts';
import { addDays } from '../../../src/core/time.ts';
import { completeJob, startJob } from '../../../src/flows/items/jobs.ts';
import { raisedOrCounted } from '../../../src/flows/story/raise.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { keys } from '../../../src/store/keys.ts';
import { put } from '../../../src/store/table.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { anItem, aPolicy, aVault, NOON } from '../../support/builders.ts';
import { headRows, itemRows, write } from '../../support/rows.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, CONTRIBUTOR, done, must, portsOver, type World } from '../../support/world.ts';

const VAULT = 'contoso';
const PLACE = { vault: VAULT };
const ITEM = { ...PLACE, item: 'vm' };
const MALLORY = { ...CONTRIBUTOR, oid: 'mallory', secondFactor: false };
const FACTS = { by: MALLORY.oid, tenant: MALLORY.tid, operation: 'ChangeVault', code: 'StepUpRequired' };

/** Half of them are of that type and closed but for the last one, half are of others; everybody is told of all. */
function raisedBefore(type: AlertType, item: string | null, size: number): readonly Alert[] {
  const subject = { vault: VAULT, item };
  const others = Array.from({ length: size / 2 }, (_, index) => alert('RetentionChanged', subject, NOON, {}, index));
  const same: Alert[] = [];
  for (let day = -size / 2; day < 0; day += 1) {
    const newest = same.slice(-1).map((value) => ({ value: { ...value, state: 'Closed' as const }, tag: '' }));
    const raised = raisedOrCounted({ found: newest, unreadable: [] }, type, subject, addDays(NOON, day), FACTS).now;
    same.push({ ...raised, state: day === -1 ? 'New' : 'Closed' });
  }
  return [...others, ...same].map((one) => ({ ...one, notifications: [] }));
}

interface Trouble {
  readonly type: AlertType;
  readonly item: string | null;
  readonly happens: (ports: World) => Promise<void>;
}

/** What it costs that it happens, beside so many that were raised before; and how often the open one counts. */
async function costOf({ type, item, happens }: Trouble, size: number) {
  const tables = memoryTables();
  const vm = anItem('Protected', { vault: VAULT, name: 'vm' });
  await write(tables.vaults, VAULT, [
    ...headRows(aVault({ name: VAULT }), [aPolicy('daily')], [vm]),
    ...itemRows(vm),
    ...raisedBefore(type, item, size).map((one) => put(keys.alert(VAULT, one.id), one)),
  ]);
  const seen = nothingSeen();
  await happens(portsOver(counted(tables, seen)));
  const about = await portsOver(tables).alerts.about(VAULT, item);
  const open = about.found.filter(({ value }) => value.type === type && value.state !== 'Closed');
  return { requests: seen.requests, rowsRead: seen.rowsRead, counts: open.map(({ value }) => value.count) };
}

const TROUBLE: readonly Trouble[] = [
  {
    ...{ type: 'CriticalOperationRefused', item: null },
    happens: async (ports) => {
      const patch = { softDelete: { state: 'Disabled' } } as const;
      const request = { ...aRequest(NOON), caller: MALLORY };
      const tried = putVault(ports, request, PLACE, { patch, mustExist: true });
      expect(await tried).toMatchObject({ refusal: { code: FACTS.code } });
    },
  },
  {
    ...{ type: 'BackupFailure', item: ITEM.item },
    happens: async (ports) => {
      const job = await done(startJob(ports, aRequest(NOON), ITEM, { operation: 'Backup', expiresAt: null }));
      await done(completeJob(ports, aRequest(NOON), ITEM, { job: must(job).id, status: 'Failed' }));
    },
  },
];

test.each(TROUBLE)('$type', async (trouble) => {
  const [few, many] = [await costOf(trouble, 4), await costOf(trouble, 3000)];
  expect([few.counts, many.counts]).toEqual([[2], [2]]);
  expect(many.requests).toBe(few.requests);
  // two of the few are of the type
  expect(many.rowsRead - few.rowsRead).toBe(50 - 2);
});
