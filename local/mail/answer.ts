import type { z } from 'zod';

interface Reply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Headers;
}

type Headers = Readonly<Record<string, string>>;

/** `cut`: the work is done, but whoever asked hears nothing. */
export type Answer = Reply | 'cut';

export const json = (status: number, body: unknown, headers: Headers = {}): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(body),
  headers,
});

/** An error as Communication Services words it. */
export const problem = (status: number, code: string, message: string, headers: Headers = {}): Answer =>
  json(status, { error: { code, message } }, { 'x-ms-error-code': code, ...headers });

export const tooMany = (retryAfterSeconds: number): Answer =>
  problem(429, 'TooManyRequests', `Too many mails. Try again after ${retryAfterSeconds} seconds.`, {
    'retry-after': String(retryAfterSeconds),
  });

/** What a schema did not like, for the person who wrote the request. */
export const complaint = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'The JSON body'}: ${message}`).join('; ');
