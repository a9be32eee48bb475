/** Somebody at a command line, and a service that answers what a test says. */
import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: unknown;
}

interface Scene {
  readonly env?: Readonly<Record<string, string>>;
  /** Does a person look at it? */
  readonly terminal?: boolean;
  /** What the person types when asked; undefined is nobody. */
  readonly typed?: string;
  /** What `az` prints; undefined is none installed. */
  readonly az?: string;
  readonly answer?: (path: string, sent: Sent) => Response | Error;
}

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly sent: readonly Sent[];
  readonly azAsked: readonly (readonly string[])[];
}

export const json = (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

export const refusal = (status: number, code: string, message: string, more: object = {}): Response =>
  json({ error: { code, message, ...more } }, status, { 'x-ms-request-id': 'req-1' });

export async function type(line: readonly string[], scene: Scene = {}): Promise<Ended> {
  const { env = {}, terminal = false, typed, az, answer = () => json({ value: [] }) } = scene;
  const written = { out: '', err: '' };
  const sent: Sent[] = [];
  const azAsked: (readonly string[])[] = [];
  const io: Io = {
    env,
    out: (text) => {
      written.out += text;
    },
    err: (text) => {
      written.err += text;
    },
    isTerminal: terminal,
    isErrTerminal: terminal,
    ask: async () => typed,
    fetch: async (url, { method = '', headers, body }) => {
      const request = { method, url, headers: new Headers(headers), body: body ? JSON.parse(String(body)) : undefined };
      sent.push(request);
      const answered = answer(new URL(url).pathname.replace(/^.*?\/api\//, ''), request);
      if (answered instanceof Error) throw answered;
      return answered;
    },
    sleep: async () => undefined,
    az: async (args) => {
      azAsked.push(args);
      return az;
    },
  };
  const code = await run(line, io);
  return { code, ...written, sent, azAsked };
}
