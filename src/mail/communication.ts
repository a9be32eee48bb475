import { EmailClient, type EmailClientOptions } from '@azure/communication-email';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type PipelinePolicy } from '@azure/core-rest-pipeline';
import type { Mail, Mailer, Sent } from '../ports.ts';

export interface MailConfig {
  readonly sender: string;
  /** With a key in it: for a local run. */
  readonly connectionString?: string | undefined;
  /** With the app's own identity: in Azure. */
  readonly endpoint?: string | undefined;
}

/** Longer than this nobody waits for one mail. */
const PATIENCE_MS = 30_000;

/** Azure Communication Services. One request for each mail, and no retries but the ledger's. */
export function communicationMailer(config: MailConfig, credential: () => TokenCredential): Mailer {
  let client: EmailClient | undefined;
  return {
    async send(mail) {
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

function clientOf({ connectionString, endpoint = '' }: MailConfig, credential: () => TokenCredential): EmailClient {
  const options: EmailClientOptions = {
    // The signature is made before the SDK's retries and would be too old for a late one; and ours survive a restart.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ position: 'perCall', policy: acceptedIsEnough }],
    allowInsecureConnection: /^endpoint=http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(connectionString ?? ''),
  };
  return connectionString === undefined
    ? new EmailClient(endpoint, credential(), options)
    : new EmailClient(connectionString, options);
}

/**
 * The client asks once how the sending goes, and throws when that question fails although the mail was accepted. The question is
 * answered here: what becomes of a mail is told by its delivery report, and questions are rationed.
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
  // a mail about one's data needs no pixel that tells when it was read
  userEngagementTrackingDisabled: true,
});

/** Come again later: too many, too slow, or broken on their side. Everything else they will refuse again. */
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

/** Only what the service answered says anything about the mail; an identity that cannot be had has numbers of its own. */
function shapeOf(error: unknown): Shape {
  if (!(error instanceof Error)) return { message: 'unknown' };
  return error.name === 'RestError' ? error : { message: error.message };
}

/** Seconds, or a date. */
function secondsIn(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds);
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000));
}
