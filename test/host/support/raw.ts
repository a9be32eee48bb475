/** Requests that a well-behaved client cannot make. */
import { request } from 'node:http';

export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** The path goes out as it is: nothing resolves `..` or tidies escapes on the way. */
export const rawCall = (api: string, method: string, path: string, token?: string): Promise<RawReply> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(api);
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const asked = request({ hostname, port, method, path, headers }, async (reply) => {
      const chunks: Buffer[] = [];
      for await (const chunk of reply) chunks.push(chunk);
      resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(chunks).toString() });
    });
    asked.on('error', reject).end();
  });

/** As many at once as is kind to a small machine. */
export async function allOf<T>(work: readonly (() => Promise<T>)[], atOnce = 8): Promise<T[]> {
  const results: T[] = [];
  for (let at = 0; at < work.length; at += atOnce)
    results.push(...(await Promise.all(work.slice(at, at + atOnce).map((one) => one()))));
  return results;
}
