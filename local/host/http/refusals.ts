/** What the real server refuses by itself, so that no function sees it. */
import type { IncomingMessage } from 'node:http';
import { decodedPath, targetOf, tryUtf8 } from './request.ts';

const LINE_LIMIT = 8 * 1024;
const HEADERS_LIMIT = 32 * 1024;
const HEADER_COUNT = 100;

/** Names, addresses, a port. */
const HOST = /^([\w.~!$&'()*+,;=%-]+|\[[\d.:a-f]+\])(:\d*)?$/i;

/** In the order in which the real server looks; the first that fits is the answer. */
const REFUSALS: ReadonlyArray<readonly [status: number, fits: (request: IncomingMessage) => boolean]> = [
  [414, ({ method, url }) => `${method} ${url} HTTP/1.1\r\n`.length > LINE_LIMIT],
  [431, ({ rawHeaders }) => rawHeaders.length > 2 * HEADER_COUNT || sizeOf(rawHeaders) > HEADERS_LIMIT],
  [400, ({ httpVersion }) => httpVersion === '0.9'],
  [505, ({ httpVersion }) => !['1.0', '1.1'].includes(httpVersion)],
  [400, ({ rawHeaders }) => rawHeaders.some((text) => tryUtf8(text) === undefined)],
  [400, ({ headers }) => !/(^|,\s*)chunked$/i.test(headers['transfer-encoding'] ?? 'chunked')],
  [400, (request) => hostsOf(request).some((host) => host !== '' && !HOST.test(host))],
  [400, (request) => new Set(hostsOf(request)).size > 1 || (request.headersDistinct['host'] ?? []).length > 1],
  [400, (request) => decodedPath(targetOf(request).path) === undefined],
  // the host builds the address of the request from it, and fails
  [500, ({ headers }) => (headers.host ?? '') === ''],
];

export const refusalOf = (request: IncomingMessage): number | undefined =>
  REFUSALS.find(([, fits]) => fits(request))?.[0];

/** A name, a colon, a value, the end of the line. */
const sizeOf = (rawHeaders: readonly string[]): number =>
  rawHeaders.reduce((size, text) => size + text.length + ': '.length, 0);

/** The one of the request line, where it has one, and the header's. */
function hostsOf(request: IncomingMessage): readonly string[] {
  const { authority } = targetOf(request);
  const hosts = request.headersDistinct['host'] ?? [];
  return authority === undefined ? hosts : [authority, ...hosts];
}
