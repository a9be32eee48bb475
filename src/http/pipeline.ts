import type { HttpRequest, HttpResponseInit, InvocationContext } from '@azure/functions';
import { vaultOfAlert } from '../core/alerts.ts';
import type { Caller, Evidence } from '../core/caller.ts';
import { isAlertId, isName } from '../core/names.ts';
import { placeOfOperation } from '../core/operations.ts';
import { placeOfOrder } from '../core/orders.ts';
import { type Outcome, ok, type Refused, refuse, Unanswered } from '../core/problems.ts';
import type { FlowPorts } from '../flows/story/land.ts';
import type { Request } from '../flows/story/request.ts';
import { orVaultDeleted } from '../flows/vaults/deleted.ts';
import { inRequest, type Telemetry } from '../telemetry/telemetry.ts';
import { addressOf, doorkeeper, notTheAgents } from './admit.ts';
import { idempotency, isPrintable, type Keep } from './idempotency.ts';
import type { Identify } from './identity.ts';
import { check, lengthRequired, MAX_BODY, parseJson, queryReader, tooLarge } from './parse.ts';
import { refusalReply } from './refusal.ts';
import { type Reply, toResponse, withEvidence } from './reply.ts';
import { type Call, isClosedByDeletion, isKept, type Route } from './route.ts';
import type { Shape } from './shape.ts';

export interface Skin {
  readonly ports: FlowPorts;
  readonly identify: Identify;
  readonly stepUpContext: string;
  readonly telemetry: Telemetry;
}

/** Where answers are kept that belong to no vault. No vault can have that name. */
const NO_VAULT = '~service';

/** From a request to its answer: who asks, what exactly, then the route's flow. Never throws, and never blames the caller for our faults. */
export function pipeline(skin: Skin) {
  const once = idempotency(skin.ports);
  const admit = doorkeeper(skin.identify, skin.telemetry);

  return (route: Route) => {
    const readQuery = route.anyQuery ? () => ok({}) : queryReader(route.query);

    const respond = async (request: HttpRequest, requestId: string): Promise<HttpResponseInit> => {
      const always = idsOf(request, requestId);
      let takesClaims: boolean | undefined;
      let evidence: Evidence | undefined;
      const leave = (left: Evidence): void => {
        evidence = left;
      };
      const toReply = (outcome: Outcome<Reply>): Reply =>
        withEvidence(
          outcome.ok
            ? outcome.value
            : refusalReply(outcome.refusal, request.headers.get('accept'), skin.stepUpContext, takesClaims),
          evidence,
        );
      const outcome = async (): Promise<Outcome<Reply>> => {
        const bytes = await bodyOf(route, request);
        if (!bytes.ok) return bytes;
        const url = new URL(request.url);
        const caller = await admit(route, request, url);
        if (!caller.ok) return caller;
        takesClaims = caller.value.takesClaims;
        const input = inputOf(route, request, { url, bytes: bytes.value, query: readQuery(url.searchParams) });
        return input.ok ? answer(route, request, caller.value, input.value, { requestId, leave, toReply }) : input;
      };
      try {
        return toResponse(toReply(await outcome()), always);
      } catch (error) {
        skin.telemetry.event('request.failed', { route: route.name, error: describe(error) });
        return toResponse(toReply(fault(error)), always);
      }
    };

    return (request: HttpRequest, log: InvocationContext): Promise<HttpResponseInit> => {
      const requestId = skin.ports.newId();
      return inRequest({ requestId, log }, async () => {
        const response = await respond(request, requestId);
        // reading leaves no trace of ours: the platform has its own
        if (route.method !== 'GET')
          skin.telemetry.event('request.done', { route: route.name, status: response.status ?? 0 });
        return response;
      });
    };
  };

  async function answer(
    route: Route,
    request: HttpRequest,
    caller: Caller,
    { names, url, bytes, body, query }: Input,
    { requestId, leave, toReply }: Answering,
  ): Promise<Outcome<Reply>> {
    const foreign = await notTheAgents({ ports: skin.ports, caller, names }, route);
    if (foreign) return foreign;
    const ifMatch = request.headers.get('if-match');
    const now = skin.ports.clock.now();
    const asked: Request<never> = {
      caller,
      now,
      requestId,
      left: leave,
      ifMatch: ifMatch === null ? undefined : etagsIn(ifMatch),
      clientAddress: addressOf(request.headers.get('x-forwarded-for')) ?? undefined,
      securityPin: request.headers.get('x-reprieve-security-pin')?.trim() || undefined,
    };
    const call: Call = { ports: skin.ports, caller, now, names, body, query, url };
    const run = async (keep: Keep | undefined): Promise<Outcome<Reply>> => {
      const outcome = await route.answer(call, asked, keep);
      return isClosedByDeletion(route) ? orVaultDeleted(skin.ports, names['vault'] ?? '', outcome) : outcome;
    };

    const key = isKept(route) ? request.headers.get('idempotency-key') : null;
    if (key === null) return run(undefined);
    if (!isPrintable(key)) return invalid('Idempotency-Key', 'must be 1 to 128 printable characters');
    const keyed = {
      vault: vaultIn(names),
      key,
      caller,
      method: route.method,
      path: url.pathname.toLowerCase() + url.search,
      body: bytes,
      now,
    };
    return once(keyed, async (keep) => toReply(await run(keep)));
  }
}

/** Where the answer is kept: with what the call changes, so that one transaction holds both. */
const vaultIn = ({ vault, alert = '', order = '' }: Readonly<Record<string, string>>): string =>
  vault ?? vaultOfAlert(alert) ?? placeOfOrder(order)?.vault ?? NO_VAULT;

/** What one request is answered with. */
interface Answering {
  readonly requestId: string;
  readonly leave: (evidence: Evidence) => void;
  readonly toReply: (outcome: Outcome<Reply>) => Reply;
}

/** The ids that every answer bears: ours, and the caller's own. */
export const idsOf = ({ headers }: HttpRequest, requestId: string) => ({
  'x-ms-request-id': requestId,
  ...echo(headers.get('x-ms-client-request-id')),
});

const echo = (id: string | null): Record<string, string> =>
  id !== null && isPrintable(id) ? { 'x-ms-client-request-id': id } : {};

function namesIn(route: Route, request: HttpRequest): Outcome<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const [, part = ''] of route.path.matchAll(/\{(\w+)\}/g)) {
    const name = request.params[part] ?? '';
    if (part === 'alert' && !isAlertId(name))
      return refuse('InvalidName', 'An alert is named by its id, as a list of alerts shows it.', { target: part });
    if (part === 'operation' && !placeOfOperation(name))
      return refuse('InvalidName', 'An operation is named by its id, as `Operation-Location` tells it.', {
        target: part,
      });
    if (part === 'order' && !placeOfOrder(name))
      return refuse('InvalidName', 'A purge order is named by its id, as a claim or a list of orders shows it.', {
        target: part,
      });
    if (part !== 'alert' && part !== 'operation' && part !== 'order' && !isName(name))
      return refuse(
        'InvalidName',
        `The name of the ${part} must have 1 to 63 letters, digits, ".", "_" or "-", and begin and end with a letter or digit.`,
        { target: part },
      );
    names[part] = name;
  }
  return ok(names);
}

/** The one place that reads bodies, before anybody is asked who they are. */
async function bodyOf(route: Route, request: HttpRequest): Promise<Outcome<Uint8Array>> {
  if (request.headers.has('transfer-encoding')) return lengthRequired();
  // what is declared is refused before a byte of it is read, also where nobody would read it
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY) return tooLarge();
  if (!route.body) return ok(new Uint8Array());
  return ok(new Uint8Array(await request.arrayBuffer()));
}

/** What was sent, before anything is looked up or done. */
type Input = Pick<Call<Readonly<Record<string, string>>>, 'names' | 'url' | 'query' | 'body'> & {
  readonly bytes: Uint8Array;
};

function inputOf(
  route: Route,
  request: HttpRequest,
  { url, bytes, query }: { readonly url: URL; readonly bytes: Uint8Array; readonly query: Outcome<unknown> },
): Outcome<Input> {
  const names = namesIn(route, request);
  if (!names.ok) return names;
  if (!query.ok) return query;
  const body = route.body ? parse(route.body, route, request.headers, bytes) : ok(undefined);
  if (!body.ok) return body;
  return ok({ names: names.value, url, query: query.value, body: body.value, bytes });
}

function parse(shape: Shape, { canMeanAll }: Route, headers: Headers, bytes: Uint8Array): Outcome<unknown> {
  const isNothing = bytes.byteLength === 0 && saysNothing(headers);
  if (isNothing && canMeanAll) return meansAnything();
  const json = isNothing ? ok({}) : parseJson(bytes, headers.get('content-type'));
  return json.ok ? check(shape, json.value, 'body') : json;
}

/** A type without a length announces a body that did not come. */
const saysNothing = (headers: Headers): boolean =>
  headers.has('content-length') ? Number(headers.get('content-length')) === 0 : !headers.has('content-type');

const meansAnything = (): Refused =>
  refuse(
    'InvalidRequest',
    'This can act on everything there is, so it needs a body that says what is meant: {} at least.',
    {
      target: '$',
    },
  );

const invalid = (target: string, message: string): Refused =>
  refuse('InvalidRequest', `${target} ${message}.`, { target });

/** Strong or weak, quoted or not: what counts is what stands inside. */
const etagsIn = (header: string): readonly string[] =>
  header
    .slice(0, 2000)
    .split(',')
    .map((etag) =>
      etag
        .trim()
        .replace(/^W\//, '')
        .replace(/^"(.*)"$/, '$1'),
    );

/** Our fault, not the caller's. What storage or the identity provider could not do, the caller may safely ask again. */
const fault = (error: unknown): Refused =>
  isOutside(error)
    ? refuse('ServiceUnavailable', 'A service that this one depends on does not answer. Repeating the call is safe.', {
        retryAfterSeconds: 5,
      })
    : refuse(
        'InternalError',
        'Something went wrong here, not in your request. It was written to the log under the request id.',
      );

const isOutside = (error: unknown): boolean =>
  error instanceof Unanswered || (error instanceof Error && error.name === 'RestError');

/** What goes to the log about a fault: its kind and words, and never a header, so never a key. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? `; because ${error.cause.name}: ${error.cause.message}` : '';
  return `${error.name}: ${error.message.split('\n', 1)[0]}${cause}`.slice(0, 500);
}
