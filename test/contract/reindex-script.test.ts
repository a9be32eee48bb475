/** `npm run store:reindex`, as it is called, over real tables. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { askToReindex } from '../../src/flows/items/operations/reindex.ts';
import { startAzurite } from '../support/azurite.ts';
import { later } from '../support/builders.ts';
import { type Furnished, furnish, P, storeOver } from '../support/furnished.ts';
import { azureTables } from '../support/tables.ts';
import { done } from '../support/world.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'tools', 'store-reindex.ts');
let connectionString: string;
let store: Furnished;

const reindex = (...args: readonly string[]) =>
  new Promise<{ code: number; output: string }>((resolve) => {
    execFile(process.execPath, [SCRIPT, '--storage', connectionString, ...args], (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });

beforeAll(async () => {
  ({ connectionString } = await startAzurite());
  store = storeOver(azureTables(connectionString));
  await furnish(store);
});

test('begins the operation, and says which it is; who calls it again is told of the same', async () => {
  const first = await reindex('--vault', P);
  const [id] = /contoso~\S+/i.exec(first.output) ?? [];
  expect(first).toEqual({
    code: 0,
    output: `The next sweeps do it. How far it is: npx reprieve operation show --id ${id}\n`,
  });
  expect(await done(askToReindex(store.ports, P, later(1)))).toBe(id);
  expect(await reindex('--vault', P)).toEqual(first);
});

test('refuses a vault that is not there, and a call without one', async () => {
  expect(await reindex('--vault', 'nowhere')).toEqual({ code: 1, output: 'There is no vault nowhere.\n' });
  expect(await reindex()).toMatchObject({ code: 2, output: expect.stringContaining('Which vault?') });
});
