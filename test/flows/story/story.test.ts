/** What every verb gets from the one runner and from `land`, told with the verbs that show it best. */
import { beforeEach, describe, expect, test } from 'vitest';
import type { Change, Write } from '../../../src/change.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { flowPorts } from '../../../src/flows/story/land.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import type { Ports } from '../../../src/ports.ts';
import { read } from '../../../src/store/rows.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, must, overtaken, portsOver, type World } from '../../support/world.ts';

const VAULT = { vault: 'Contoso' };
const ITEM = { ...VAULT, item: 'sql-01' };
const WISH = { workload: 'AzureVM', policy: 'daily', sourceId: '/sql-01' } as const;
const GONE = { mode: 'delete', confirmName: ITEM.item, reason: 'test' } as const;

let tables: Tables;
let world: World;

const settings = (patch: object) => done(putVault(world, aRequest(), VAULT, { patch, mustExist: false }));

beforeEach(async () => {
  tables = memoryTables();
  world = portsOver(tables);
  await settings({ kind: 'RecoveryServices' });
  const policy = { name: 'daily', workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 7 } } as const;
  await done(putPolicy(world, aRequest(), VAULT, policy));
});

/** Every line of the vault's history, as `operation from>to` or `operation !code`, oldest first. */
async function history(): Promise<readonly string[]> {
  const entries = [];
  for await (const { row } of scanTables(tables)('vaults'))
    if (row.key.includes('!audit!')) entries.push(read.entry(row));
  return entries
    .toSorted((a, b) => (a.requestId < b.requestId ? -1 : 1))
    .map(({ operation, from, to, code }) => (code ? `${operation} !${code}` : `${operation} ${from}>${to}`));
}

describe('the history', () => {
  test('says what was done in the words of what was there: a vault is made once, and changed after that', async () => {
    await settings({ softDelete: { retentionDays: 30 } });
    expect(await history()).toEqual(['CreateVault null>null', 'PutPolicy null>null', 'ChangeVault null>null']);
  });

  test('lets a name that is used again after a purge start anew', async () => {
    await settings({ softDelete: { state: 'Disabled' } });
    await done(protect(world, aRequest(), ITEM, WISH));
    await done(stop(world, aRequest(), ITEM, GONE));
    await done(protect(world, aRequest(), ITEM, WISH));
    expect((await history()).slice(-3)).toEqual([
      'Protect null>Protected',
      'StopDelete Protected>Purged',
      'Protect null>Protected',
    ]);
  });

  test('keeps what was refused, and nothing of it where nothing changes', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    await done(protect(world, aRequest(), ITEM, WISH));
    await done(stop(world, aRequest(), ITEM, GONE));
    expect(await stop(world, aRequest(), ITEM, { mode: 'retain' })).toMatchObject({ ok: false });
    expect((await history()).slice(2)).toEqual([
      'Protect null>Protected',
      'StopDelete Protected>SoftDeleted',
      'StopRetain !ItemSoftDeleted',
    ]);
  });
});

describe('a change', () => {
  const seen: string[] = [];
  /** The doors, told by what goes through them, in order. */
  const watched = (over: Partial<Ports> = {}): World => {
    seen.length = 0;
    const ports = { ...world, ...over } as unknown as Ports;
    const doors: Partial<Ports> = {
      hint: async (hints, dealtWith) => {
        seen.push(`hint ${hints.map(({ kind }) => kind).join(' ')}`);
        return ports.hint(hints, dealtWith);
      },
      commit: async (write: Write) => {
        seen.push('commit');
        return ports.commit(write);
      },
      notices: {
        send: async (notice, delay) => {
          seen.push('notice');
          await ports.notices.send(notice, delay);
        },
      },
    };
    return { ...world, ...flowPorts({ ...ports, ...doors }) };
  };

  test('goes hints first, then its transaction, then the notice', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    await done(stop(watched(), aRequest(), ITEM, GONE));
    expect(seen).toEqual(['hint warn purge tell tidy', 'commit', 'notice']);
  });

  test('whose hints cannot be written is not made', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    const hint = () => Promise.reject(new Error('no agenda'));
    await expect(stop(watched({ hint }), aRequest(), ITEM, GONE)).rejects.toThrow('no agenda');
    expect(seen).not.toContain('commit');
    expect(must(await world.vaults.item('Contoso', 'sql-01')).value.state).toBe('Protected');
  });

  test('that lost its race tells nobody; it is decided again from what is true then', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    const slow = overtaken(watched(), () => stop(world, aRequest(), ITEM, GONE));
    expect(await stop(slow, aRequest(), ITEM, { mode: 'retain' })).toMatchObject({
      ok: false,
      refusal: { code: 'ItemSoftDeleted' },
    });
    expect(seen).not.toContain('notice');
  });

  test('is answered although the queue is out of order: its alerts have a hint of their own', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    const send = () => Promise.reject(new Error('no queue'));
    await done(stop(watched({ notices: { send } }), aRequest(), ITEM, GONE));
    await new Promise(setImmediate);
    expect(seen).toEqual(['hint warn purge tell tidy', 'commit', 'notice', 'hint tell']);
  });

  test('that loses every race answers Busy, and changes nothing', async () => {
    await done(protect(world, aRequest(), ITEM, WISH));
    let tries = 0;
    const commit = async (write: Write) => {
      if ((write as Change).items) tries += 1;
      return (write as Change).items ? undefined : world.commit(write);
    };
    const answer = await stop(watched({ commit }), aRequest(), ITEM, GONE);
    expect(answer).toMatchObject({ ok: false, refusal: { code: 'Busy' } });
    expect(tries).toBeGreaterThan(1);
    expect(must(await world.vaults.item('Contoso', 'sql-01')).value.state).toBe('Protected');
  });
});
