import { type ErrorResponse, OPERATIONS, type Operations } from './api.ts';

export type Operation = keyof Operations;

/** Where the service is, and who asks; the rest is the platform's. */
export interface Door {
  /** The origin of the service: `http://127.0.0.1:7071`. */
  readonly api: string;
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch;
}

export type Wish<O extends Operation> = {
  readonly query?: Operations[O]['query'];
  /** Only if it is still as it was read. */
  readonly etag?: string;
  /** Repeated with the same key, the call is not done again. */
  readonly idempotencyKey?: string;
  readonly securityPin?: string;
} & (keyof Operations[O]['names'] extends never ? unknown : { readonly names: Operations[O]['names'] }) &
  (undefined extends Operations[O]['body']
    ? { readonly body?: Operations[O]['body'] }
    : { readonly body: Operations[O]['body'] });

export type Answer<O extends Operation> =
  | { readonly ok: true; readonly status: number; readonly value: Operations[O]['answer']; readonly headers: Headers }
  | { readonly ok: false; readonly status: number; readonly error: ErrorResponse['error']; readonly headers: Headers };

/** One call of the API: what it takes and answers follows from the name of the operation. */
export async function call<O extends Operation>(door: Door, operation: O, wish: Wish<O>): Promise<Answer<O>> {
  const [method, path] = OPERATIONS[operation];
  const { query, etag, idempotencyKey, securityPin, body, ...rest } = wish as Wish<O> & { readonly body?: unknown };
  const names = 'names' in rest ? (rest.names as Readonly<Record<string, string>>) : {};
  const url = new URL(
    path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? '')),
    door.api,
  );
  for (const [name, value] of Object.entries(query ?? {})) url.searchParams.set(name, `${value}`);
  const headers = Object.entries({
    authorization: door.token && `Bearer ${door.token}`,
    'content-type': body === undefined ? undefined : 'application/json',
    'if-match': etag,
    'idempotency-key': idempotencyKey,
    'x-reprieve-security-pin': securityPin,
  }).filter((header): header is [string, string] => header[1] !== undefined);
  const response = await (door.fetch ?? fetch)(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  const value: unknown = text === '' ? undefined : isJson ? JSON.parse(text) : text;
  const { ok, status, headers: told } = response;
  return ok
    ? { ok, status, value: value as Operations[O]['answer'], headers: told }
    : { ok: false, status, error: (value as ErrorResponse).error, headers: told };
}
