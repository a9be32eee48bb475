import type { IncomingMessage, ServerResponse } from 'node:http';
import { HOST_VERSION } from '../app/core.ts';
import type { HostedFunction } from '../app/functions.ts';
import type { Call, Invoke } from '../app/invoke.ts';
import { timerCall } from '../timers/listener.ts';
import type { Work } from '../work.ts';
import { readBody } from './request.ts';
import { sendEmpty } from './response.ts';

export interface Administration {
  readonly hostId: string;
  readonly functions: readonly HostedFunction[];
  readonly invoke: Invoke;
  readonly work: Work;
  readonly origin: () => string;
}

/** These paths are the host's own; what it does not know there is 404 and never falls through to a function. */
export const isOfHost = ([first = '']: readonly string[]): boolean => /^(admin|runtime)$/i.test(first);

/** The master key of every local host, in the header `x-functions-key`. A deployed app has one that nobody can guess. */
const MASTER_KEY = 'local';

export async function administer(
  admin: Administration,
  path: readonly string[],
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  if (request.headers['x-functions-key'] !== MASTER_KEY) return sendEmpty(reply, 401, { 'www-authenticate': 'Bearer' });
  const [whose, what, name = '', ...more] = path.map((segment) => segment.toLowerCase());
  const asked = whose === 'admin' && more.length === 0 ? `${request.method} ${what}` : '';
  if (asked === 'GET host' && name === 'status') return sendStatus(admin, reply);
  if (request.method === 'POST' && !isJson(request)) return sendEmpty(reply, 415);
  if (asked === 'POST functions') return callByHand(admin, name, request, reply);
  sendEmpty(reply, 404);
}

/** What a page can send without asking first, a form or plain text, is never JSON. */
const isJson = ({ headers }: IncomingMessage): boolean =>
  /^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '');

function sendStatus({ hostId }: Administration, reply: ServerResponse): void {
  const text = JSON.stringify({ id: hostId, state: 'Running', version: HOST_VERSION });
  const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) };
  reply.writeHead(200, headers).end(text);
}

/**
 * Runs a function with the input as what its trigger would have brought. Nobody waits for it: the caller has its 202 by then.
 * Disabled functions run, too: on Azure the master key allows it. Functions in error do not exist here.
 */
async function callByHand(admin: Administration, name: string, request: IncomingMessage, reply: ServerResponse) {
  const body = await readBody(request, reply);
  if ('refused' in body) return sendEmpty(reply, body.refused === 'gone' ? 400 : 500);
  const input = inputOf(body.bytes.toString('utf8'));
  if (input === undefined) return sendEmpty(reply, 400);
  const called = admin.functions.find((each) => each.name.toLowerCase() === name);
  if (!called || called.trigger.kind === 'error') return sendEmpty(reply, 404);
  const { invoke, work, origin } = admin;
  void work.track(`${called.name} (called by hand)`, invoke(called, callFor(called, input, origin())));
  return sendEmpty(reply, 202);
}

function inputOf(text: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    const input = 'input' in parsed ? parsed.input : undefined;
    return typeof input === 'string' ? input : input === undefined || input === null ? '' : JSON.stringify(input);
  } catch {
    return undefined;
  }
}

const REASON = 'This function was programmatically called via the host APIs.';

function callFor({ name, trigger }: HostedFunction, input: string, origin: string): Call {
  if (trigger.kind === 'timer') return timerCall(undefined, false, REASON);
  if (trigger.kind !== 'http') return { reason: REASON, input: { string: input } };
  const http = {
    method: trigger.methods[0] ?? 'POST',
    url: `${origin}/admin/functions/${name}`,
    body: { bytes: Buffer.from(input) },
  };
  return { reason: REASON, input: { http } };
}
