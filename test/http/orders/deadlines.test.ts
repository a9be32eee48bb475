/** Who hears of it when an executor does not confirm in time, and of what: at the deadline, a day later, and then every week. */
import { expect, test } from 'vitest';
import { done } from '../../host/support/door.ts';
import { aStage, PROOF, type Stage } from './stage.ts';

const ITEM = 'vm-1';

interface Told {
  readonly type: string;
  readonly facts: { readonly lateHours?: number };
  readonly notifications: readonly { readonly recipient: string }[];
}

/** `PurgeUnconfirmed 0`, with the hours that it is late; in the order in which they were raised. */
async function lateAlerts({ send }: Stage): Promise<readonly Told[]> {
  const { body } = await send('GET', 'vaults/contoso/alerts?top=200');
  const alerts = (body.value ?? []) as unknown as readonly Told[];
  return alerts
    .filter(({ type }) => type.startsWith('PurgeUnconfirmed'))
    .toSorted((a, b) => (a.facts.lateHours ?? 0) - (b.facts.lateHours ?? 0));
}
const lines = async (stage: Stage) => (await lateAlerts(stage)).map(({ type, facts }) => `${type} ${facts.lateHours}`);

async function ordered(): Promise<Stage> {
  const stage = await aStage();
  await stage.deleted(ITEM);
  await stage.pass(14);
  expect(await stage.orderOf(ITEM)).toContain('contoso~vm-1~');
  return stage;
}

test('each step is told once, to the contacts of the executor too, until the order is closed', async () => {
  const stage = await ordered();
  expect(await lines(stage)).toEqual([]);
  await stage.pass(1);
  expect(await lines(stage)).toEqual(['PurgeUnconfirmed 0']);
  await stage.sweep();
  await stage.pass(1);
  expect(await lines(stage)).toEqual(['PurgeUnconfirmed 0', 'PurgeUnconfirmedEscalated 24']);
  await stage.pass(6);
  expect(await lines(stage)).toHaveLength(2);
  await stage.pass(1);
  const all = await lateAlerts(stage);
  expect(all.map(({ facts }) => facts.lateHours)).toEqual([0, 24, 24 + 7 * 24]);
  for (const { notifications } of all)
    expect(notifications.map(({ recipient }) => recipient)).toContain('data@contoso.com');
  const { order, token } = await stage.claimed();
  await done(stage.asApp(`${order}/complete`, { token, proof: PROOF }));
  await stage.pass(8);
  expect(await lines(stage)).toHaveLength(3);
});

test('after five days without a sweep only the newest step is told, and how late it is', async () => {
  const stage = await ordered();
  await stage.without(5);
  await stage.sweep();
  expect(await lines(stage)).toEqual(['PurgeUnconfirmedEscalated 96']);
});
