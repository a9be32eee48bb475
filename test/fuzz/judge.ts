/** What every answer owes, whatever was asked. Says what is wrong with it; nothing: all is well. */
import { undescribed } from '../support/described.ts';
import type { Shot } from './shots.ts';
import type { Answer } from './wire.ts';
import { POLLUTION, SMUGGLED } from './words.ts';

/** What the platform refuses by itself never reaches the service, and has neither body nor id. */
const BY_PLATFORM: ReadonlySet<number> = new Set([0, 400, 404, 414, 431]);
export const isPlatforms = ({ status, body, headers }: Answer): boolean =>
  BY_PLATFORM.has(status) && body === '' && headers['x-ms-request-id'] === undefined;

/** A header with letters beyond Latin-1 fails in the platform's library, before the service is asked: a bare 500. */
const isBeyondTheLibrary = ({ headers }: Shot, { status, body }: Answer): boolean =>
  status === 500 &&
  body === '' &&
  Object.values(headers).some((value) => /[^\0-\xff]/.test(Buffer.from(value, 'latin1').toString()));

const MEMBERS: ReadonlySet<string> = new Set(['code', 'message', 'target', 'details', 'innererror']);
const INSIDE = /\.(?:ts|js):\d+|node_modules|RestError|AggregateError|TypeError|RangeError|ECONN|azurite|\bat async\b/i;

export function faultsOf(shot: Shot, answer: Answer): readonly string[] {
  const smuggled = answer.headers[SMUGGLED] === undefined ? [] : ['a header was smuggled in'];
  if (isPlatforms(answer) || isBeyondTheLibrary(shot, answer)) return smuggled;
  return [
    ...smuggled,
    ...statusFaults(shot, answer),
    ...headerFaults(shot, answer),
    ...documentFaults(shot, answer),
    ...(answer.status >= 400 && answer.status !== 503 ? refusalFaults(shot, answer) : []),
    ...(answer.status >= 400 && INSIDE.test(answer.body.replace(spoken(shot), '')) ? ['it shows the inside'] : []),
    ...(answer.body.includes(POLLUTION) && !shot.body?.includes(`"${POLLUTION}"`) ? ['a prototype is polluted'] : []),
  ];
}

/** What the caller said may be said back. */
const spoken = ({ target }: Shot): string => decoded(target.split('?')[0] ?? '');
const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Readiness says 503 when the service is not ready, which is its answer and no fault. */
const isReport = ({ route }: Shot, { status, body }: Answer): boolean =>
  status === 503 && route === 'ready' && body.startsWith('{"checks":');

const statusFaults = (shot: Shot, answer: Answer): readonly string[] =>
  answer.status >= 200 && (answer.status < 500 || isReport(shot, answer)) ? [] : [`status ${answer.status}`];

/** What the API document does not say. Where an address is crooked, nobody but the platform knows how it is read. */
const documentFaults = ({ method, target, lines }: Shot, { status, headers, body }: Answer): readonly string[] =>
  lines === undefined && /^\/api(?:\/[A-Za-z0-9_~-]+)+(?:\?|$)/.test(target)
    ? undescribed(method, new URL(target, 'http://localhost'), { status, headers: new Headers(headers), text: body })
    : [];

function headerFaults({ headers: sent, lines }: Shot, { headers }: Answer): readonly string[] {
  const mine = sent['x-ms-client-request-id'];
  const isEchoable = mine !== undefined && /^[\x20-\x7e]{1,128}$/.test(mine.trim());
  const echo = headers['x-ms-client-request-id'];
  return [
    ...(headers['x-ms-request-id'] ? [] : ['no x-ms-request-id']),
    ...(lines || echo === (isEchoable ? mine.trim() : undefined) ? [] : [`echoes ${echo} for ${mine}`]),
    ...(headers['cache-control'] === 'no-store' ? [] : ['may be kept']),
    ...(headers['x-content-type-options'] === 'nosniff' ? [] : ['may be sniffed']),
    ...('set-cookie' in headers ? ['sets a cookie'] : []),
  ];
}

function refusalFaults({ headers: sent, method }: Shot, { headers, body, status }: Answer): readonly string[] {
  if (method === 'HEAD') return [];
  const said = parsed(body);
  if (said === undefined) return ['a refusal that is no JSON'];
  const code = headers['x-ms-error-code'];
  // said once, it is replayed in the form that was asked for then
  const isReplay = headers['idempotency-replayed'] === 'true';
  const asksProblem = sent['accept']?.toLowerCase().includes('application/problem+json') === true;
  const isProblem = headers['content-type'] === 'application/problem+json';
  if (isProblem !== asksProblem && !isReplay) return [`the form is ${headers['content-type']} for ${sent['accept']}`];
  if (isProblem) {
    const whole = said['status'] === status && said['code'] === code && typeof said['detail'] === 'string';
    return whole && said['type'] === `/problems/${code}` ? [] : ['no problem as in RFC 9457'];
  }
  const error = said['error'] as Readonly<Record<string, unknown>> | undefined;
  if (!error || code === undefined || error['code'] !== code || !error['message']) return ['no error envelope'];
  if (Object.keys(said).length !== 1) return ['more than the error envelope'];
  return Object.keys(error).every((name) => MEMBERS.has(name)) ? [] : [`the envelope has ${Object.keys(error).join()}`];
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
