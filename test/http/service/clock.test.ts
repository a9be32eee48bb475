import { afterEach, describe, expect, test } from 'vitest';
import { anItem, aVault, done, inTrash, refused } from '../../host/support/door.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const { door } = serviceInMemory();
const put = (offset: unknown) => door('PUT', 'local/clock', { body: { offset } });
afterEach(() => put('PT0S'));

/** The service's clock is so many milliseconds ahead, neither more nor less, however long the question takes. */
const isAhead = async (millis: number): Promise<void> => {
  const asked = Date.now();
  const now = Date.parse((await door('GET', 'local/clock')).body.now) - millis;
  expect(now).toBeGreaterThanOrEqual(asked);
  expect(now).toBeLessThanOrEqual(Date.now());
};

describe('the local clock', () => {
  test('stands at real time until it is moved', async () => {
    const { status, body } = await door('GET', 'local/clock');
    expect([status, body]).toEqual([200, { offset: 'PT0S', now: expect.stringMatching(/\.\d{3}Z$/) }]);
    await isAhead(0);
  });

  test.for([
    ['P15D', 15 * 86_400],
    ['PT1S', 1],
    ['P1DT2H', 93_600],
    ['PT0.5S', 0.5],
  ] as const)('is moved by %s', async ([offset, seconds]) => {
    const { status, body } = await put(offset);
    expect([status, body]).toEqual([200, { offset, now: expect.any(String) }]);
    await isAhead(seconds * 1000);
  });

  test('may be set back, and never behind real time', async () => {
    await put('P15D');
    expect((await put('P1D')).status).toBe(200);
    expect((await put('PT0S')).status).toBe(200);
    expect(await put('-PT1S')).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: '$.offset' }] }));
    expect(await put('P-1D')).toMatchObject(refused(400, 'InvalidRequest'));
    await isAhead(0);
  });

  test.for(['', 'P', '15 days', 'P1000000Y', '15', 'PT', 15, null, undefined, 'P1D'.repeat(40)])(
    'is not moved by %j',
    async (offset) => {
      expect(await put(offset)).toMatchObject(refused(400, 'InvalidRequest', { details: [{ target: '$.offset' }] }));
      await isAhead(0);
    },
  );

  test('is the service’s whole idea of now', async () => {
    const vault = await aVault(door);
    const path = await inTrash(door, vault);
    const { purgeAt } = (await door('GET', path)).body.softDelete;
    await put('P13DT1H');
    expect((await door('GET', path)).body.softDelete).toMatchObject({ daysLeft: 1, purgeUpcoming: true, purgeAt });
    await put('P14DT1H');
    expect((await door('GET', path)).body.softDelete).toMatchObject({ daysLeft: 0, remaining: 'PT0S', purgeAt });
    expect(await door('POST', `${path}/undelete`, { body: {} })).toMatchObject(refused(409, 'UndeleteWindowClosed'));
    const job = await done(door('POST', `${await anItem(door, vault)}/backup`, { body: {} }));
    expect(job).toMatchObject({ startedAt: expect.stringMatching(/Z$/) });
    await put('PT0S');
    expect((await door('POST', `${path}/undelete`, { body: {} })).status).toBe(200);
  });

  test('ends holds', async () => {
    const path = await inTrash(door, await aVault(door));
    const until = new Date(Date.now() + 86_400_000).toISOString();
    await done(door('PUT', `${path}/holds/legal`, { body: { reason: 'case 1', until } }));
    await put('P2D');
    expect((await door('GET', path)).body.holds).toEqual([]);
    expect(await door('GET', `${path}/holds/legal`)).toMatchObject(refused(404, 'HoldNotFound'));
  });

  test('is no reason for the service to feel ill', async () => {
    await put('P400D');
    await done(door('POST', 'sweeps', { body: {} }));
    expect(await door('GET', 'health/ready')).toMatchObject({ status: 200 });
  });

  test('lets a tombstone be for 90 days, and then nothing was ever there', async () => {
    const path = await anItem(door, await aVault(door), undefined, { tier: 'Operational' });
    await done(door('POST', `${path}/stop`, { body: { mode: 'delete', confirmName: path.split('/')[3] } }));
    await put('P89DT23H');
    expect(await door('GET', path)).toMatchObject(refused(410, 'ItemPurged'));
    await put('P90DT1M');
    expect(await door('GET', path)).toMatchObject(refused(404, 'ItemNotFound'));
  });
});
