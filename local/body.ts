import type { IncomingMessage } from 'node:http';

/** The whole body, or undefined when it is larger than `limit` bytes. */
export async function bodyOf(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // keep reading, keep nothing: who is still sending would not hear the answer
    if (size <= limit) chunks.push(bytes);
    if (size > 10 * limit) request.destroy();
  }
  return size > limit ? undefined : Buffer.concat(chunks);
}
