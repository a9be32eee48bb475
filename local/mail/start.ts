/** Stands in for the e-mail of Azure Communication Services: takes mails from the real SDK and shows them. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf } from '../body.ts';
import { type Neighbours, STRANGER_SENTENCES, strangerStatus } from '../neighbours.ts';
import { KEPT_ALIVE, portOf } from '../ports.ts';
import { type Answer, problem } from './answer.ts';
import type { Office } from './ask.ts';
import { memoryFaults } from './faults.ts';
import { memoryInbox } from './inbox.ts';
import { memoryLimits } from './limits.ts';
import { memoryOperations } from './operations.ts';
import { answer } from './routes.ts';

const LIMIT_BYTES = 10 * 1024 * 1024;
export const ACCESS_KEY = Buffer.from('the key of the local mail stand-in, known to all').toString('base64');

export interface MailService {
  readonly origin: string;
  /** As the SDK's EmailClient wants it. */
  readonly connectionString: string;
  stop(): Promise<void>;
}

export async function startMail(
  port: number,
  { now = Date.now, neighbours = new Set() }: { readonly now?: () => number; readonly neighbours?: Neighbours } = {},
): Promise<MailService> {
  const office: Office = {
    key: ACCESS_KEY,
    now,
    inbox: memoryInbox(),
    operations: memoryOperations(),
    faults: memoryFaults(),
    limits: memoryLimits(now),
  };
  const server = createServer(KEPT_ALIVE, (request, response) => {
    const refused = strangerStatus(request.headers, portOf(server), neighbours);
    if (refused)
      return give(response, problem(refused, 'Stranger', STRANGER_SENTENCES[refused], { connection: 'close' }));
    handle(request, origin(), office).then(
      (given) => give(response, given),
      () => give(response, problem(500, 'InternalServerError', 'The mail stand-in failed.')),
    );
  });
  const origin = () => `http://127.0.0.1:${portOf(server)}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  neighbours.add(portOf(server));
  return {
    origin: origin(),
    connectionString: `endpoint=${origin()}/;accesskey=${ACCESS_KEY}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(request: IncomingMessage, origin: string, office: Office): Promise<Answer> {
  const body = await bodyOf(request, LIMIT_BYTES);
  if (body === undefined) return problem(413, 'RequestEntityTooLarge', 'The request is larger than 10 MB.');
  const { method = 'GET', url: target = '/', headers } = request;
  const [path = '/', ...search] = target.split('?');
  return answer({ method, target, path, query: new URLSearchParams(search.join('?')), headers, body, origin }, office);
}

function give(response: ServerResponse, given: Answer): void {
  if (given === 'cut') return void response.destroy();
  const { status, type, body, headers } = given;
  const usual = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...(body === '' ? {} : { 'content-type': type }), ...usual, ...headers });
  response.end(body);
}
