/** Sends a shot as it is, over one kept connection or, where no client would send it, by hand. */
import { Agent, request } from 'node:http';
import { sendRaw } from '../support/sendRaw.ts';
import type { Shot } from './shots.ts';

export interface Answer {
  /** 0: the connection was closed without a word, as a server may that is told nonsense. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const PATIENCE_MS = 60_000;
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
export const hangUp = (): void => agent.destroy();

export const fire = (api: string, shot: Shot): Promise<Answer> =>
  shot.lines === undefined ? byClient(api, shot) : byHand(api, shot, shot.lines);

const byClient = (api: string, { method, target, headers, body }: Shot): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api);
    const length = body === undefined ? {} : { 'content-length': String(body.length) };
    const options = { agent, hostname, port, method, path: legal(target), headers: { ...headers, ...length } };
    const asked = request({ ...options, timeout: PATIENCE_MS }, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk);
      const said = Object.entries(reply.headers).map(([name, value]) => [name, String(value)] as const);
      const text = Buffer.concat(chunks).toString();
      resolve({ status: reply.statusCode ?? 0, headers: Object.fromEntries(said), body: text });
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer in time')));
    asked.on('error', reject);
    asked.end(body);
  });

/** A client library refuses these in an address; the rest goes out as it is. */
const legal = (target: string): string => target.replace(/[^\x21-\xff]/g, encodeURIComponent);

async function byHand(api: string, { method, target, headers, body }: Shot, lines: readonly string[]): Promise<Answer> {
  const head = [`${method} ${legal(target)} HTTP/1.1`, `host: ${new URL(api).host}`, 'connection: close', ...lines];
  const given = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const length = /^(content-length|transfer-encoding)/.test(lines.join())
    ? []
    : [`content-length: ${body?.length ?? 0}`];
  const text = [...head, ...given, ...length, '', ''].join('\r\n');
  const answer = await sendRaw(api, Buffer.concat([Buffer.from(text, 'latin1'), content(lines, body ?? Buffer.of())]));
  return { ...answer, body: answer.body.toString() };
}

/** Where it is said to be chunked it is: one chunk. */
const content = (lines: readonly string[], body: Buffer): Buffer =>
  lines.join().startsWith('transfer-encoding')
    ? Buffer.concat([
        Buffer.from(`${body.length.toString(16)}\r\n`),
        body,
        Buffer.from(body.length > 0 ? '\r\n0\r\n\r\n' : '\r\n'),
      ])
    : body;
