import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, aDeadLetter, aMail, anAlert, aWorld, OPERATION, type World } from '../../support/alerts.ts';
import { appOver } from '../../support/app.ts';
import { later, NOON } from '../../support/builders.ts';
import { overtaken } from '../../support/world.ts';

const PURGED = 'Contoso~sql-01~PurgeComplete~1';
const FAILURE = { code: 'Rejected', reason: 'no such mailbox', firstAt: NOON, lastAt: NOON };
const dead = (over = {}) => aMail({ status: 'DeadLettered', attempts: 6, sentAt: null, failure: FAILURE, ...over });
const purged = (...notifications: ReturnType<typeof aMail>[]) =>
  anAlert('PurgeComplete', { item: 'sql-01', generation: 1 }, { notifications });

let world: World;
beforeEach(async () => {
  world = await aWorld();
});

const code = ({ status, body }: Answer) => [status, body?.error?.code];
const redrive = (id = OPERATION, headers = {}) => world.ask('redriveDeadLetter', id, { headers });
const mails = async (id = PURGED, vault: string | null = 'Contoso') =>
  (await world.ports.alerts.get(vault, id))?.value.notifications;

describe('the list of dead letters', () => {
  test('shows what the contract names, in pages of any size', async () => {
    const ids = Array.from({ length: 7 }, (_, at) => `0000000${at}-0000-5000-8000-000000000000`);
    for (const id of ids) await world.ports.ledger.bury(aDeadLetter({ id }));
    for (const top of [1, 3, 7, 8]) {
      const found: { id: string }[] = [];
      for (let query: string | undefined = `top=${top}`; query !== undefined; ) {
        const { body }: Answer = await world.ask('listDeadLetters', '', { query });
        found.push(...body.value);
        query = body.nextLink && new URL(body.nextLink).search.slice(1);
      }
      expect(found.map(({ id }) => id)).toEqual(ids);
      expect(found[0]).toEqual({
        id: ids[0],
        alert: PURGED,
        recipient: 'ops@contoso.com',
        reason: 'no such mailbox',
        code: 'Rejected',
        attempts: 6,
        firstFailedAt: '2026-03-01T10:00:00.000Z',
        lastFailedAt: '2026-03-01T11:00:00.000Z',
      });
    }
  });

  test('is empty when every mail found its way', async () => {
    expect((await world.ask('listDeadLetters')).body).toEqual({ value: [] });
  });
});

describe('a redrive', () => {
  test('queues that mail again under the same operation id, and nothing else', async () => {
    const other = aMail({ recipient: 'owner@contoso.com', operationId: 'other' });
    await world.raise(purged(dead(), other));
    await world.ports.ledger.bury(aDeadLetter());
    expect(await redrive()).toMatchObject({ status: 202, body: { id: OPERATION, alert: PURGED } });
    const queued = aMail({ status: 'Queued', attempts: 0, sentAt: null, nextTryAt: NOON });
    expect(await mails()).toEqual([queued, other]);
    expect(world.notices).toEqual([{ vault: 'Contoso', alerts: [PURGED] }]);
    expect(await world.hints()).toEqual(['tell Contoso sql-01']);
    expect(await world.history('sql-01')).toEqual(['RedriveMail']);
    expect(code(await redrive())).toEqual([404, 'DeadLetterNotFound']);
  });

  test('of an alert about the service', async () => {
    await world.raise(anAlert('MassPurgeHeld', { vault: null }, { notifications: [dead()] }));
    await world.ports.ledger.bury(aDeadLetter({ vault: null, alert: '~~MassPurgeHeld~0' }));
    expect((await redrive()).status).toBe(202);
    expect(await mails('~~MassPurgeHeld~0', null)).toMatchObject([{ status: 'Queued' }]);
    expect(world.notices).toEqual([{ vault: null, alerts: ['~~MassPurgeHeld~0'] }]);
    expect(await world.hints()).toEqual(['tell ~service ~']);
  });

  test('writes the hint before anything else', async () => {
    await world.raise(purged(dead()));
    await world.ports.ledger.bury(aDeadLetter());
    const without = await aWorld({ ...world.ports, hint: () => Promise.reject(new Error('gone')) });
    expect((await without.ask('redriveDeadLetter', OPERATION)).status).toBe(500);
    expect(await mails()).toEqual([dead()]);
    expect(await world.ports.ledger.deadLetter(OPERATION)).toBeDefined();
  });

  test('loses nothing to whoever writes to the alert meanwhile', async () => {
    await world.raise(purged(dead()));
    await world.ports.ledger.bury(aDeadLetter());
    const slow = appOver(overtaken(world.ports, () => world.ask('acknowledgeAlert', PURGED)));
    expect((await slow('redriveDeadLetter', OPERATION)).status).toBe(202);
    expect((await world.ports.alerts.get('Contoso', PURGED))?.value).toMatchObject({
      state: 'Acknowledged',
      notifications: [{ status: 'Queued' }],
    });
  });

  test.for(['Sent', 'Delivered', 'Suppressed'] as const)('of what is %s only lets the letter go', async (status) => {
    await world.raise(purged(aMail({ status })));
    await world.ports.ledger.bury(aDeadLetter());
    expect((await redrive()).status).toBe(202);
    expect(await mails()).toEqual([aMail({ status })]);
    expect(await world.ports.ledger.deadLetter(OPERATION)).toBeUndefined();
  });

  test('in the moment in which it is given up comes back a minute later', async () => {
    await world.raise(purged(aMail({ status: 'Queued', sentAt: null, nextTryAt: later(1) })));
    await world.ports.ledger.bury(aDeadLetter({ lastFailedAt: later(0, -59_999) }));
    expect(await redrive()).toMatchObject({ status: 409, headers: { 'retry-after': '60' } });
    expect(await world.ports.ledger.deadLetter(OPERATION)).toBeDefined();
    await world.ports.ledger.bury(aDeadLetter({ lastFailedAt: later(0, -60_000) }));
    expect((await redrive()).status).toBe(202);
  });

  test.for([
    ['that was not understood', { alert: null, recipient: null, vault: null }],
    ['whose alert is gone', {}],
    ['whose vault is gone', { vault: 'Nowhere', alert: 'Nowhere~i~PurgeComplete~1' }],
  ] as const)('of one %s is refused: it can only be dismissed', async ([, over]) => {
    await world.ports.ledger.bury(aDeadLetter(over));
    const refused = await redrive();
    expect(code(refused)).toEqual([409, 'InvalidTransition']);
    expect(refused.body.error.message).toContain('dismissed');
    expect((await world.ask('dismissDeadLetter', OPERATION)).status).toBe(204);
    expect(code(await world.ask('dismissDeadLetter', OPERATION))).toEqual([404, 'DeadLetterNotFound']);
  });

  test('with the same Idempotency-Key happens once', async () => {
    await world.raise(purged(dead()));
    await world.ports.ledger.bury(aDeadLetter());
    const first = await redrive(OPERATION, { 'idempotency-key': 'k' });
    const again = await redrive(OPERATION, { 'idempotency-key': 'k' });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(world.notices).toHaveLength(1);
  });

  test('tells the members of a digest that their mail is on its way again', async () => {
    const id = 'Contoso~~Digest~1-2';
    const member = anAlert('RetentionChanged', {}, { notifications: [dead({ together: id })] });
    await world.raise(member, anAlert('Digest', {}, { id, members: [member.id], notifications: [dead()] }));
    await world.ports.ledger.bury(aDeadLetter({ alert: id }));
    expect((await redrive()).status).toBe(202);
    expect(await mails(member.id)).toMatchObject([{ status: 'Queued', attempts: 0, together: id }]);
  });
});

test('who dismissed a letter stands in the history of its vault', async () => {
  await world.ports.ledger.bury(aDeadLetter());
  expect((await world.ask('dismissDeadLetter', OPERATION)).status).toBe(204);
  expect(await world.history(null)).toContain('DismissDeadLetter');
});

test.for(['a/b', '-x', 'x'.repeat(64), '..', 'a b'])('"%s" is no id of one', async (id) => {
  expect(code(await redrive(encodeURIComponent(id)))).toEqual([400, 'InvalidName']);
});
