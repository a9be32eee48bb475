/** A client that costs little: connections are kept, and an answer is read and thrown away. */
import { Agent, request } from 'node:http';
import { type Ask, lineOf } from './app.ts';

export interface HttpClient {
  readonly send: (ask: Ask) => Promise<void>;
  /** A request that reads, writes and checks nothing. */
  readonly knock: () => Promise<void>;
  close(): void;
}

export function httpClient(api: string, token: string): HttpClient {
  const agent = new Agent({ keepAlive: true });
  const exchange = (method: string, path: string, body: string): Promise<void> =>
    new Promise((resolve, reject) => {
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
          if (answer.statusCode === 200 || answer.statusCode === 201) resolve();
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${text}`));
        });
      });
      sent.on('error', reject).end(body);
    });
  return {
    send: (ask) => {
      const { method, path } = lineOf(ask);
      return exchange(method, path, ask.body ? JSON.stringify(ask.body) : '');
    },
    knock: () => exchange('GET', '/api/health/live', ''),
    close: () => agent.destroy(),
  };
}
