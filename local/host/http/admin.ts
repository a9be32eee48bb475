import type { IncomingMessage, ServerResponse } from 'node:http';
import { HOST_VERSION } from '../app/core.ts';
import type { HostedFunction } from '../app/functions.ts';
import { readBody } from './body.ts';
import { sendEmpty, sendJson } from './response.ts';

export interface Administration {
  readonly hostId: string;
  readonly functions: readonly HostedFunction[];
  /** Starts a function by hand. Nobody waits for it: the caller has its 202 by then. */
  readonly trigger: (called: HostedFunction, input: string) => void;
  readonly origin: () => string;
}

type Reply = (admin: Administration, request: IncomingMessage, reply: ServerResponse, name: string) => unknown;

/** Keys are not asked for locally, as with `func start`. */
const ENDPOINTS: ReadonlyArray<{ readonly method: string; readonly path: RegExp; readonly answer: Reply }> = [
  { method: 'GET', path: /^host\/status$/, answer: (admin, _request, reply) => sendJson(reply, statusOf(admin)) },
  { method: 'GET', path: /^host\/ping$/, answer: (_admin, _request, reply) => sendEmpty(reply, 200) },
  { method: 'POST', path: /^host\/ping$/, answer: (_admin, _request, reply) => sendEmpty(reply, 200) },
  {
    method: 'GET',
    path: /^functions$/,
    answer: (admin, _request, reply) =>
      sendJson(
        reply,
        admin.functions.map((each) => view(admin, each)),
      ),
  },
  {
    method: 'GET',
    path: /^functions\/([^/]+)$/,
    answer: (admin, _request, reply, name) => {
      const found = find(admin, name);
      return found ? sendJson(reply, view(admin, found)) : sendEmpty(reply, 404);
    },
  },
  {
    method: 'GET',
    path: /^functions\/([^/]+)\/status$/,
    answer: (admin, _request, reply, name) => {
      const found = find(admin, name);
      return found ? sendJson(reply, errorsOf(found)) : sendEmpty(reply, 404);
    },
  },
  { method: 'POST', path: /^functions\/([^/]+)$/, answer: invoke },
];

/** Everything under /admin is the host's; what it does not know is 404 and never falls through to a function. */
export async function administer(
  admin: Administration,
  path: readonly string[],
  request: IncomingMessage,
  reply: ServerResponse,
): Promise<void> {
  const rest = path.slice(1).join('/');
  for (const { method, path: pattern, answer } of ENDPOINTS) {
    const match = pattern.exec(rest) ?? pattern.exec(rest.toLowerCase());
    if (!match || method !== request.method) continue;
    await answer(admin, request, reply, match[1] ?? '');
    return;
  }
  sendEmpty(reply, 404);
}

/** Disabled functions do run by hand: on Azure the master key allows it. Functions in error do not exist here. */
async function invoke(admin: Administration, request: IncomingMessage, reply: ServerResponse, name: string) {
  const body = await readBody(request);
  if ('refused' in body) return sendEmpty(reply, body.refused === 'gone' ? 400 : 413);
  const found = find(admin, name);
  const input = inputOf(body.bytes.toString('utf8'));
  if (input === undefined) return sendEmpty(reply, 400);
  if (!found || found.trigger.kind === 'error') return sendEmpty(reply, 404);
  admin.trigger(found, input);
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

const find = ({ functions }: Administration, name: string): HostedFunction | undefined =>
  functions.find((each) => each.name.toLowerCase() === name.toLowerCase());

const statusOf = ({ hostId }: Administration) => ({
  id: hostId,
  state: 'Running',
  version: HOST_VERSION,
  versionDetails: `${HOST_VERSION} (local host, Node ${process.version})`,
  instanceId: `${process.pid}`,
  processUptime: Math.round(process.uptime() * 1_000),
  functionAppContentEditingState: 'NotAllowed',
});

const errorsOf = ({ trigger }: HostedFunction) => ({ errors: trigger.kind === 'error' ? [trigger.sentence] : [] });

const view = ({ origin }: Administration, { name, bindings, disabled, trigger }: HostedFunction) => ({
  name,
  href: `${origin()}/admin/functions/${name}`,
  language: 'node',
  isDisabled: disabled,
  ...(trigger.kind === 'error' ? { errors: [trigger.sentence] } : {}),
  config: {
    name,
    language: 'node',
    bindings: Object.entries(bindings).map(([key, value]) => ({ ...value, name: key })),
  },
});
