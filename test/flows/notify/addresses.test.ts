/** How many single mails an address may get within an hour, whoever counts them at the same time. */
import { expect, test } from 'vitest';
import { addMillis, HOUR_MS, type Instant } from '../../../src/core/time.ts';
import { NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { portsOver } from '../../support/world.ts';

const MOST = 3;

function anAddress() {
  const { ledger } = portsOver(memoryTables());
  return (mail: string, at: Instant) =>
    ledger.admit({ recipient: 'ops@example.com', operationId: mail, isWelcome: false }, MOST, at);
}

test('no more than so many, and as many again after an hour', async () => {
  const admit = anAddress();
  for (const mail of ['a', 'b', 'c']) expect(await admit(mail, NOON)).toBe('admitted');
  expect(await admit('d', NOON)).toBe('crowded');
  expect(await admit('a', NOON)).toBe('admitted');
  expect(await admit('d', addMillis(NOON, HOUR_MS - 1))).toBe('crowded');
  expect(await admit('d', addMillis(NOON, HOUR_MS))).toBe('admitted');
});

test('two who count at once with clocks a little apart lose none of it', async () => {
  const admit = anAddress();
  expect(await admit('a', addMillis(NOON, 2000))).toBe('admitted');
  expect(await admit('b', NOON)).toBe('admitted');
  expect(await admit('c', addMillis(NOON, 1000))).toBe('admitted');
  expect(await admit('d', NOON)).toBe('crowded');
});

test('what was counted by a clock that was turned back far counts no more', async () => {
  const admit = anAddress();
  for (const mail of ['a', 'b', 'c']) await admit(mail, addMillis(NOON, 24 * HOUR_MS));
  expect(await admit('d', NOON)).toBe('admitted');
});
