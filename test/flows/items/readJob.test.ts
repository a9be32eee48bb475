/** Who reads a job has to know whether its item is still to be seen; one that runs says so itself. */
import { describe, expect, test } from 'vitest';
import type { Job } from '../../../src/core/item.ts';
import { readJob } from '../../../src/flows/items/read.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { aDeletedVault, anItem, aVault, NOON } from '../../support/builders.ts';
import { headRows, itemRows, write } from '../../support/rows.ts';
import { memoryTables } from '../../support/tables.ts';
import { headOf, newHead, portsOver } from '../../support/world.ts';

const VAULT = 'Contoso';
const PLACE = { vault: VAULT, item: 'vm' };
const jobOf = (status: Job['status']): Job => ({
  ...{ id: 'job-1', vault: VAULT, item: 'vm', operation: 'Backup', status },
  ...{ startedAt: NOON, endedAt: status === 'InProgress' ? null : NOON, expiresAt: null },
});

/** What is asked of the tables, and what is answered. */
async function reading(vault: 'open' | 'deleted' | 'none', job: Job | undefined, hasItem = true) {
  const tables = memoryTables();
  const head = aVault({ name: VAULT });
  const items = hasItem ? [anItem('Protected', { name: 'vm', vault: VAULT })] : [];
  const rows = vault === 'none' ? [] : headRows(head, [], items);
  await write(tables.vaults, VAULT.toLowerCase(), [...rows, ...items.flatMap(itemRows)]);
  const { commit, vaults } = portsOver(tables);
  if (job) await commit({ vault: VAULT, id: 'made', jobs: [job] });
  if (vault === 'deleted') await commit(newHead(aDeletedVault(head), await headOf(vaults)));
  const seen = nothingSeen();
  const found = await readJob(portsOver(counted(tables, seen)), PLACE, 'job-1');
  return { requests: seen.requests, said: found.ok ? found.value.status : found.refusal.code };
}

describe('a job', () => {
  test('that runs is one request', async () => {
    expect(await reading('open', jobOf('InProgress'))).toEqual({ requests: 1, said: 'InProgress' });
  });

  test('that is over is shown as long as its vault is, also when its item was purged and forgotten', async () => {
    expect(await reading('open', jobOf('Completed'))).toEqual({ requests: 2, said: 'Completed' });
    expect(await reading('open', jobOf('Cancelled'), false)).toMatchObject({ said: 'Cancelled' });
    expect(await reading('none', jobOf('Completed'), false)).toMatchObject({ said: 'VaultNotFound' });
    expect(await reading('deleted', jobOf('Completed'), false)).toMatchObject({ said: 'VaultNotFound' });
  });

  test('that is not there is missed in what is there', async () => {
    expect(await reading('open', undefined)).toMatchObject({ said: 'JobNotFound' });
    expect(await reading('open', undefined, false)).toMatchObject({ said: 'ItemNotFound' });
    expect(await reading('none', undefined, false)).toMatchObject({ said: 'VaultNotFound' });
  });
});
