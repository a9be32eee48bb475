/** What an executor says that it destroyed: it sends this, and receipts show it as it was sent. */
import * as z from 'zod';
import { MAX_PROOF_BYTES, MAX_REMAINING } from '../../core/proof.ts';
import { EXAMPLE, field, request, says } from '../shape.ts';

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
export const upTo =
  (most: number, what: string) =>
  (value: unknown, context: z.RefinementCtx): void => {
    if (bytesOf(value) > most)
      context.addIssue({ code: 'custom', message: `${what} has ${most} bytes at most as JSON` });
  };

export const proof = request('Proof', 'What the executor says it destroyed.', {
  objects: field(z.int().min(0).max(Number.MAX_SAFE_INTEGER), 'How many objects. 0: it was gone already.', 12),
  bytes: field(z.int().min(0).max(Number.MAX_SAFE_INTEGER).optional(), 'How many bytes.', 4096),
  hash: field(
    z
      .string()
      .regex(/^sha256:[0-9a-f]{64}$/)
      .optional(),
    'A digest of what there was.',
    `sha256:${EXAMPLE.hash}`,
  ),
  method: field(z.string().max(200).optional(), 'How.', 'DeleteBlob with If-Match'),
  remaining: z
    .array(
      request('Remaining', 'A copy that lives on.', {
        what: field(z.string().min(1).max(200), 'What.', 'soft-deleted blobs of the account'),
        until: field(z.string().max(40).optional(), 'Until when, where that is known.', '2026-12-12'),
      }),
    )
    .max(MAX_REMAINING)
    .optional()
    .meta(says('Copies that are known to live on.')),
  details: z
    .record(z.string(), z.unknown())
    .superRefine(upTo(MAX_PROOF_BYTES, 'it'))
    .optional()
    .meta(says('Whatever else proves it.')),
}).superRefine(upTo(MAX_PROOF_BYTES, 'a proof'));
