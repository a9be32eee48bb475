/** The mail service as tests see it: the port that the app uses, what may be made to go wrong behind it, and what arrived. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { startMail } from '../../local/mail/start.ts';
import { communicationMailer } from '../../src/mail/communication.ts';
import type { Mail, Mailer, Sent } from '../../src/ports/alerts.ts';
import { call } from '../support/call.ts';

export type MailFault =
  | { readonly mode: 'none' }
  | { readonly mode: 'throttle'; readonly count?: number; readonly retryAfterSeconds?: number }
  | { readonly mode: 'error'; readonly count?: number; readonly retryAfterSeconds?: number }
  | { readonly mode: 'drop' | 'reject' | 'failLater'; readonly count?: number };

export interface Arrived {
  readonly operationId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export interface MailWorld {
  readonly mailer: Mailer;
  fault(fault: MailFault): Promise<void>;
  /** So many in any 60 seconds by the service's own clock; its time is now this. */
  limit(perMinute: number | null, now: number): Promise<void>;
  /** Nobody answers at all. */
  down(isDown: boolean): void;
  /** Oldest first. */
  inbox(): Promise<readonly Arrived[]>;
  /** Operations that were accepted and will fail later: no mail, and only a delivery report would tell. */
  failing(): ReadonlySet<string>;
  /** How many requests the service heard. */
  requests(): number;
  stop(): Promise<void>;
}

const refused = (code: string, permanent = false, retryAfterSeconds?: number): Sent => ({
  sent: false,
  permanent,
  retryAfterSeconds,
  code,
  reason: `${code}, as the test wished`,
});

const DOWN: Sent = refused('ECONNREFUSED');

/** In memory; keeps the promises of the port, see contract.test.ts. */
export function fakeMail(): MailWorld {
  const arrived: Arrived[] = [];
  const accepted = new Set<string>();
  const failing = new Set<string>();
  let fault: MailFault = { mode: 'none' };
  let limit: number | null = null;
  let now = 0;
  let sends: number[] = [];
  let requests = 0;
  let isDown = false;

  const take = (): MailFault => {
    const taken = fault;
    if (taken.mode !== 'none' && taken.count !== undefined)
      fault = taken.count > 1 ? { ...taken, count: taken.count - 1 } : { mode: 'none' };
    return taken;
  };
  const room = (): number | undefined => {
    sends = sends.filter((at) => at <= now && now - at < 60_000);
    const blocker = limit === null ? undefined : sends.at(-limit);
    if (blocker !== undefined) return Math.ceil((blocker + 60_000 - now) / 1000);
    sends.push(now);
    return undefined;
  };
  const answer = ({ operationId, to, subject, text }: Mail): Sent => {
    if (isDown) return DOWN;
    requests += 1;
    const wait = room();
    if (wait !== undefined) return refused('TooManyRequests', false, wait);
    const taken = take();
    if (taken.mode === 'throttle') return refused('TooManyRequests', false, taken.retryAfterSeconds ?? 1);
    if (taken.mode === 'error') return refused('InternalServerError', false, taken.retryAfterSeconds);
    if (taken.mode === 'reject') return refused('Rejected', true);
    if (!accepted.has(operationId))
      if (taken.mode === 'failLater') failing.add(operationId);
      else arrived.push({ operationId, to, subject, text });
    accepted.add(operationId);
    return taken.mode === 'drop' ? refused('ECONNRESET') : { sent: true };
  };
  return {
    mailer: {
      send: async (mail) => {
        await Promise.resolve();
        return answer(mail);
      },
    },
    fault: async (next) => {
      fault = next;
    },
    limit: async (perMinute, at) => {
      [limit, now] = [perMinute, at];
    },
    down: (next) => {
      isDown = next;
    },
    inbox: async () => arrived,
    failing: () => failing,
    requests: () => requests,
    stop: async () => {},
  };
}

interface InboxRow {
  readonly operationId: string;
  readonly to: readonly [string, ...string[]];
  readonly subject: string;
  readonly text: string;
}

/** The real SDK and the stand-in. */
export async function standInMail(): Promise<MailWorld> {
  const mail = await startMail(0);
  const { origin } = mail;
  const counter = countRequests(origin);
  const { connectionString } = mail;
  const config = { sender: 'DoNotReply@reprieve.local', connectionString };
  const nobody = (): never => {
    throw new Error('with a key nobody asks for an identity');
  };
  const up = communicationMailer(config, nobody);
  // a port at which nobody listens
  const off = communicationMailer({ ...config, connectionString: connectionString.replace(/:\d+\//, ':9/') }, nobody);
  let isDown = false;
  let mayFailLater = false;
  const confirmed = new Set<string>();
  const ask = async (method: string, path: string, body?: unknown) => {
    const reply = await call<{ value: readonly InboxRow[] }>(origin, method, path, body === undefined ? {} : { body });
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status}`);
    return reply.body;
  };
  return {
    mailer: {
      send: async (one) => {
        const sent = await (isDown ? off : up).send(one);
        if (sent.sent && mayFailLater) confirmed.add(one.operationId);
        return sent;
      },
    },
    fault: async (fault) => {
      mayFailLater ||= fault.mode === 'failLater';
      await ask('PUT', '/faults', fault);
    },
    limit: async (perMinute, now) =>
      void (await ask('PUT', '/limits', { perMinute, now: new Date(now).toISOString() })),
    down: (next) => {
      isDown = next;
    },
    inbox: async () =>
      (await ask('GET', '/inbox')).value.toReversed().map(({ operationId, to: [to], subject, text }) => ({
        operationId,
        to,
        subject,
        text,
      })),
    // confirmed since something might fail later, and in no inbox
    failing: () => confirmed,
    requests: counter.requests,
    stop: async () => {
      counter.stop();
      await mail.stop();
    },
  };
}

/** Counts what this process sends to a server: the server answers to its own name only, so nobody can stand in between. */
function countRequests(origin: string) {
  let requests = 0;
  const count = (message: unknown) => {
    const { request } = message as { readonly request: ClientRequest };
    if (request.getHeader('host') === new URL(origin).host && request.path.startsWith('/emails')) requests += 1;
  };
  subscribe('http.client.request.start', count);
  return { requests: () => requests, stop: () => unsubscribe('http.client.request.start', count) };
}
