/** Who reads a job has to know whether its item is still to be seen. An item that is there tells of its last job by itself. */
import { describe, expect, test } from 'vitest';
import { type Job, lastJobOf, type Remains } from '../../../src/core/item.ts';
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

type Held = 'item' | 'item of before' | 'tombstone' | 'nothing';
function remains(held: Held, job: Job | undefined): readonly Remains[] {
  const lastJob = job && held !== 'item of before' ? { lastJob: lastJobOf(job) } : {};
  const about = { name: 'vm', vault: VAULT, ...lastJob };
  const purged = { generation: 1, server: null, purgedAt: NOON, softDeleteApplied: true, etag: 'gone' };
  if (held === 'tombstone') return [{ state: 'Purged', ...about, ...purged }];
  return held === 'nothing' ? [] : [anItem('Protected', about)];
}

/** What is asked of the tables, and what is answered. `last`: what the item says of its last job. */
async function reading(vault: 'open' | 'deleted' | 'none', job: Job | undefined, held: Held = 'item', last = job) {
  const tables = memoryTables();
  const head = aVault({ name: VAULT });
  const items = remains(held, last);
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
  test.each(['InProgress', 'Completed', 'Cancelled'] as const)('that is %s is one request', async (status) => {
    expect(await reading('open', jobOf(status))).toEqual({ requests: 1, said: status });
  });

  test('that is not the last one, or whose item is of before, is two', async () => {
    const other = { ...jobOf('InProgress'), id: 'job-2' };
    expect(await reading('open', jobOf('Failed'), 'item', other)).toEqual({ requests: 2, said: 'Failed' });
    expect(await reading('open', jobOf('Failed'), 'item of before')).toEqual({ requests: 2, said: 'Failed' });
  });

  test('that is over is shown as long as its vault is, also when its item was purged and forgotten', async () => {
    expect(await reading('open', jobOf('Completed'), 'tombstone')).toEqual({ requests: 2, said: 'Completed' });
    expect(await reading('deleted', jobOf('Completed'), 'tombstone')).toMatchObject({ said: 'VaultNotFound' });
    expect(await reading('open', jobOf('Cancelled'), 'nothing')).toMatchObject({ said: 'Cancelled' });
    expect(await reading('none', jobOf('Completed'), 'nothing')).toMatchObject({ said: 'VaultNotFound' });
    expect(await reading('deleted', jobOf('Completed'), 'nothing')).toMatchObject({ said: 'VaultNotFound' });
  });

  test('that is not there is missed in what is there', async () => {
    expect(await reading('open', undefined)).toMatchObject({ said: 'JobNotFound' });
    expect(await reading('open', undefined, 'nothing')).toMatchObject({ said: 'ItemNotFound' });
    expect(await reading('none', undefined, 'nothing')).toMatchObject({ said: 'VaultNotFound' });
  });
});
