/** What mails say of who is asked to destroy the data itself: before, meanwhile, and when it is confirmed. */
import { describe, expect, test } from 'vitest';
import { canonical, sha256 } from '../../src/core/evidence.ts';
import { letter } from '../../src/letters/letter.ts';
import { done } from '../host/support/door.ts';
import { APP, aStage, PROOF, type Stage } from '../http/orders/stage.ts';
import { anAlert, anOccasion, EXAMPLES } from './examples.ts';

const ITEM = 'vm-1';
const NOBODY = /nobody (was|is) asked to delete the data itself|asked nobody to delete the data itself/i;

const flat = (text: string): string => text.replace(/\s+/g, ' ');
async function mailed(stage: Stage, event: string | RegExp, to?: string): Promise<string> {
  const found = (await stage.mails(to)).find(({ subject }) => subject.match(event));
  if (!found) throw new Error(`no mail ${event}: ${(await stage.mails(to)).map(({ subject }) => subject).join('; ')}`);
  return `${found.subject}\n${flat(found.text)}`;
}
const told = (name: string): string => flat(letter(EXAMPLES[name] as Parameters<typeof letter>[0]).text);

async function inTrash(wish: Parameters<typeof aStage>[0] = {}) {
  const stage = await aStage(wish);
  await stage.deleted(ITEM);
  return stage;
}
async function ordered(wish: Parameters<typeof aStage>[0] = {}) {
  const stage = await inTrash(wish);
  await stage.pass(wish.softDelete === false ? 0 : 14);
  return stage;
}
const claimed = async (stage: Stage) => {
  const { order, token } = await stage.claimed();
  return { order, say: (verb: string, body: object) => done(stage.asApp(`${order}/${verb}`, { token, ...body })) };
};

describe('before a purge', () => {
  test.each([
    ['an executor of the vault', 'blobs', 'executor blobs is asked to destroy the data itself'],
    ['nobody', null, 'Reprieve removes its own record. Nobody is asked to delete the data itself.'],
  ])('the deletion and the reminder say that %s will be asked', async (_, executor, words) => {
    const stage = await inTrash({ executor });
    expect(await mailed(stage, 'Backup data deleted')).toContain(`When its time is over: ${words}`);
    await stage.pass(12);
    const reminder = await mailed(stage, 'will be purged soon');
    expect(reminder).toContain(`When its time is over: ${words}`);
    expect(reminder).toContain('npx reprieve items undelete');
  });

  test('the reminder says whom its kind names by then, where its vault names nobody', async () => {
    const stage = await inTrash({ executor: null });
    expect(await mailed(stage, 'Backup data deleted')).toMatch(NOBODY);
    await done(stage.send('PUT', 'kinds/AzureVM', { executor: 'blobs' }));
    await stage.pass(12);
    const reminder = await mailed(stage, 'will be purged soon');
    expect(reminder).toContain('executor blobs is asked to destroy the data itself');
    expect(reminder).not.toMatch(NOBODY);
  });

  test('a deletion for good says what can be done about it: nothing, or to recall it', async () => {
    const nobody = await mailed(await ordered({ executor: null, softDelete: false }), 'permanently deleted');
    expect(nobody).toContain('it asked nobody to delete the data itself');
    expect(nobody).toContain('- PURGED');
    expect(nobody).not.toMatch(/npx reprieve|gone for good/);
    const stage = await ordered({ softDelete: false });
    const asked = await mailed(stage, 'to be destroyed at once');
    expect(asked).toContain('executor blobs is asked to destroy its data now'.replace('executor', 'Executor'));
    expect(asked).toContain(`npx reprieve orders recall --id ${await stage.orderOf(ITEM)}`);
    expect(asked).not.toMatch(/PURGED|items undelete|gone for good/);
  });
});

describe('when it is purged', () => {
  test('without an executor the mail says that nobody was asked', async () => {
    const mail = await mailed(await ordered({ executor: null }), 'Backup data purged');
    expect(mail).toContain('Reprieve removed its record of vm-1 in vault contoso');
    expect(mail).toMatch(NOBODY);
    expect(mail).not.toMatch(/gone for good/);
  });

  test('with one nothing is mailed before it has confirmed; then who, when, how much, the digest, and what lives on', async () => {
    const stage = await ordered();
    const subjects = (await stage.mails()).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.includes('PURGED'))).toEqual([]);
    const { say } = await claimed(stage);
    await say('complete', { proof: PROOF });
    const mail = await mailed(stage, 'Backup data purged');
    for (const part of [
      ...['Executor: blobs', `Confirmed by: ${APP.oid}`, 'Objects: 3', 'Bytes: 4096'],
      `Proof: sha256:${sha256(canonical(PROOF))}`,
      ...['Lives on: soft-deleted blobs of the account, until 2026-12-12', 'Lives on: a copy on tape'],
      '3 objects with 4096 bytes were confirmed as destroyed',
    ])
      expect(mail).toContain(part);
    expect(mail).toMatch(/Confirmed: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/);
    expect(mail).not.toMatch(NOBODY);
  });
});

describe('an order', () => {
  test('that is late tells the vault and the contacts of the executor, and what can be done', async () => {
    const stage = await ordered();
    await stage.pass(1);
    const order = await stage.orderOf(ITEM);
    const mail = await mailed(stage, 'not confirmed in time');
    expect(mail).toContain('[Sev1]');
    expect(mail).toContain(`npx reprieve orders recall --id ${order}`);
    expect(mail).toContain(`npx reprieve orders resolve --id ${order} --retry`);
    expect(mail).not.toContain('items undelete');
    const contact = await mailed(stage, 'not confirmed in time', 'data@contoso.com');
    expect(contact).toContain('because you are a contact of executor blobs');
    await stage.claimed();
    await stage.pass(1);
    const escalated = await mailed(stage, 'still not confirmed');
    expect(escalated).toContain('[Sev0]');
    // Its lease was lost: what that did nobody knows.
    expect(escalated).not.toContain('orders recall');
  });

  test('that failed says how, what was destroyed, and when it is tried again', async () => {
    const stage = await ordered();
    const { say, order } = await claimed(stage);
    await say('fail', { code: 'Busy', message: 'it does not answer', destroyed: 'nothing', retryAfterSeconds: 600 });
    const mail = await mailed(stage, 'could not destroy data');
    for (const part of [
      '[Sev1]',
      'Failed with: Busy',
      'It said: it does not answer',
      'Destroyed: nothing',
      'Tried again: ',
    ])
      expect(mail).toContain(part);
    expect(mail).toContain(`orders recall --id ${order}`);
    expect(mail).not.toMatch(/Refused with|items undelete|Nothing is lost/);
  });

  test('that is blocked says that a person has to decide', async () => {
    const stage = await ordered();
    const { say, order } = await claimed(stage);
    await say('fail', { code: 'NotMine', message: 'other data is there', destroyed: 'some', permanent: true });
    const mail = await mailed(stage, 'purge order is blocked');
    expect(mail).toContain('Destroyed: some of it');
    expect(mail).toContain(`orders resolve --id ${order} --abandoned --confirm-name ${ITEM}`);
    expect(mail).not.toMatch(/orders recall|items undelete/);
  });

  test.each([
    ['refused', 'Sev1', 'An executor refused a purge', 'refused: nothing was destroyed'],
    ['recalled', 'Sev2', 'A purge was recalled', 'was recalled by ada: nothing was destroyed'],
  ])('that was %s says so, and how to undelete the item', async (how, severity, event, words) => {
    const stage = await ordered();
    if (how === 'refused') await (await claimed(stage)).say('refuse', { reason: 'not mine' });
    else await done(stage.send('POST', `purgeOrders/${await stage.orderOf(ITEM)}/recall`, { reason: 'not mine' }));
    const mail = await mailed(stage, event);
    expect(mail).toContain(`[${severity}]`);
    for (const part of [words, 'Reason given: not mine', '5 days left', 'npx reprieve items undelete'])
      expect(mail).toContain(part);
  });

  test('that was closed by hand says whether anybody confirmed', async () => {
    const stage = await ordered();
    const order = await stage.orderOf(ITEM);
    const body = { outcome: 'abandoned', confirmName: ITEM, reason: 'the executor is gone' };
    await done(stage.send('POST', `purgeOrders/${order}/resolve`, body));
    const mail = await mailed(stage, 'closed by hand');
    expect(mail).toContain('[Sev0]');
    expect(mail).toContain('nobody confirmed that it did');
    expect(mail).not.toMatch(/What was destroyed|npx reprieve/);
  });
});

test.each(Object.keys(EXAMPLES).filter((name) => name.endsWith('-ordered')))(
  '%s offers no undelete of what is ordered',
  (name) => {
    const offers = /items undelete/.test(told(name));
    expect(offers).toBe(name.startsWith('UpcomingPurge'));
  },
);

test('nobody is told to undelete when that is over: an executor is asked, and can be stopped', () => {
  const late = anAlert('UpcomingPurge', { executor: 'blobs' });
  const { text } = letter(anOccasion(late, { now: late.firedAt.plus({ days: 61 }) as typeof late.firedAt }));
  expect(flat(text)).toContain('As long as nothing was destroyed, that can be recalled.');
  expect(flat(text)).not.toMatch(/undelete the item|items undelete/);
});
