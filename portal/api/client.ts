import { type Problem, problemOf, UNREACHABLE } from './problem.ts';

export type Answer<T> =
  | { readonly ok: true; readonly status: number; readonly value: T; readonly headers: Headers }
  | { readonly ok: false; readonly problem: Problem };

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Wish {
  readonly body?: object;
  /** Only if it is still as it was read. */
  readonly etag?: string | undefined;
  readonly pin?: string | undefined;
}

export interface Api {
  get<T>(path: string): Promise<Answer<T>>;
  send<T>(method: Method, path: string, wish?: Wish): Promise<Answer<T>>;
  /** Page after page of a list; ends at the first that fails. */
  pages<T>(path: string): AsyncGenerator<Answer<readonly T[]>, void>;
}

export interface Doors {
  readonly fetch: typeof fetch;
  readonly newId: () => string;
  /** What goes into the Authorization header, or undefined where nobody has to sign in. */
  readonly token: () => Promise<string | undefined>;
  /** Asks for the second factor. False: the person would not. */
  readonly stepUp: () => Promise<boolean>;
}

export function client(doors: Doors): Api {
  async function once<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer<T>> {
    try {
      const token = await doors.token();
      const response = await doors.fetch(`/api/${path}`, {
        method,
        headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        ...(body === undefined ? {} : { body }),
      });
      const text = await response.text();
      const value: unknown = text === '' ? undefined : parsed(text);
      if (response.ok) return { ok: true, status: response.status, value: value as T, headers: response.headers };
      return { ok: false, problem: problemOf(response.status, value, response.headers) };
    } catch {
      return { ok: false, problem: UNREACHABLE };
    }
  }

  async function send<T>(method: Method, path: string, { body, etag, pin }: Wish = {}): Promise<Answer<T>> {
    const headers = {
      // the same for both tries: what was done already is not done again
      'idempotency-key': doors.newId(),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(etag === undefined ? {} : { 'if-match': etag }),
      ...(pin === undefined ? {} : { 'x-reprieve-security-pin': pin }),
    };
    const text = body && JSON.stringify(body);
    const answer = await once<T>(method, path, headers, text);
    if (answer.ok || answer.problem.code !== 'StepUpRequired' || !(await doors.stepUp())) return answer;
    return once<T>(method, path, headers, text);
  }

  const get = <T>(path: string): Promise<Answer<T>> => once<T>('GET', path, {});

  async function* pages<T>(path: string): AsyncGenerator<Answer<readonly T[]>, void> {
    for (let next: string | undefined = path; next !== undefined; ) {
      const answer: Answer<List<T>> = await get<List<T>>(next);
      if (!answer.ok) {
        yield answer;
        return;
      }
      yield { ...answer, value: answer.value.value };
      next = answer.value.nextLink === undefined ? undefined : belowApi(answer.value.nextLink);
    }
  }

  return { get, send, pages };
}

interface List<T> {
  readonly value: readonly T[];
  readonly nextLink?: string;
}

/** Links are absolute; behind a proxy they may name another host than the one the page came from. */
export const belowApi = (link: string): string => {
  const { pathname, search } = new URL(link);
  return pathname.replace(/^\/api\//, '') + search;
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A path from names, none of which can step out of its place. */
export const at = (...parts: readonly string[]): string => parts.map(encodeURIComponent).join('/');
