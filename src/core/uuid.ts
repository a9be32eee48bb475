import { createHash } from 'node:crypto';

/** A name space of our own, so that the ids are nobody else's. */
const NAMESPACE = Buffer.from('5d1c0a3e7f8b4c0d9a61e2f4b7c39d10', 'hex');

/** The same parts always make the same id: a UUID of version 5. Upper and lower case are the same. */
export function uuidOf(parts: readonly string[]): string {
  const name = parts.join('\n').toLowerCase();
  const bytes = createHash('sha1').update(NAMESPACE).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
