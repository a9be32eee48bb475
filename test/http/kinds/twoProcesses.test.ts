/** Two processes on one store, each of which reads the kinds once a minute. */
import { expect, test } from 'vitest';
import { deletion, done } from '../../host/support/door.ts';
import { memoryTables } from '../../support/tables.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const at = (vault: string, item: string) => `vaults/${vault}/items/${item}`;

test.each([
  ['in the trash', {}, { state: 'SoftDeleted', softDelete: { retentionDays: 90 } }],
  ['for good', { softDelete: { state: 'Disabled' } }, { state: 'Purged' }],
])('a kind is known to a process that read the kinds before it was made: %s', async (_, settings, expected) => {
  const tables = memoryTables();
  const [maker, other] = [serviceInMemory({ tables }), serviceInMemory({ tables })];
  const person = await other.token({ sub: 'ada', roles: ['Contributor'], mfa: true });
  await done(other.door('PUT', 'vaults/v', { body: { kind: 'Generic', ...settings } }));
  await done(other.door('PUT', 'kinds/elder', { body: {} }));
  await done(other.door('PUT', at('v', 'elder'), { body: { workload: 'elder', sourceId: 'elder' } }));
  await done(other.door('POST', `${at('v', 'elder')}/stop`, { body: deletion(at('v', 'elder')), token: person }));
  await done(maker.door('PUT', 'kinds/younger', { body: { minimumRetentionDays: 90 } }));
  await done(maker.door('PUT', at('v', 'x'), { body: { workload: 'younger', sourceId: 'x' } }));
  const stopped = other.door('POST', `${at('v', 'x')}/stop`, { body: deletion(at('v', 'x')), token: person });
  expect(await stopped).toMatchObject({ status: 200, body: expected });
});
