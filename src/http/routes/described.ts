import { type Outcome, ok } from '../../core/problems.ts';
import type { ApiDocument } from '../openapi/document.ts';
import { type Route, route } from '../route.ts';

/** The page loads its style from here, and nothing else from anywhere. */
const PAGE_POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const text = (kind: string, body: string, headers: Readonly<Record<string, string>> = {}) => ({
  status: 200,
  body,
  headers: { 'content-type': `${kind}; charset=utf-8`, ...headers },
});

/** Made once, when somebody asks for the first time: a cold start needs none of it. */
function lazily(make: () => Promise<string>): () => Promise<Outcome<string>> {
  let made: Promise<string> | undefined;
  return async () => {
    made ??= make();
    return ok(await made);
  };
}

/** The API, told to programs and to people. */
export function describedRoutes(doors: () => readonly Route[]): readonly Route[] {
  const document = async (): Promise<ApiDocument> => (await import('../openapi/document.ts')).documentOf(doors());
  return [
    route({
      name: 'getApiDocument',
      method: 'GET',
      path: 'openapi.json',
      who: 'anyone',
      run: lazily(async () => JSON.stringify(await document())),
      view: (body) => text('application/json', body),
    }),
    route({
      name: 'getApiPage',
      method: 'GET',
      path: 'docs',
      who: 'anyone',
      run: lazily(async () => (await import('../openapi/page/page.ts')).pageOf(await document())),
      view: (body) => text('text/html', body, { 'content-security-policy': PAGE_POLICY }),
    }),
    route({
      name: 'getApiStyle',
      method: 'GET',
      path: 'docs/style.css',
      who: 'anyone',
      run: lazily(async () => (await import('../openapi/page/style.ts')).STYLE),
      view: (body) => text('text/css', body),
    }),
  ];
}
