/** A client that costs little: connections are kept, and an answer is read and thrown away. */
import { Agent, request } from 'node:http';
import { type Ask, lineOf } from './app.ts';

export type Send = (ask: Ask) => Promise<void>;

export function httpClient(api: string, token: string): { readonly send: Send; close(): void } {
  const agent = new Agent({ keepAlive: true });
  const send = (ask: Ask): Promise<void> =>
    new Promise((resolve, reject) => {
      const { method, path } = lineOf(ask);
      const body = ask.body ? JSON.stringify(ask.body) : '';
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(new URL(path, api), { method, agent, headers }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('error', reject).on('end', () => {
          if (answer.statusCode === 200) resolve();
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      });
      sent.on('error', reject).end(body);
    });
  return { send, close: () => agent.destroy() };
}
