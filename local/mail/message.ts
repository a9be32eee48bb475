import { z } from 'zod';

const MAX_RECIPIENTS = 50;

const people = z.array(z.object({ address: z.email(), displayName: z.string().optional() })).default([]);

/** The part of an e-mail that the stand-in shows; attachments, headers and the like are let through unread. */
export const Message = z.object({
  senderAddress: z.email(),
  recipients: z
    .object({ to: people, cc: people, bcc: people })
    .transform(({ to, cc, bcc }) => [...to, ...cc, ...bcc].map(({ address }) => address))
    .refine((all) => all.length > 0, 'There must be at least one recipient')
    .refine((all) => all.length <= MAX_RECIPIENTS, `There may be at most ${MAX_RECIPIENTS} recipients`),
  content: z
    .object({ subject: z.string().min(1), plainText: z.string().optional(), html: z.string().optional() })
    .refine(({ plainText, html }) => Boolean(plainText || html), 'There must be plainText, html or both'),
});

export type Message = z.output<typeof Message>;

/** Compared without case, so kept in one. */
export const OperationId = z.guid().toLowerCase();
