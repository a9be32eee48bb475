import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Config } from '../config.ts';
import { pagePolicy, SECURITY, toResponse } from './reply.ts';

/** The page and what it loads: files made at build time, served as they are, to anyone. What they show, the API decides. */
export const PORTAL_ROUTE = 'portal/{*file}';

type Settings = Pick<Config, 'identity' | 'local' | 'portal'>;

const KINDS: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

/** Made by the build: one flat folder, and no name in it that could lead out. */
const FILE = /^[A-Za-z0-9_-]{1,80}\.(html|js|css|svg)$/;
/** Bears its own hash, so it never changes. */
const HASHED = /-[A-Z0-9]{8}\.(js|css)$/;

const NOT_FOUND = { status: 404, body: { error: { code: 'NotFound', message: 'The portal has no such file.' } } };

export function portal(settings: Settings, folder = join(import.meta.dirname, 'portal')) {
  const always = headersOf(settings);
  return async (request: HttpRequest): Promise<HttpResponseInit> => {
    const file = request.params['file'] || 'index.html';
    if (file === 'config.json') return toResponse({ status: 200, body: configOf(settings) }, always);
    const kind = FILE.exec(file)?.[1];
    const zipped = /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '');
    const found = kind && (await read(join(folder, file), zipped));
    if (!found) return toResponse(NOT_FOUND, always);
    return {
      status: 200,
      body: found.bytes,
      headers: {
        ...always,
        'content-type': KINDS[kind] ?? 'application/octet-stream',
        'cache-control': HASHED.test(file) ? 'public, max-age=31536000, immutable' : 'no-cache',
        vary: 'accept-encoding',
        ...(found.zipped ? { 'content-encoding': 'gzip' } : {}),
      },
    };
  };
}

/** What the page has to know before anybody signs in. No secret: it is read by everybody. */
function configOf({ identity, local, portal: { clientId } }: Settings) {
  if (local) return { mode: 'local', idp: identity.issuer, stepUpContext: identity.stepUpContext };
  if (clientId === undefined) return { mode: 'none' };
  return {
    mode: 'entra',
    clientId,
    authority: identity.issuer.replace(/\/v2\.0\/?$/, ''),
    scope: `${identity.audience}/.default`,
    stepUpContext: identity.stepUpContext,
  };
}

/** Scripts and styles from here only; talks to the API and to whoever signs people in, and to nobody else. */
const headersOf = ({ identity }: Settings): Readonly<Record<string, string>> => ({
  ...SECURITY,
  'content-security-policy': pagePolicy(
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${new URL(identity.issuer).origin}`,
  ),
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
});

async function read(path: string, zipped: boolean): Promise<{ bytes: Uint8Array; zipped: boolean } | undefined> {
  const packed = zipped ? await bytesOf(`${path}.gz`) : undefined;
  if (packed) return { bytes: packed, zipped: true };
  const plain = await bytesOf(path);
  return plain && { bytes: plain, zipped: false };
}

const bytesOf = (path: string): Promise<Uint8Array | undefined> =>
  readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
