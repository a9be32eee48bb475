import * as z from 'zod';
import { canonical, sha256 } from '../core/evidence.ts';
import type { Receipt } from '../core/receipt.ts';
import { readReceipt } from '../flows/items/receipt.ts';
import { channel, entry } from './histories.ts';
import { proof } from './orders/proof.ts';
import { reply } from './reply.ts';
import { chapter, type Route, route } from './route.ts';
import { answer, count, EXAMPLE, field, instant, oneOf, type Told } from './shape.ts';

/** Of a version before nobody knows. */
const known = (words: string, example: string) => field(z.string().nullable(), words, example);

/** As an order tells of it, too. */
export const approval = answer('DeletionApproval', 'An approval that the deletion used.', {
  guard: known('The guard.', EXAMPLE.guard),
  operation: field(z.string(), 'What was approved.', 'deleteProtection'),
  grantedBy: field(z.string(), 'Who approved.', EXAMPLE.oid),
  grantedAt: field(z.string(), 'When.', EXAMPLE.deletedAt),
});

const bareEntry = answer('ReceiptEntry', 'An entry in the middle of a long receipt: what binds it to the others.', {
  seq: field(count, 'Its number in the chain.', 9),
  digest: field(z.string(), 'The SHA-256 of what it says.', EXAMPLE.hash),
  prev: field(z.string(), 'The hash of the entry before.', EXAMPLE.hash),
  hash: field(z.string(), 'Its hash.', EXAMPLE.hash),
});

const receipt = answer('Receipt', 'What was deleted, by whom, who was told, and the entries that show it.', {
  version: field(z.literal(1), 'The version of this format.', 1),
  vault: field(z.string(), 'The vault.', EXAMPLE.vault),
  vaultId: known('Its id.', '2b8e4c1d-7f3a-4d6b-9e15-0a1b2c3d4e5f'),
  item: field(z.string(), 'The item.', EXAMPLE.item),
  generation: field(count.nullable(), 'Which of its deletions it was.', 1),
  workload: known('What it was.', 'AzureVM'),
  represents: known('`Copies`: backups, and not the original. `Original`: the thing itself.', 'Copies'),
  sourceId: known('What was protected.', EXAMPLE.source),
  server: known('The server on which it lay; null: none.', EXAMPLE.server),
  kind: oneOf('ReceiptKind', 'Purged after its time in the trash, or at once.', ['Swept', 'Immediate']),
  deleted: answer('ReceiptDeletion', 'The deletion.', {
    at: field(instant, 'When.', EXAMPLE.deletedAt),
    by: answer('ReceiptCaller', 'Who deleted it.', {
      oid: field(z.string(), 'The object id.', EXAMPLE.oid),
      tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
      channel,
    }),
    reason: known('Why.', 'decommissioned'),
    comment: known('A comment.', 'replaced by sql-02'),
    retentionDays: field(count.nullable(), 'For how many days it was to be kept.', 14),
  }),
  approvals: field(z.array(approval).nullable(), 'The approvals that the deletion used.', []),
  secondFactor: known('How the caller proved a second factor, where that was asked for: `token` or `pin`.', 'token'),
  purgeDue: known('When it was due to be purged.', EXAMPLE.purgeAt),
  purgedAt: field(instant, 'When it was purged.', EXAMPLE.purgeAt),
  recoveryPoints: answer('ReceiptPoints', 'The recovery points that went with it.', {
    count: field(count.nullable(), 'How many.', 3),
    oldest: known('When the oldest one was made.', EXAMPLE.deletedAt),
    newest: known('When the newest one was made.', EXAMPLE.deletedAt),
  }),
  told: field(
    z.array(
      answer('ReceiptMail', 'Somebody who was told of it before.', {
        type: field(z.string(), 'Of what.', 'UpcomingPurge'),
        recipient: field(z.string(), 'Who.', EXAMPLE.mailbox),
        status: field(z.string(), 'What became of the mail.', 'Sent'),
        at: known('When it was accepted.', EXAMPLE.deletedAt),
      }),
    ),
    'Who was told before the purge.',
  ),
  orderedAt: known('When an executor was asked to destroy the data itself; null: none was.', EXAMPLE.purgeAt),
  executor: known('Who was asked; null: nobody.', EXAMPLE.executor),
  confirmed: field(
    z.boolean().nullable(),
    'Whether it was confirmed that the data is destroyed; null: nobody was asked.',
    true,
  ),
  confirmedBy: field(
    answer('ReceiptConfirmer', 'Who confirmed it: an app that acts for the executor, or a person.', {
      oid: field(z.string(), 'The object id.', EXAMPLE.oid),
      tid: field(z.string(), 'The tenant.', EXAMPLE.tid),
    }).nullable(),
    'Who confirmed it; null: nobody.',
  ),
  attempts: field(count.nullable(), 'How many attempts have ended, the last one too; null: nobody knows.', 1),
  proof: field(proof.nullable(), 'What was said to be destroyed, as it was said; null: nothing was.'),
  proofDigest: known(
    '`sha256:` and the SHA-256 of the proof in the form of RFC 8785.',
    'sha256:3fc96e89bcd27ed438d6acf72028f33e96c2e3221816ef360b27130662066ca9',
  ),
  statement: known(
    'What was deleted, and what was not.',
    'Reprieve removed its record of sql-01 in vault contoso with 3 recovery points; executor blobs was asked to destroy the data itself, and 12 objects with 4096 bytes were confirmed as destroyed, while copies that live on are named in the proof.',
  ),
  entries: field(
    z.array(z.union([entry, bareEntry])),
    'The entries of the history from the deletion to the purge, the oldest first.',
  ),
  head: answer('ReceiptHead', 'The last of the entries.', {
    chain: field(z.string(), 'The chain.', 'vault/contoso/item/sql-01'),
    seq: field(count, 'Its number.', 9),
    hash: field(z.string(), 'Its hash.', EXAMPLE.hash),
  }),
});

const sealed = answer('SealedReceipt', 'A receipt, and the hash that anybody can compute of it.', {
  hash: field(z.string(), 'The SHA-256 of the receipt in the form of RFC 8785.', EXAMPLE.hash),
  receipt,
});

/** The bytes of the answer are RFC 8785 as well: the members stand in the order of their names. */
function sealedReply(made: Receipt) {
  const text = canonical(made);
  const told: Told<typeof sealed> = { hash: sha256(text), receipt: made };
  return reply(200, JSON.parse(canonical(told)) as typeof told);
}

/** What the end of a purge order answers. */
export const purged = answer('PurgedByOrder', 'The item is purged, and this proves it.', {
  state: field(z.literal('Purged'), 'What it is now.', 'Purged'),
  hash: field(z.string(), 'The SHA-256 of the receipt in the form of RFC 8785.', EXAMPLE.hash),
  receipt,
});
export const purgedView = (made: Receipt): Told<typeof purged> => ({
  state: 'Purged',
  hash: sha256(canonical(made)),
  receipt: made,
});

export const receiptRoutes: readonly Route[] = chapter('History', [
  route({
    name: 'itemReceipt',
    at: 'GET vaults/{vault}/items/{item}/receipt',
    who: ['Reader', 'Agent'],
    summary: 'Prove a purge',
    description:
      'Made from the history alone, so it outlives the item and its bytes never change. `npx reprieve verify` checks it, and docs/evidence.md says how anybody can.',
    outlives: true,
    codes: ['ItemNotFound', 'VaultNotFound', 'ReceiptNotFound'],
    query: z.object({
      generation: field(
        z.coerce.number().int().min(0).max(1_000_000).optional(),
        'Which deletion of the item; by default the latest purge.',
        1,
      ),
    }),
    answers: { 200: sealed },
    run: ({ ports, caller, names, query }) => readReceipt(ports, caller, names, query.generation),
    view: sealedReply,
  }),
]);
