import { EmailClient, type EmailClientOptions } from '@azure/communication-email';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Mail, Mailer, Sent } from '../ports/alerts.ts';

export interface MailConfig {
  readonly sender: string;
  /** It contains a key. Only local runs use it. */
  readonly connectionString?: string | undefined;
  /** In Azure the app signs in here with its own identity. */
  readonly endpoint?: string | undefined;
}

/** After this time we give up sending one mail: others wait behind it, because an instance takes one message at a time. */
const PATIENCE_MS = 10_000;

/** Azure Communication Services. Each mail is one request. Only the ledger retries. */
export function communicationMailer(config: MailConfig, credential: () => TokenCredential): Mailer {
  let client: EmailClient | undefined;
  return {
    async send(mail) {
      if (config.connectionString === undefined && config.endpoint === undefined) return NOWHERE;
      try {
        client ??= clientOf(config, credential);
        await client.beginSend(messageOf(config.sender, mail), {
          operationId: mail.operationId,
          abortSignal: AbortSignal.timeout(PATIENCE_MS),
        });
        return { sent: true };
      } catch (error) {
        return refusalOf(error);
      }
    },
  };
}

const NOWHERE: Sent = {
  ...{ sent: false, permanent: false, retryAfterSeconds: undefined },
  ...{ code: 'NoMailService', reason: 'MAIL_ENDPOINT is not set.' },
};

function clientOf({ connectionString, endpoint = '' }: MailConfig, credential: () => TokenCredential): EmailClient {
  const options: EmailClientOptions = {
    // The SDK signs a request before it retries, so the signature of a late retry would be too old. Our retries survive a restart.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ position: 'perCall', policy: acceptedIsEnough }],
    allowInsecureConnection: /^endpoint=http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(connectionString ?? ''),
  };
  return connectionString === undefined
    ? new EmailClient(endpoint, credential(), options)
    : new EmailClient(connectionString, options);
}

/**
 * After a mail is accepted the client asks once for its state, and throws when that request fails. We answer that request here,
 * because such requests are limited and the delivery report brings the state anyway.
 */
const acceptedIsEnough: PipelinePolicy = {
  name: 'acceptedIsEnough',
  sendRequest(request, next) {
    if (request.method !== 'GET') return next(request);
    const id = new URL(request.url).pathname.split('/').pop() ?? '';
    return Promise.resolve({
      request,
      status: 200,
      headers: createHttpHeaders({ 'content-type': 'application/json' }),
      bodyAsText: JSON.stringify({ id, status: 'Succeeded' }),
    });
  },
};

const messageOf = (senderAddress: string, { to, subject, text, html }: Mail) => ({
  senderAddress,
  recipients: { to: [{ address: to }] },
  content: { subject, plainText: text, html },
  // Our mails need no pixel that reports when they are read.
  userEngagementTrackingDisabled: true,
});

/** Worth another try, like an error of the server: too slow, too many requests. The service would refuse anything else again. */
const PASSING: ReadonlySet<number> = new Set([408, 429]);

function refusalOf(error: unknown): Sent {
  const { statusCode, code, message, response } = shapeOf(error);
  const passing = statusCode === undefined || statusCode >= 500 || PASSING.has(statusCode);
  return {
    sent: false,
    permanent: !passing,
    retryAfterSeconds: secondsIn(response?.headers?.get('retry-after')),
    code: code ?? (statusCode === undefined ? 'Unreachable' : String(statusCode)),
    reason: message.split('\n', 1)[0] ?? '',
  };
}

interface Shape {
  readonly statusCode?: number | undefined;
  readonly code?: string | undefined;
  readonly message: string;
  readonly response?: { readonly headers?: { get(name: string): string | undefined } } | undefined;
}

/** Only an answer of the mail service says something about the mail. An error of the identity has status codes too. */
function shapeOf(error: unknown): Shape {
  if (!(error instanceof Error)) return { message: 'unknown' };
  return error.name === 'RestError' ? error : { message: error.message };
}

/** A Retry-After header holds seconds or a date. */
function secondsIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}

const REACH_MS = 3000;

/** An answer shows that somebody is there, even a refusal for want of a key; an error of the server does not. */
export const reachOf = (address: string) => async (): Promise<void> => {
  const answer = await fetch(address, { redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) });
  await answer.body?.cancel();
  if (answer.status >= 500) throw new Error(`answered ${answer.status}`);
};

export const mailReach = ({ connectionString, endpoint }: Pick<MailConfig, 'connectionString' | 'endpoint'>) =>
  reachOf(endpoint ?? /(?:^|;)endpoint=([^;]+)/i.exec(connectionString ?? '')?.[1] ?? '');
