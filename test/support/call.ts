import { undescribed } from './described.ts';

export interface Request {
  /** A string goes out as it is, so that broken JSON can be sent. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

export interface Reply<T> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed where the service says JSON, else the text. */
  readonly body: T;
}

/** One HTTP call: `call(api, 'POST', '/api/vaults/v1/items/i1/undelete', { token })`. What the API document does not say fails the test. */
export async function call<T = unknown>(
  api: string,
  method: string,
  path: string,
  { body, headers, token }: Request = {},
): Promise<Reply<T>> {
  const url = new URL(path, api);
  const response = await fetch(url, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const faults = undescribed(method, url, { status: response.status, headers: response.headers, text });
  if (faults.length > 0)
    throw new Error(`Not as in the API document: ${method} ${path} ${response.status}\n${faults.join('\n')}\n${text}`);
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}
