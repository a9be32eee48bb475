import type { IncomingMessage } from 'node:http';

/** Azure's own ceiling for HTTP triggers. Anything stricter is the app's business. */
export const BODY_LIMIT = 100 * 1024 * 1024;

export type Body = { readonly bytes: Buffer } | { readonly refused: 'too large' | 'gone' };

export async function readBody(request: IncomingMessage, limit = BODY_LIMIT): Promise<Body> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return { refused: 'too large' };
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > limit) return { refused: 'too large' };
      chunks.push(chunk);
    }
  } catch {
    return { refused: 'gone' }; // the caller hung up half-way; there is nobody to answer
  }
  return { bytes: Buffer.concat(chunks) };
}
