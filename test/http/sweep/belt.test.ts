import { expect, test } from 'vitest';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { aQuietVault, type Estate, later, ok, refusal } from '../../support/estate.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory({ maxPurges: 5 });
const s = sweepingOf(service);

const names = (count: number, prefix = 'vm') => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

/** Answers when the last of them is due. */
async function trash(vault: Estate, items: readonly string[]): Promise<string> {
  let last = '';
  for (const item of items) last = (await vault.trash(item)).softDelete.purgeAt;
  return last;
}

const states = async (vault: Estate, items: readonly string[]) => {
  const found = await Promise.all(items.map((item) => vault.get(item)));
  return Object.fromEntries(
    [...Map.groupBy(found, ({ status, body }) => (status === 410 ? 'Purged' : body.state))].map(([state, all]) => [
      state,
      all.length,
    ]),
  );
};

test('what the belt allows goes without a word', async () => {
  const vault = await aQuietVault(service);
  const swept = await s.sweepAt(await trash(vault, names(5)));
  expect(swept).toMatchObject({ purged: 5 });
  expect(swept).not.toHaveProperty('held');
});

test('one more and nothing goes; the token releases exactly that due set, not what became due later', async () => {
  const vault = await aQuietVault(service);
  const due = await trash(vault, names(6));
  await s.at(later(due, { days: -13 }));
  const next = await trash(vault, names(6, 'later'));

  const held = await s.sweepAt(due);
  expect(held).toMatchObject({ purged: 0, skipped: 6, held: { reason: 'Belt', token: expect.any(String) } });
  expect(held.held).toMatchObject({ limit: 'count', count: 6 });
  expect(await s.sweep()).toMatchObject({ purged: 0, held: { reason: 'Belt', count: 6 } });
  expect(await states(vault, names(6))).toEqual({ SoftDeleted: 6 });
  const { blockers } = await s.explain(vault, 'vm-0');
  expect(blockers).toMatchObject([{ code: 'Belt', message: expect.stringContaining('SWEEP_MAX_PURGES') }]);
  expect(await s.try({ acknowledgeBelt: 'wrong' })).toMatchObject(refusal(409, 'BeltTokenInvalid'));

  const swept = await s.sweepAt(next, { acknowledgeBelt: held.held?.token });
  expect(swept).toMatchObject({ purged: 6, skipped: 6, held: { reason: 'Belt' } });
  expect(swept.held?.token).not.toBe(held.held?.token);
  expect(await states(vault, names(6))).toEqual({ Purged: 6 });
  expect(await states(vault, names(6, 'later'))).toEqual({ SoftDeleted: 6 });
  expect(await s.try({ acknowledgeBelt: held.held?.token })).toMatchObject(refusal(409, 'BeltTokenInvalid'));
  expect(await s.sweep({ acknowledgeBelt: swept.held?.token })).toMatchObject({ purged: 6 });
});

test('overdue for so long that warning and purge come due together, everything is held, sweep after sweep', async () => {
  const vault = await aQuietVault(service);
  const due = await trash(vault, names(8));

  const first = await s.sweepAt(later(due, { days: 10 }));
  expect(first).toMatchObject({ purged: 0, warned: 0, held: { reason: 'Belt' } });
  for (let time = 0; time < 3; time += 1)
    expect(await s.sweep()).toMatchObject({ purged: 0, held: { count: 8 }, oldestOverdue: { item: 'vm-0' } });
  expect(await states(vault, names(8))).toEqual({ SoftDeleted: 8 });

  const swept = await s.sweep({ acknowledgeBelt: first.held?.token });
  expect(swept).toMatchObject({ purged: 8 });
  expect(swept).not.toHaveProperty('held');
});

test('a leap of months over items whose period was lengthened, or whose holds end with it, is held too', async () => {
  const vault = await aQuietVault(service);
  await trash(vault, names(4));
  const until = later(await s.now(), { days: 40 });
  for (const item of names(4, 'held')) {
    await vault.trash(item);
    ok(await vault.send('PUT', `items/${item}/holds/legal`, { reason: 'lawsuit', until }));
  }
  ok(await vault.settings({ softDelete: { retentionDays: 30 } }));

  const held = await s.sweepAt(later(until, { days: 20 }));

  expect(held).toMatchObject({ purged: 0, held: { reason: 'Belt' } });
  expect(await s.sweep({ acknowledgeBelt: held.held?.token })).toMatchObject({ purged: 8 });
});

test('held back by holds when the belt let go, items are counted again when their holds end', async () => {
  const vault = await aQuietVault(service);
  const kept = names(6, 'kept');
  for (const item of kept) {
    await vault.trash(item);
    ok(await vault.send('PUT', `items/${item}/holds/legal`, { reason: 'lawsuit' }));
  }
  const due = await trash(vault, names(6));
  const { held } = await s.sweepAt(due);
  expect(await s.sweep({ acknowledgeBelt: held?.token })).toMatchObject({ purged: 6 });

  await s.at(later(due, { hours: 1 }));
  for (const item of kept) ok(await vault.send('DELETE', `items/${item}/holds/legal`));

  const again = await s.sweepAt(later(due, { hours: 2 }));
  expect(again).toMatchObject({ purged: 0, held: { reason: 'Belt' } });
  expect(await s.sweep({ acknowledgeBelt: again.held?.token })).toMatchObject({ purged: 6 });
});

test('an undelete between makes it another due set; warnings and undeletes go on while the belt holds', async () => {
  const vault = await aQuietVault(service, { settings: { softDelete: { retentionDays: 20 } } });
  const due = await trash(vault, names(7));
  await s.at(later(due, { days: -17 }));
  await vault.trash('other');
  const other = (await vault.get('other')).body.softDelete?.purgeAt ?? '';
  const { held } = await s.sweepAt(due);

  const swept = await s.sweepAt(later(other, { hours: -40 }));
  expect(swept).toMatchObject({ warned: 1, purged: 0, held: { count: 7 } });
  ok(await vault.undelete('other'));
  expect(await s.sweepAt(other, { acknowledgeBelt: held?.token })).toMatchObject({ purged: 7 });
  expect((await vault.get('other')).body.state).toBe('ProtectionStopped');
});

test('what the sweep left behind is in order', () => s.check());
