import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  SignJWT,
} from 'jose';

export interface Signer {
  /** What the verifiers may know. */
  readonly jwks: { readonly keys: readonly JWK[] };
  sign(claims: JWTPayload): Promise<string>;
}

/** A key of its own for every start, or the one kept in `file`, so that tokens outlive a restart. */
export async function signer(file?: string): Promise<Signer> {
  const secret = file === undefined ? await freshKey() : await keptKey(file);
  const kid = await calculateJwkThumbprint(secret);
  const key = await importJWK(secret, 'RS256');
  const { kty, n, e } = secret;
  if (kty === undefined || n === undefined || e === undefined) throw new Error(`${file} holds no RSA key: delete it.`);
  return {
    jwks: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] },
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid }).sign(key),
  };
}

async function freshKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportJWK(privateKey);
}

async function keptKey(file: string): Promise<JWK> {
  return readKey(file) ?? keep(file, await freshKey());
}

/** Written aside and linked: of two first starts side by side one wins, whole, and both use its key. */
function keep(file: string, key: JWK): JWK {
  mkdirSync(dirname(file), { recursive: true });
  const aside = `${file}.${randomUUID()}`;
  writeFileSync(aside, JSON.stringify(key), { mode: 0o600 });
  try {
    linkSync(aside, file);
    return key;
  } catch (error) {
    const others = readKey(file);
    if (others) return others;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readKey(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw new Error(`The identity provider's key ${file} cannot be read: delete it and a new one is made.`);
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';
