import { beforeEach, describe, expect, test } from 'vitest';
import type { Alert } from '../../../src/core/alerts.ts';
import { acknowledgeAlert, closeAlert, getAlert } from '../../../src/flows/alerts/alerts.ts';
import { aRequest } from '../../support/world.ts';
import { type Room, room } from './room.ts';

const ID = 'Contoso~sql-01~PurgeComplete~1';
const PLACE = { vault: 'Contoso', id: ID };

let at: Room;
beforeEach(async () => {
  at = await room();
});

const raised = (state: Alert['state'] = 'New') =>
  at.raise('PurgeComplete', { item: 'sql-01', generation: 1 }, { state });

describe('the state of an alert only goes forward', () => {
  test.for([
    ['New', acknowledgeAlert, 'Acknowledged', ['AcknowledgeAlert']],
    ['Acknowledged', acknowledgeAlert, 'Acknowledged', []],
    ['New', closeAlert, 'Closed', ['CloseAlert']],
    ['Acknowledged', closeAlert, 'Closed', ['CloseAlert']],
    ['Closed', closeAlert, 'Closed', []],
  ] as const)('from %s', async ([before, verb, state, history]) => {
    await raised(before);
    expect(await verb(at.flow, aRequest(), PLACE, undefined)).toMatchObject({ ok: true, value: { state } });
    expect(await getAlert(at.flow, PLACE)).toMatchObject({ ok: true, value: { state } });
    expect(await at.history('sql-01')).toEqual(history);
    expect([at.notices, await at.hints()]).toEqual([[], []]);
  });

  test('what is closed is not acknowledged, and the refusal is no news for the history of the item', async () => {
    await raised('Closed');
    const refused = await acknowledgeAlert(at.flow, aRequest(), PLACE, undefined);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'InvalidTransition', facts: { state: 'Closed' } } });
    expect(await at.history('sql-01')).toEqual([]);
  });
});

test('an etag means nothing: an alert has none', async () => {
  await raised();
  const conditional = { ...aRequest<Alert>(), ifMatch: ['"whatever"'] };
  expect(await closeAlert(at.flow, conditional, PLACE, undefined)).toMatchObject({ ok: true });
});

test('an alert about the service has its history among what belongs to no vault', async () => {
  await at.raise('MassPurgeHeld', { vault: null });
  const place = { vault: null, id: '~~MassPurgeHeld~0' };
  expect(await closeAlert(at.flow, aRequest(), place, undefined)).toMatchObject({ ok: true });
  expect(await at.history(null, '~service')).toEqual(['CloseAlert']);
});

test.for([
  [PLACE, 'AlertNotFound'],
  [{ vault: 'Nowhere', id: ID }, 'VaultNotFound'],
] as const)('there is none at %j', async ([place, code]) => {
  expect(await getAlert(at.flow, place)).toMatchObject({ ok: false, refusal: { code } });
  expect(await closeAlert(at.flow, aRequest(), place, undefined)).toMatchObject({ ok: false, refusal: { code } });
});
