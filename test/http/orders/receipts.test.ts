/** What is said for good of a purge: the receipt of each ending of an order, and what a purged item answers. */
import { describe, expect, test } from 'vitest';
import { faultsInReceipt } from '../../../cli/verify.ts';
import { canonical, sha256 } from '../../../src/core/evidence.ts';
import { done } from '../../host/support/door.ts';
import { APP, aStage, PROOF, type Stage } from './stage.ts';

const ITEM = 'vm-1';
const PATH = `vaults/contoso/items/${ITEM}`;
const DIGEST = `sha256:${sha256(canonical(PROOF))}`;
const REMOVED = `Reprieve removed its record of ${ITEM} in vault contoso`;
const CLOSED = { confirmName: ITEM, reason: 'the executor is gone' };
const TOLD = ['DeleteBackupData', 'UpcomingPurge'];
const BY_NOBODY = {
  orderedAt: null,
  executor: null,
  confirmed: null,
  confirmedBy: null,
  proof: null,
  proofDigest: null,
};

async function ordered(wish: Parameters<typeof aStage>[0] = {}): Promise<Stage> {
  const stage = await aStage(wish);
  await stage.deleted(ITEM);
  await stage.pass(wish.softDelete === false ? 0 : 14);
  return stage;
}

const complete = async ({ claimed, asApp }: Stage, proof: object = PROOF) => {
  const { order, token } = await claimed();
  return done(asApp(`${order}/complete`, { token, proof }));
};
const resolve = async ({ send, orderOf }: Stage, outcome: string, proof?: object) =>
  done(send('POST', `purgeOrders/${await orderOf(ITEM)}/resolve`, { outcome, ...CLOSED, ...(proof ? { proof } : {}) }));
const typesTold = ({ receipt }: Awaited<ReturnType<Stage['receipt']>>) => [
  ...new Set((receipt['told'] as readonly { readonly type: string }[]).map(({ type }) => type)),
];
const gone = async ({ send }: Stage) => {
  const { status, body } = await send('GET', PATH);
  return { status, confirmed: body.error.innererror?.['confirmed'], message: body.error.message };
};

describe('the receipt of an order', () => {
  test('that its executor completed says who was asked, who confirmed, and what was destroyed', async () => {
    const stage = await ordered();
    const answered = await complete(stage);
    const made = await stage.receipt(ITEM);
    expect(answered).toMatchObject({ state: 'Purged', receipt: made.receipt, hash: made.hash });
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({
      ...{ kind: 'Swept', generation: 1, represents: 'Copies', approvals: [], secondFactor: null },
      ...{ executor: 'blobs', confirmed: true, confirmedBy: APP, attempts: 1, proof: PROOF, proofDigest: DIGEST },
      orderedAt: expect.any(String),
      deleted: { reason: 'contract ended', retentionDays: 14 },
      statement: `${REMOVED}; executor blobs was asked to destroy the data itself, and 3 objects with 4096 bytes were confirmed as destroyed, while copies that live on are named in the proof.`,
    });
    expect(typesTold(made)).toEqual(TOLD);
    expect(made.receipt.entries.map(({ operation }) => operation)).toEqual([
      ...['StopDelete', 'WarnUpcomingPurge', 'Told', 'PurgeOrdered', 'PurgeClaimed', 'PurgeConfirmed'],
    ]);
    expect(await gone(stage)).toMatchObject({ status: 410, confirmed: true });
  });

  test('whose proof was exchanged does not hold, also when its hashes were made anew', async () => {
    const stage = await ordered();
    await complete(stage);
    const { receipt } = await stage.receipt(ITEM);
    const sealed = (over: object) => {
      const forged = { ...receipt, ...over };
      return faultsInReceipt({ hash: sha256(canonical(forged)), receipt: forged });
    };
    const proof = { ...PROOF, objects: 4 };
    const anew = `sha256:${sha256(canonical(proof))}`;
    expect(sealed({ proof })).toEqual(['proofDigest: it is of another proof']);
    expect(sealed({ proof, proofDigest: anew })).toEqual(['proofDigest: the last entry names another one']);
    expect(sealed({ proof: null, proofDigest: null })).toEqual(['proofDigest: the last entry names another one']);
  });

  test('that a person completed names the person', async () => {
    const stage = await ordered();
    await resolve(stage, 'confirmed', { objects: 0 });
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({
      ...{ executor: 'blobs', confirmed: true, confirmedBy: { tid: 'local', oid: 'ada' }, attempts: 0 },
      proof: { objects: 0 },
      statement: `${REMOVED}; executor blobs was asked to destroy the data itself, and 0 objects were confirmed as destroyed.`,
    });
  });

  test('that was abandoned says that nobody confirmed', async () => {
    const stage = await ordered();
    const { order, token } = await stage.claimed();
    const failure = { code: 'Busy', message: 'it does not answer', destroyed: 'unknown', permanent: true };
    await done(stage.asApp(`${order}/fail`, { token, ...failure }));
    await resolve(stage, 'abandoned');
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({
      ...{ executor: 'blobs', confirmed: false, confirmedBy: null, attempts: 1, proof: null, proofDigest: null },
      orderedAt: expect.any(String),
      statement: `${REMOVED}; executor blobs was asked to destroy the data itself, and nobody confirmed that it did.`,
    });
    expect(typesTold(made)).toEqual(TOLD);
    expect(await gone(stage)).toMatchObject({ status: 410, confirmed: false });
  });

  test.each([
    ['refusal', 'PurgeRefused'],
    ['recall', 'PurgeRecalled'],
  ])('after a %s is about the order that was completed, and who was told before that', async (how, told) => {
    const stage = await ordered();
    const first = await stage.orderOf(ITEM);
    if (how === 'recall') await done(stage.send('POST', `purgeOrders/${first}/recall`, { reason: 'wait' }));
    else {
      const { token } = await stage.claimed();
      await done(stage.asApp(`${first}/refuse`, { token, reason: 'not mine' }));
    }
    await stage.pass(15);
    const second = await stage.claimed();
    expect(second.order).not.toBe(first);
    await done(stage.asApp(`${second.order}/complete`, { token: second.token, proof: PROOF }));
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({ generation: 1, confirmed: true, attempts: 1, deleted: { retentionDays: 14 } });
    const { entries, orderedAt } = made.receipt as unknown as {
      entries: readonly { operation: string; at: string; facts: { order?: string } }[];
      orderedAt: string;
    };
    const last = entries.findLast(({ operation }) => operation === 'PurgeOrdered');
    expect([last?.at, last?.facts.order]).toEqual([orderedAt, second.order]);
    expect(entries.map(({ operation }) => operation)).toContain(told);
    expect(typesTold(made)).toEqual(['DeleteBackupData', told, 'UpcomingPurge']);
  });

  test('that a stop made is Immediate, and nobody was told before', async () => {
    const stage = await ordered({ softDelete: false });
    await complete(stage);
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    const { deleted, ...says } = made.receipt as unknown as { deleted: { at: string } };
    expect(says).toMatchObject({
      ...{ kind: 'Immediate', told: [], purgeDue: deleted.at, orderedAt: deleted.at },
      ...{ confirmed: true, confirmedBy: APP, proofDigest: DIGEST },
    });
    expect(deleted).toMatchObject({ retentionDays: 0, reason: 'contract ended' });
  });

  test('holds a proof of eight kilobytes', async () => {
    const stage = await ordered({ softDelete: false });
    const proof = { objects: 1, details: { names: 'é'.repeat(4000) } };
    await complete(stage, proof);
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({ proof, statement: expect.stringContaining('one object was confirmed') });
  });
});

describe('the receipt of a purge without an executor', () => {
  test.each([
    ['of the sweep', true, 'Swept'],
    ['at once', false, 'Immediate'],
  ])('%s says that nobody was asked', async (_, softDelete, kind) => {
    const stage = await ordered({ executor: null, softDelete });
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    const statement = `${REMOVED}; it asked nobody to delete the data itself.`;
    expect(made.receipt).toMatchObject({ kind, ...BY_NOBODY, attempts: 0, statement });
    const answer = await gone(stage);
    expect(answer).toMatchObject({ status: 410, confirmed: null });
    expect(answer.message).toMatch(
      /Reprieve removed its own record of it, and nobody was asked to delete the data itself\.$/,
    );
  });

  test('that an executor refused before does not say that nobody was ever asked', async () => {
    const stage = await ordered();
    const { order, token } = await stage.claimed();
    await done(stage.asApp(`${order}/refuse`, { token, reason: 'not mine' }));
    await done(stage.send('PATCH', 'vaults/contoso', { purge: { executor: null } }));
    await stage.pass(15);
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({
      ...{ kind: 'Swept', ...BY_NOBODY, attempts: 0 },
      statement: `${REMOVED}; an executor that was asked before to destroy the data itself did not, and nobody was asked again.`,
    });
    expect(await gone(stage)).toMatchObject({ confirmed: null, message: expect.stringContaining('asked again') });
  });

  test('that a refusal sent back to the trash is Swept, although its deletion was for good', async () => {
    const stage = await ordered({ softDelete: false });
    const { order, token } = await stage.claimed();
    await done(stage.asApp(`${order}/refuse`, { token, reason: 'not mine' }));
    await stage.pass(15);
    await complete(stage);
    const made = await stage.receipt(ITEM);
    expect(faultsInReceipt(made)).toEqual([]);
    expect(made.receipt).toMatchObject({ kind: 'Swept', deleted: { retentionDays: 0 }, confirmed: true });
    expect(typesTold(made)).toEqual(['BackupDataPermanentlyDeleted', 'PurgeRefused', 'UpcomingPurge']);
  });
});
