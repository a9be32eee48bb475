import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ok } from '../../core/problems.ts';
import { reply } from '../reply.ts';
import { chapter, type Route, route } from '../route.ts';
import { apiDocument, textPage } from './shapes.ts';

/** The page loads its style from here, and nothing else from anywhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const text = (body: string, kind: string, headers: Readonly<Record<string, string>> = {}) =>
  reply(200, body, { 'content-type': `${kind}; charset=utf-8`, ...headers });

const READ = { who: 'anyone', codes: [] } as const;

/** The API, told to programs and to people: files that the build makes from these very routes. A local run has a few routes more. */
export function documentRoutes(isLocal: boolean): readonly Route[] {
  const folder = join(import.meta.dirname, isLocal ? 'api-local' : 'api');
  const file = (name: string) => async () => ok(await readFile(join(folder, name), 'utf8'));
  return chapter('Service', [
    route({
      ...READ,
      name: 'getApiDocument',
      at: 'GET openapi.json',
      summary: 'Read this document',
      answers: { 200: apiDocument },
      run: file('openapi.json'),
      // Already JSON: it goes out as it is.
      view: (body) => text(body, 'application/json') as never,
    }),
    route({
      ...READ,
      name: 'getApiPage',
      at: 'GET docs',
      summary: 'Read this document as a page',
      media: 'text/html',
      answers: { 200: textPage },
      run: file('docs.html'),
      view: (body) => text(body, 'text/html', { 'content-security-policy': PAGE_POLICY }),
    }),
    route({
      ...READ,
      name: 'getApiStyle',
      at: 'GET docs/style.css',
      summary: 'Read the style of the page',
      media: 'text/css',
      answers: { 200: textPage },
      run: file('docs.css'),
      view: (body) => text(body, 'text/css'),
    }),
  ]);
}
