import type { z } from 'zod';
import { claimsOf, TokenWish } from './claims.ts';
import type { Signer } from './keys.ts';

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Ask {
  readonly body: string;
  readonly issuer: string;
  readonly signer: Signer;
}

type Route = (ask: Ask) => Answer | Promise<Answer>;

const ROUTES: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/token': { POST: token },
  '/jwks': { GET: ({ signer }) => ({ status: 200, body: signer.jwks }) },
  '/.well-known/openid-configuration': { GET: ({ issuer }) => ({ status: 200, body: configuration(issuer) }) },
};

export function answer(method: string, path: string, ask: Ask): Answer | Promise<Answer> {
  const methods = Object.hasOwn(ROUTES, path) ? ROUTES[path] : undefined;
  if (!methods) return problem(404, 'not_found', `There is nothing here; there are ${Object.keys(ROUTES).join(', ')}.`);
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (route) return route(ask);
  const allowed = Object.keys(methods).join(', ');
  return { ...problem(405, 'method_not_allowed', `Here only ${allowed}.`), headers: { allow: allowed } };
}

export const problem = (status: number, error: string, description: string): Answer => ({
  status,
  body: { error, error_description: description },
});

async function token({ body, issuer, signer }: Ask): Promise<Answer> {
  const wish = TokenWish.safeParse(parsed(body));
  if (!wish.success) return problem(400, 'invalid_request', complaint(wish.error));
  const now = Math.floor(Date.now() / 1000);
  const access_token = await signer.sign(claimsOf(wish.data, issuer, now));
  return { status: 200, body: { token_type: 'Bearer', expires_in: wish.data.expiresInSeconds, access_token } };
}

/** Undefined, which the schema refuses, when it is no JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

const complaint = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => [path.join('.') || 'The JSON body', message].join(': ')).join('; ');

const configuration = (issuer: string) => ({
  issuer,
  jwks_uri: `${issuer}/jwks`,
  token_endpoint: `${issuer}/token`,
  response_types_supported: ['token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
});
