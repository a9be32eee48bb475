import { EmailClient, type EmailMessage } from '@azure/communication-email';
import { afterAll, beforeAll } from 'vitest';
import { type MailService, startMail } from '../../../local/mail/start.ts';
import { call } from '../../support/call.ts';

interface Received {
  readonly id: string;
  readonly operationId: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly receivedAt: string;
}

/** A stand-in for the tests of one file, spoken to as the service does it and as a test does it. */
export function mailForThisFile(now?: () => number) {
  let mail: MailService;
  beforeAll(async () => {
    mail = await startMail(0, now ? { now } : {});
  });
  afterAll(() => mail.stop());
  const ask = <T = unknown>(method: string, path: string, body?: unknown) =>
    call<T>(mail.origin, method, path, body === undefined ? {} : { body });
  const client = (connection = mail.connectionString) =>
    new EmailClient(connection, { retryOptions: { maxRetries: 0 }, allowInsecureConnection: true });
  return {
    origin: () => mail.origin,
    connectionString: () => mail.connectionString,
    ask,
    client,
    send: (message: Partial<EmailMessage> = {}, operationId?: string) =>
      client().beginSend({ ...aMail(), ...message }, operationId === undefined ? {} : { operationId }),
    inbox: async (to = '') =>
      (await ask<{ value: readonly Received[] }>('GET', `/inbox${to && `?to=${encodeURIComponent(to)}`}`)).body.value,
    /** As at the start, except for what operations are remembered. */
    reset: async () => {
      await ask('PUT', '/faults', { mode: 'none' });
      await ask('PUT', '/limits', { perMinute: null });
      await ask('DELETE', '/inbox');
    },
  };
}

export const aMail = (subject = 'Deleted'): EmailMessage => ({
  senderAddress: 'DoNotReply@reprieve.local',
  recipients: { to: [{ address: 'ada@example.org' }] },
  content: { subject, plainText: 'It was deleted.', html: '<p>It was deleted.</p>' },
});
