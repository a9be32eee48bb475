import { type Told, undescribed } from './described.ts';

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

/** What goes out: the body as text, with the headers that it and the token need. */
export const requestOf = ({ body, headers, token }: Request) => ({
  headers: {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...headers,
  },
  ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
});

/** What came back, parsed. What the API document does not say fails the test. */
export function replyOf<T>(method: string, url: URL, told: Told): Reply<T> {
  const { status, headers, text } = told;
  const faults = undescribed(method, url, told);
  if (faults.length > 0)
    throw new Error(`Not as in the API document: ${method} ${url} ${status}\n${faults.join('\n')}\n${text}`);
  const isJson = /[/+]json\b/.test(headers.get('content-type') ?? '');
  return { status, headers, body: isJson && text !== '' ? JSON.parse(text) : text };
}

type Sent = ReturnType<typeof requestOf>;
export type Answering = (method: string, url: URL, sent: Sent) => Promise<Told>;

const overHttp: Answering = async (method, url, sent) => {
  const response = await fetch(url, { method, ...sent });
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const inThisProcess = new Map<string, Answering>();

/** A service in this process, under an address that only `call` knows. */
export const answerAt = (origin: string, answer: Answering): void => void inThisProcess.set(origin, answer);

/** One HTTP call: `call(api, 'POST', '/api/vaults/v1/items/i1/undelete', { token })`. */
export async function call<T = unknown>(
  api: string,
  method: string,
  path: string,
  request: Request = {},
): Promise<Reply<T>> {
  const url = new URL(path, api);
  const answer = inThisProcess.get(url.origin) ?? overHttp;
  return replyOf(method, url, await answer(method, url, requestOf(request)));
}
