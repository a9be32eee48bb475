/** The same trouble is counted; a second attacker is a second alert; and many tries are mailed again. */
import { describe, expect, test } from 'vitest';
import { type Alert, isTold } from '../../../src/core/alerts.ts';
import type { Caller } from '../../../src/core/caller.ts';
import { addDays, addMillis } from '../../../src/core/time.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import type { FlowPorts } from '../../../src/flows/story/land.ts';
import { raisedOrCounted } from '../../../src/flows/story/raise.ts';
import { anItem, NOON } from '../../support/builders.ts';
import { aRequest, CONTRIBUTOR, newId, writing } from '../../support/world.ts';
import { anOffice, type Office, OPS, VAULT } from '../notify/office.ts';

const HYBRID = { workload: 'MARS', server: null };
const MALLORY: Caller = { ...CONTRIBUTOR, oid: 'mallory', secondFactor: false };
const EVE: Caller = { ...MALLORY, oid: 'eve' };

async function watchedOffice() {
  const office = await anOffice();
  for (const name of ['files', 'other']) await office.ports.commit(writing(anItem('Protected', { ...HYBRID, name })));
  const tries = async (caller: Caller, item = 'files') => {
    const request = { ...aRequest(office.now()), caller };
    const outcome = await stop(
      office.ports as FlowPorts,
      request,
      { vault: VAULT, item },
      {
        mode: 'delete',
        confirmName: item,
      },
    );
    expect(outcome).toMatchObject({ ok: false });
  };
  return { office, tries };
}

const refusals = async (office: Office) =>
  (await office.all('CriticalOperationRefused')).map(({ item, count, facts }) => `${item} ${facts['by']} ${count}`);

describe('a refused operation', () => {
  test('is counted for the same caller, and is an alert of its own for another', async () => {
    const { office, tries } = await watchedOffice();
    await tries(MALLORY);
    await tries(MALLORY);
    await tries(EVE);
    await tries(MALLORY, 'other');
    expect((await refusals(office)).toSorted()).toEqual(['files eve 1', 'files mallory 2', 'other mallory 1']);
    await office.work();
    expect(await office.to(OPS)).toHaveLength(3);
  });

  test('that comes while nobody has told the first waits for its mail; counting sends no mail twice', async () => {
    const { office, tries } = await watchedOffice();
    await tries(MALLORY);
    await office.work();
    for (let time = 0; time < 8; time += 1) {
      await tries(MALLORY);
      await office.work();
    }
    expect(await refusals(office)).toEqual(['files mallory 9']);
    expect(await office.to(OPS)).toHaveLength(1);
  });

  test('is mailed again at the tenth, the hundredth and the thousandth time', async () => {
    const { office, tries } = await watchedOffice();
    const mails: number[] = [];
    for (let count = 1; count <= 1001; count += 1) {
      await tries(MALLORY);
      if ([1, 9, 10, 11, 99, 100, 101, 999, 1000, 1001].includes(count)) {
        await office.work();
        mails.push((await office.to(OPS)).length);
      }
    }
    expect(mails).toEqual([1, 1, 2, 2, 2, 3, 3, 3, 4, 4]);
    const [alert] = await office.all('CriticalOperationRefused');
    expect(alert && isTold(alert)).toBe(true);
    expect(alert).toMatchObject({ count: 1001, notifications: [{ recipient: OPS, status: 'Sent' }] });
    const subjects = (await office.to(OPS)).map(({ operationId }) => operationId);
    expect(new Set(subjects).size).toBe(4);
  });

  test('at the tenth time tells those who are to be told by now, and leaves a mail alone that is on its way', async () => {
    const { office, tries } = await watchedOffice();
    for (let count = 0; count < 10; count += 1) await tries(MALLORY);
    const [alert] = await office.all('CriticalOperationRefused');
    expect(alert?.notifications).toHaveLength(1);
    await office.work();
    expect(await office.to(OPS)).toHaveLength(1);
    const held = await office.ports.vaults.head(VAULT, 'fresh');
    if (!held) throw new Error('no head');
    const alerts = { ...held.vault.alerts, recipients: [OPS, 'new@example.com'] };
    await office.ports.commit({
      ...{ vault: VAULT, id: newId() },
      head: { was: held, now: { ...held.vault, alerts } },
    });
    for (let count = 10; count < 100; count += 1) await tries(MALLORY);
    await office.work();
    expect(await office.to('new@example.com')).toHaveLength(1);
    expect(await office.to(OPS)).toHaveLength(2);
  });

  test('leaves a mail that was given up to people', async () => {
    const { office, tries } = await watchedOffice();
    await office.mail.fault({ mode: 'reject', count: 1 });
    await tries(MALLORY);
    await office.work();
    for (let count = 1; count < 10; count += 1) await tries(MALLORY);
    await office.work();
    const [alert] = await office.all('CriticalOperationRefused');
    expect(alert?.notifications).toMatchObject([{ recipient: OPS, status: 'DeadLettered' }]);
    expect(await office.dead()).toMatchObject([{ id: alert?.notifications?.[0]?.operationId }]);
  });

  test('of an alert that somebody closed begins anew', async () => {
    const { office, tries } = await watchedOffice();
    await tries(MALLORY);
    const [alert] = await office.all('CriticalOperationRefused');
    const held = await office.ports.alerts.get(VAULT, alert?.id ?? '');
    if (!held) throw new Error('no alert');
    await office.ports.commit({
      ...{ vault: VAULT, id: newId() },
      alerts: [{ was: held, now: { ...held.value, state: 'Closed' } }],
    });
    await tries(MALLORY);
    expect(await refusals(office)).toEqual(['files mallory 1', 'files mallory 1']);
  });
});

describe('what is not counted has an id', () => {
  const again = (before: readonly Alert[], at = NOON) =>
    raisedOrCounted(
      { found: before.map((value) => ({ value, tag: '' })), unreadable: [] },
      'BackupFailure',
      { vault: VAULT, item: 'files' },
      at,
      {},
    ).now;
  const closed = (one: Alert): Alert => ({ ...one, state: 'Closed' });
  const first = again([]);

  test('that no other has, whichever of those before it are gone', () => {
    const second = again([closed(first)]);
    const third = again([closed(second)]);
    const nextDay = again([], addDays(NOON, 1));
    expect(new Set([first, second, third, nextDay].map(({ id }) => id)).size).toBe(4);
    // also where the clock of another process is behind
    expect(again([closed(nextDay)]).id).not.toBe(first.id);
  });

  test('that is the same for all who raise it at once, so that one of them does', () => {
    expect(again([], addMillis(NOON, 1)).id).toBe(first.id);
  });

  test('that comes before those of the same type that are older, also of before', () => {
    const ofBefore = [1, 2, 10].map((number) => ({ ...closed(first), id: `${VAULT}~files~BackupFailure~${number}` }));
    const raised: Alert[] = [...ofBefore];
    for (const days of [0, 0, 1, 40]) raised.unshift(again(raised.map(closed), addDays(NOON, days)));
    const ids = raised.map(({ id }) => id);
    expect(ids.slice(0, 4)).toEqual(ids.toSorted().slice(0, 4));
  });
});
