/** What it asks of storage to make an order at once, and to look at orders. */
import { expect, test } from 'vitest';
import { readiness } from '../../../src/flows/service/readiness.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';
import { done } from '../../host/support/door.ts';
import { NOON } from '../../support/builders.ts';
import { aVault, ok } from '../../support/estate.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const seen = nothingSeen();
const over = (all: Tables) => counted(all, seen, Number.POSITIVE_INFINITY);
// what telling costs is counted elsewhere
const service = serviceInMemory({ over, notices: { send: async () => undefined } });

/** A process that has stopped something in the vault before. */
async function aStop(settings: object): Promise<number> {
  const vault = await aVault(service, { settings: { softDelete: { state: 'Disabled' }, ...settings } });
  for (const item of ['first', 'second']) ok(await vault.protect(item));
  ok(await vault.delete('first'));
  Object.assign(seen, nothingSeen());
  ok(await vault.delete('second'));
  return seen.requests;
}

test('a stop that orders asks for one request more than one that destroys', async () => {
  await done(service.door('PUT', 'executors/blobs', { body: { callers: [{ tid: 'local', oid: 'app' }] } }));
  const destroys = await aStop({});
  expect(await aStop({ purge: { executor: 'blobs' } })).toBe(destroys + 1);
});

test('whether the service is ready is known after twenty-four requests at the most, however many orders are late', async () => {
  const tables = memoryTables();
  const some = nothingSeen();
  const ports = portsOver(counted(tables, some, Number.POSITIVE_INFINITY));
  const rows = Array.from({ length: 1500 }, (_, index) => {
    const order = `contoso~vm-${index}~o`;
    const key = `${String(+NOON + index).padStart(16, '0')}!order!contoso!vm-${index}`;
    const due = NOON.plus({ milliseconds: index }).toISO();
    const cells = { v: 1, kind: 'order', vault: 'contoso', item: `vm-${index}`, due, tries: 0, order };
    return { op: 'put', key, cells: { ...cells, state: 'Open', confirmBy: NOON.minus({ hours: 1 }).toISO() } } as const;
  });
  for (let at = 0; at < rows.length; at += 100) await tables.agenda.commit('work~blobs', rows.slice(at, at + 100));
  const checks = await readiness(ports, { bornAt: NOON, unknownSettings: [] });
  expect(checks.find(({ name }) => name === 'purgeOrders')).toMatchObject({
    status: 'warn',
    detail: '1000 purge orders are past their deadline, and 0 wait for a person, of the first 1000 that were looked at',
  });
  expect(some.requests).toBeLessThanOrEqual(24);
  expect(some.rowsRead).toBeLessThanOrEqual(1100);
});
