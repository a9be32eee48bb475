import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../../../src/change.ts';
import { dismiss } from '../../../src/flows/alerts/dismissal.ts';
import { redrive } from '../../../src/flows/alerts/mails.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { aDeadLetter, aMail, OPERATION } from '../../support/alerts.ts';
import { later, NOON } from '../../support/builders.ts';
import { aRequest, portsOver } from '../../support/world.ts';
import { type Room, room } from './room.ts';

const ID = 'Contoso~sql-01~PurgeComplete~1';
const PLACE = { id: OPERATION };
const DEAD = aMail({ status: 'DeadLettered', sentAt: null });

let at: Room;
beforeEach(async () => {
  at = await room();
});

const given = async (mail = DEAD, letter = {}) => {
  await at.raise('PurgeComplete', { item: 'sql-01', generation: 1 }, { notifications: [mail] });
  await at.flow.ledger.bury(aDeadLetter(letter));
};
const letter = () => at.flow.ledger.deadLetter(OPERATION);

describe('a redrive', () => {
  test('has the mail sent again: the hint, the ledger, and the queue when the letter is gone', async () => {
    await given();
    const lettersWhenTold: unknown[] = [];
    const flow = portsOver(at.tables, { notices: { send: async () => void lettersWhenTold.push(await letter()) } });
    expect(await redrive(flow, aRequest(), PLACE, undefined)).toMatchObject({ ok: true, value: { id: OPERATION } });
    expect((await at.alert(ID))?.notifications).toMatchObject([{ status: 'Queued', attempts: 0, failure: null }]);
    expect(await at.hints()).toEqual(['tell sql-01']);
    expect(await at.history('sql-01')).toEqual(['RedriveMail']);
    expect(lettersWhenTold).toEqual([undefined]);
  });

  test('changes nothing when its hint cannot be written', async () => {
    await given();
    const flow = portsOver(at.tables, { hint: () => Promise.reject(new Error('gone')) });
    await expect(redrive(flow, aRequest(), PLACE, undefined)).rejects.toThrow('gone');
    expect((await at.alert(ID))?.notifications).toEqual([DEAD]);
    expect(await letter()).toBeDefined();
  });

  test('keeps no answer in the partition of the alert', async () => {
    await given();
    const answer: Answer = { key: 'k', bodyHash: 'h', status: 202, headers: {}, body: '', at: NOON };
    await redrive(at.flow, { ...aRequest(), keep: () => ({ answer }) }, PLACE, undefined);
    expect(await at.flow.vaults.answer('Contoso', 'k')).toBeUndefined();
  });

  test('waits for a mail that is given up at this moment', async () => {
    await given(aMail({ status: 'Queued', sentAt: null, nextTryAt: later(1) }), { lastFailedAt: NOON });
    const refused = await redrive(at.flow, aRequest(), PLACE, undefined);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'ObjectLocked', retryAfterSeconds: 60 } });
    expect(await letter()).toBeDefined();
  });

  test('of an alert that is gone, in a vault that is gone, is refused and leaves no trace there', async () => {
    await at.flow.ledger.bury(aDeadLetter({ vault: 'Nowhere' }));
    const refused = await redrive(at.flow, aRequest(), PLACE, undefined);
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'InvalidTransition' } });
    expect(await at.history(null, 'Nowhere')).toEqual([]);
  });
});

test.for([
  ['Contoso', ['DismissDeadLetter']],
  ['Nowhere', []],
] as const)('a letter of vault %s is dismissed: %j', async ([vault, history]) => {
  await at.flow.ledger.bury(aDeadLetter({ vault }));
  expect(await dismiss(at.flow, aRequest(), PLACE, undefined)).toEqual({ ok: true, value: null });
  expect(await at.history(null, vault)).toEqual(history);
  expect(await letter()).toBeUndefined();
  expect(await dismiss(at.flow, aRequest(), PLACE, undefined)).toMatchObject({
    refusal: { code: 'DeadLetterNotFound' },
  });
});

test('a letter of a deleted vault is dismissed, and its people hear of it', async () => {
  await given();
  expect(await deleteVault(at.flow, aRequest(), { vault: 'Contoso' })).toMatchObject({ ok: true });
  expect(await dismiss(at.flow, aRequest(), PLACE, undefined)).toMatchObject({ ok: true });
  expect(await letter()).toBeUndefined();
  expect((await at.alert(ID))?.notifications).toMatchObject([{ status: 'DeadLettered', droppedAt: NOON }]);
  expect(await at.history(null)).toEqual(['DismissDeadLetter', 'DeleteVault']);
});
