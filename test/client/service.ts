/** A service that gives the answers of a test, one after the other, and a clock that only moves when the client waits. */
import { type Client, type ClientOptions, createClient } from '../../client/client.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

type Scripted = Response | Error | ((init: RequestInit) => Response | Promise<Response>);

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

export const refusal = (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Response =>
  json({ error: { code, message: `${code} it is.` } }, status, headers);

export function serviceThat(answers: readonly Scripted[], options: Partial<ClientOptions> = {}) {
  const sent: Sent[] = [];
  const waits: number[] = [];
  let keys = 0;
  const client: Client = createClient({
    url: 'https://api.test',
    fetch: async (url, init) => {
      const { method = '', headers, body } = init;
      sent.push({ method, url, headers: new Headers(headers), body: body ? JSON.parse(String(body)) : undefined });
      const next = answers[sent.length - 1] ?? new Error(`there was no answer for request ${sent.length}`);
      if (next instanceof Error) throw next;
      return typeof next === 'function' ? next(init) : next;
    },
    newKey: () => {
      keys += 1;
      return `key-${keys}`;
    },
    sleep: async (ms) => {
      waits.push(ms);
    },
    now: () => Date.parse('2026-11-26T12:00:00Z'),
    random: () => 0,
    ...options,
  });
  return { client, sent, waits };
}

export const NAMES = { vault: 'contoso', item: 'sql-01' };
export const lost = (): Error => new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });
