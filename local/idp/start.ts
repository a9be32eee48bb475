/** Stands in for Microsoft Entra ID: mints a token for any caller one can think of, and publishes the key to check it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf } from '../body.ts';
import { type Neighbours, STRANGER_SENTENCES, strangerStatus } from '../neighbours.ts';
import { KEPT_ALIVE, portOf } from '../ports.ts';
import { type Signer, signer } from './keys.ts';
import { type Answer, answer, problem } from './routes.ts';

const LIMIT_BYTES = 64 * 1024; // larger than anything this server is asked for

export interface IdentityProvider {
  readonly origin: string;
  stop(): Promise<void>;
}

export async function startIdp(
  port: number,
  keyFile?: string,
  neighbours: Neighbours = new Set(),
): Promise<IdentityProvider> {
  const keys = await signer(keyFile);
  const server = createServer(KEPT_ALIVE, (request, response) => {
    handle(request, { issuer: origin(), signer: keys, isStranger }).then(
      (given) => send(response, given),
      () => send(response, problem(500, 'server_error', 'The identity provider failed.')),
    );
  });
  const isStranger = ({ headers }: IncomingMessage) => strangerStatus(headers, portOf(server), neighbours);
  const origin = () => `http://127.0.0.1:${portOf(server)}`;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  neighbours.add(portOf(server));
  return {
    origin: origin(),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface House {
  readonly issuer: string;
  readonly signer: Signer;
  readonly isStranger: (request: IncomingMessage) => ReturnType<typeof strangerStatus>;
}

async function handle(request: IncomingMessage, { issuer, signer, isStranger }: House): Promise<Answer> {
  const refused = isStranger(request);
  if (refused)
    return { ...problem(refused, 'stranger', STRANGER_SENTENCES[refused]), headers: { connection: 'close' } };
  const body = (await bodyOf(request, LIMIT_BYTES))?.toString('utf8');
  if (body === undefined) return problem(413, 'request_too_large', 'The body is larger than 64 KiB.');
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  return answer(request.method ?? 'GET', path, { body, issuer, signer });
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    // the portal asks from another port; who mints for everybody has nothing to keep from pages
    'access-control-allow-origin': '*',
    ...headers,
  });
  response.end(JSON.stringify(body));
}
