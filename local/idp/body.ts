import type { IncomingMessage } from 'node:http';

const LIMIT_BYTES = 64 * 1024;

/** The whole body as text, or undefined when it is larger than anything this server is asked for. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // keep reading, keep nothing: who is still sending would not hear the answer
    if (size <= LIMIT_BYTES) chunks.push(bytes);
    if (size > 100 * LIMIT_BYTES) request.destroy();
  }
  return size > LIMIT_BYTES ? undefined : Buffer.concat(chunks).toString('utf8');
}
