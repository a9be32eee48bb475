import { beforeEach, describe, expect, test } from 'vitest';
import { type Answer, aMail, anAlert, aWorld, type World, withItsChange } from '../../support/alerts.ts';
import { NOON } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';

const ID = 'Contoso~sql-01~DeleteBackupData~1';
const deletion = (item = 'sql-01', over = {}) =>
  anAlert('DeleteBackupData', { item, generation: 1 }, { facts: { workload: 'AzureVM' }, ...over });

let world: World;
beforeEach(async () => {
  world = await aWorld();
});

const code = ({ status, body }: Answer) => [status, body?.error?.code];
describe('an alert', () => {
  test('is shown with all that the contract names, and nothing else', async () => {
    const waiting = aMail({ recipient: 'owner@contoso.com', status: 'Queued', sentAt: null, nextTryAt: NOON });
    await world.raise(deletion('sql-01', { notifications: [aMail(), waiting], count: 2 }));
    const { status, body } = await world.ask('getVaultAlert', `contoso/${ID}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id: ID,
      type: 'DeleteBackupData',
      severity: 'Sev0',
      category: 'Security',
      vault: 'Contoso',
      item: 'sql-01',
      generation: 1,
      firedAt: '2026-03-01T12:00:00.000Z',
      count: 2,
      state: 'New',
      recommendedAction: 'If this was not intended, undelete the item before it is purged.',
      facts: { workload: 'AzureVM' },
      evidence: null,
      notifications: [
        {
          recipient: 'ops@contoso.com',
          as: 'recipient',
          status: 'Sent',
          sentAt: '2026-03-01T12:00:00.000Z',
          attempts: 1,
          operationId: aMail().operationId,
        },
        {
          ...{ recipient: 'owner@contoso.com', as: 'recipient', status: 'Queued' },
          ...{ attempts: 1, operationId: aMail().operationId },
        },
      ],
    });
    expect((await world.ask('getAlert', ID.toUpperCase())).body).toEqual(body);
  });

  test('about the service has no vault, no item, and nobody to tell yet', async () => {
    await world.raise(anAlert('MassPurgeHeld', { vault: null }));
    const { body } = await world.ask('getAlert', '~~MassPurgeHeld~0');
    expect(body).toMatchObject({ vault: null, notifications: [] });
    expect(Object.keys(body)).not.toContain('item');
    expect(Object.keys(body)).not.toContain('generation');
  });

  test('that is not there, or not in that vault, is 404', async () => {
    await world.vault('Fabrikam');
    await world.raise(deletion(), anAlert('Digest'));
    expect(code(await world.ask('getVaultAlert', `Fabrikam/${ID}`))).toEqual([404, 'AlertNotFound']);
    expect(code(await world.ask('getVaultAlert', `Nowhere/${ID}`))).toEqual([404, 'VaultNotFound']);
    expect(code(await world.ask('getAlert', ID.replace('Contoso', 'Nowhere')))).toEqual([404, 'VaultNotFound']);
    expect(code(await world.ask('getAlert', '~~MassPurgeHeld~9'))).toEqual([404, 'AlertNotFound']);
    for (const route of ['getVaultAlert', 'closeVaultAlert'])
      expect(code(await world.ask(route, 'Contoso/Contoso~~Digest~0'))).toEqual([404, 'AlertNotFound']);
  });

  test.for([
    'a',
    'a~b',
    'a~b~c',
    'a~b~c~',
    'a~b~c~d~e',
    'a~b!c~T~1',
    `${'x'.repeat(64)}~~T~1`,
    '-a~~T~1',
    '~~~',
    '~~T~a b',
  ])('"%s" is no id', async (id) => {
    for (const [route, path] of [
      ['getAlert', id],
      ['closeAlert', id],
      ['getVaultAlert', `Contoso/${id}`],
    ] as const) {
      const answer = await world.ask(route, path);
      expect(code(answer)).toEqual([400, 'InvalidName']);
      expect(answer.body.error.target).toBe('alert');
    }
  });
});

describe('acknowledging and closing', () => {
  const move = (verb: string, id = ID) => world.ask(`${verb}VaultAlert`, `Contoso/${id}`);

  test('goes forward only; repeated, it is as it is', async () => {
    await world.raise(deletion());
    for (const [verb, status, state] of [
      ['acknowledge', 200, 'Acknowledged'],
      ['acknowledge', 200, 'Acknowledged'],
      ['close', 200, 'Closed'],
      ['close', 200, 'Closed'],
    ] as const)
      expect(await move(verb)).toMatchObject({ status, body: { id: ID, state } });
    const refused = await move('acknowledge');
    expect(code(refused)).toEqual([409, 'InvalidTransition']);
    expect((await world.ask('getAlert', ID)).body.state).toBe('Closed');
    expect((await world.history('sql-01')).toSorted()).toEqual(['AcknowledgeAlert', 'CloseAlert']);
  });

  test('a new one may be closed at once', async () => {
    await world.raise(deletion());
    expect(await move('close')).toMatchObject({ status: 200, body: { state: 'Closed' } });
  });

  test('works by the id alone, and stands in the history with who did it', async () => {
    await world.raise(anAlert('RetentionChanged'), anAlert('MassPurgeHeld', { vault: null }));
    expect(await world.ask('acknowledgeAlert', 'contoso~~retentionchanged~0')).toMatchObject({ status: 200 });
    const entries = await historyIn(world.ports, 'Contoso', null);
    expect(entries.filter(({ operation }) => operation !== 'Test')).toMatchObject([
      { operation: 'AcknowledgeAlert', item: null, caller: { oid: 'somebody' }, facts: { before: 'New' } },
    ]);
    expect(await world.ask('closeAlert', '~~MassPurgeHeld~0')).toMatchObject({
      status: 200,
      body: { state: 'Closed' },
    });
    expect(await world.history(null, '~service')).toEqual(['CloseAlert']);
  });

  test.for([
    ['closeVaultAlert', `Contoso/${ID}`, ID],
    ['closeAlert', ID, ID],
    ['closeAlert', '~~MassPurgeHeld~0', '~~MassPurgeHeld~0'],
  ] as const)('%s %s: the same Idempotency-Key acts once', async ([route, path, id]) => {
    await world.raise(deletion(), anAlert('MassPurgeHeld', { vault: null }));
    const headers = { 'idempotency-key': 'k' };
    const first = await world.ask(route, path, { headers });
    const again = await world.ask(route, path, { headers });
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect((await world.ask('getAlert', id)).body.state).toBe('Closed');
  });

  test('and the answer kept for its Idempotency-Key are one transaction', async () => {
    await world.raise(deletion());
    const late = await aWorld({ ...world.ports, commit: withItsChange(world.ports.commit) });
    for (let round = 0; round < 2; round += 1)
      expect(await late.ask('closeAlert', ID, { headers: { 'idempotency-key': 'k' } })).toMatchObject({ status: 200 });
  });

  test('while mails are being told of it loses nothing', async () => {
    let landed = false;
    const { alerts } = world.ports;
    const overtaken = {
      ...alerts,
      get: async (vault: string | null, id: string) => {
        const held = await alerts.get(vault, id);
        if (held && !landed) {
          landed = true;
          const now = { ...held.value, notifications: [aMail()] };
          await world.ports.commit({ vault: 'Contoso', id: 'told', alerts: [{ was: held, now }] });
        }
        return held;
      },
    };
    const slow = await aWorld({ ...world.ports, alerts: overtaken });
    await world.raise(deletion());
    expect((await slow.ask('closeAlert', ID)).status).toBe(200);
    expect((await alerts.get('Contoso', ID))?.value).toMatchObject({ state: 'Closed', notifications: [aMail()] });
  });
});
