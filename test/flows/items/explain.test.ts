/** Four requests say why an item is still there; only of what is overdue a fifth one asks whether it was set aside. */
import { expect, test } from 'vitest';
import { explainItem } from '../../../src/flows/items/explain.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { later } from '../../support/builders.ts';
import { done, portsOver } from '../../support/world.ts';
import { furnished, VAULT } from '../sweep/furnish.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

test('an item that is not due yet is explained by four requests, an overdue one that was set aside by five', async () => {
  const { tables } = await furnished(['vm']);
  await sweeperOver(tables).sweep(later(1));
  await portsOver(tables).control.quarantine({
    ...{ vault: VAULT, item: 'vm', why: 'a row cannot be read', since: later(14), tries: 6 },
    ...{ nextTryAt: later(15), kind: 'purge', isUnreadable: false, toldAt: null },
  });
  const explained = async (days: number) => {
    const seen = nothingSeen();
    const ports = portsOver(counted(tables, seen));
    const { blockers } = await done(explainItem(ports, later(days), { vault: VAULT, item: 'vm' }));
    return { requests: seen.requests, why: blockers.map(({ code }) => code) };
  };
  const early = await explained(13);
  expect(early.requests).toBe(4);
  expect(early.why).toContain('SoftDeletePeriod');
  expect(early.why).not.toContain('Quarantined');
  const overdue = await explained(15);
  expect(overdue.requests).toBe(5);
  expect(overdue.why).toContain('Quarantined');
});
