/** `npm run check:store`, as it is called, over real tables. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { keys, trashKey } from '../../src/store/keys.ts';
import { startAzurite } from '../support/azurite.ts';
import { type Furnished, furnish, item, P, storeOver } from '../support/furnished.ts';
import { azureTables } from '../support/tables.ts';
import { must } from '../support/world.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'tools', 'check-store.ts');
let connectionString: string;
let store: Furnished;

const check = (storage = connectionString, ...more: readonly string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    const args = [SCRIPT, '--storage', storage, '--now', '2026-03-02T12:00:00Z', ...more];
    execFile(process.execPath, args, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

beforeAll(async () => {
  ({ connectionString } = await startAzurite());
  store = storeOver(azureTables(connectionString));
});

test('a storage account without tables is without findings', async () => {
  expect(await check()).toEqual({
    code: 0,
    output: '0 vaults, 0 items, 0 tombstones, 0 rows, 0 hints, 0 claims: all is well\n',
  });
});

test('one line a finding, with the key of the row; the exit code tells whether there was any', async () => {
  await furnish(store);
  const clean = await check();
  expect(clean).toMatchObject({ code: 0, output: expect.stringContaining('1 vaults, 7 items, 1 tombstones') });
  await store.drop(must(trashKey(await store.documentAt(item('deleted')))));
  await store.tables.vaults.commit(P, [{ op: 'put', key: keys.item(P, 'broken'), cells: { v: 1, doc0: '{' } }]);
  const { code, output } = await check();
  expect(code).toBe(1);
  expect(output.split('\n')).toEqual([
    expect.stringMatching(/^unreadable vaults\/contoso\/contoso!item!broken: /),
    expect.stringMatching(
      /^I5 vaults\/contoso\/contoso!item!deleted: it is SoftDeleted, and does not lie in the trash/,
    ),
    expect.stringMatching(/: 2 findings$/),
    '',
  ]);
});

test('it is told how often the sweep comes, in a form that the sweep can read', async () => {
  expect(await check(connectionString, '--schedule', '0 */5 * * * *')).toMatchObject({ code: 1 });
  const { code, output } = await check(connectionString, '--schedule', 'hourly');
  expect([code, output]).toEqual([2, expect.stringContaining('hourly is no schedule of the sweep.')]);
});

test('a store that cannot be read is neither', async () => {
  const { code, output } = await check(
    'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=eA==;TableEndpoint=http://127.0.0.1:1/a',
  );
  expect(code).toBe(2);
  expect(output).toContain('The store could not be read');
  expect(output).not.toContain('AccountKey');
});
