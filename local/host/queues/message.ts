import type { DequeuedMessageItem } from '@azure/storage-queue';
import type { TypedData } from '../app/protocol.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** undefined: the text is not base64 although it should be. */
export function decodeMessage(text: string, base64: boolean): Buffer | undefined {
  if (!base64) return Buffer.from(text, 'utf8');
  const tidy = text.replace(/\s+/g, '');
  return BASE64.test(tidy) ? Buffer.from(tidy, 'base64') : undefined;
}

export const encodeMessage = (content: string | Uint8Array, base64: boolean): string =>
  Buffer.from(content).toString(base64 ? 'base64' : 'utf8');

/** Text travels as a string and the library parses JSON out of it; what is not UTF-8, or asked for as binary, as bytes. */
export function messageData(content: Buffer, dataType: unknown): TypedData {
  if (dataType === 'binary') return { bytes: content };
  try {
    return { string: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content) };
  } catch {
    return { bytes: content };
  }
}

export const messageMetadata = (message: DequeuedMessageItem, data: TypedData): Record<string, TypedData> => ({
  QueueTrigger: data,
  DequeueCount: { json: String(message.dequeueCount) },
  Id: { json: JSON.stringify(message.messageId) },
  PopReceipt: { json: JSON.stringify(message.popReceipt) },
  InsertionTime: time(message.insertedOn),
  ExpirationTime: time(message.expiresOn),
  NextVisibleTime: time(message.nextVisibleOn),
});

/** .NET writes the offset, never a Z. */
const time = (date: Date): TypedData => ({ json: JSON.stringify(date.toISOString().replace(/\.\d+Z$/, '+00:00')) });
