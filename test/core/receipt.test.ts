import { expect, test } from 'vitest';
import type { Facts } from '../../src/core/caller.ts';
import type { LinkedEntry } from '../../src/core/evidence.ts';
import { receiptOf } from '../../src/core/receipt.ts';
import { later, NOON } from '../support/builders.ts';

const linked = (seq: number, operation: string, to: string, facts: Facts): LinkedEntry => ({
  ...{ at: seq === 1 ? NOON : later(14), item: 'sql-01', operation, outcome: 'Succeeded', code: null, requestId: 'r' },
  ...{ from: seq === 1 ? 'Protected' : 'SoftDeleted', to, facts },
  caller: { oid: 'somebody', tid: 'local', roles: [], channel: 'portal' },
  link: { seq, hash: `${seq}`, prev: `${seq - 1}`, seal: '' },
});

test('a purge of before: what was not kept is null, and nothing is claimed in its place', () => {
  const deletion = linked(1, 'StopDelete', 'SoftDeleted', { provedBy: 'token', retentionDays: 14 });
  const before = receiptOf({ vault: 'contoso', item: 'sql-01' }, [deletion, linked(2, 'Purge', 'Purged', {})]);
  expect(before).toMatchObject({
    ...{ represents: null, approvals: null, secondFactor: null, orderedAt: null, executor: null },
    ...{ confirmed: null, confirmedBy: null, attempts: null, proof: null, proofDigest: null, statement: null },
  });
});

test('a purge of now of what was deleted before: only its approvals are not known', () => {
  const deletion = linked(1, 'StopDelete', 'SoftDeleted', { provedBy: 'token' });
  const purge = linked(2, 'Purge', 'Purged', { statement: 'It is gone.' });
  const now = receiptOf({ vault: 'contoso', item: 'sql-01' }, [deletion, purge]);
  expect(now).toMatchObject({ approvals: null, secondFactor: 'token', attempts: 0, statement: 'It is gone.' });
});

test('of two orders the last one says who was told', () => {
  const told = (recipient: string) => ({
    order: `contoso~sql-01~${recipient}`,
    told: [`UpcomingPurge Sent - ${recipient}`],
  });
  const { told: said } = receiptOf({ vault: 'contoso', item: 'sql-01' }, [
    linked(1, 'StopDelete', 'SoftDeleted', {}),
    linked(2, 'PurgeOrdered', 'Purging', told('first@contoso.com')),
    linked(3, 'PurgeOrdered', 'Purging', told('second@contoso.com')),
    linked(4, 'PurgeConfirmed', 'Purged', { order: 'contoso~sql-01~second', confirmed: true }),
  ]);
  expect(said.map(({ recipient }) => recipient)).toEqual(['second@contoso.com']);
});
