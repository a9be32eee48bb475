import { randomUUID } from 'node:crypto';
import type { Message } from './message.ts';

const MAX_MAILS = 5000;
// 5000 of the largest would not fit into memory
const MAX_CHARACTERS = 64 * 1024 * 1024;

export interface Mail {
  readonly id: string;
  readonly operationId: string;
  /** All who get it: to, cc and bcc. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  readonly receivedAt: string;
}

export interface Inbox {
  deliver(operationId: string, message: Message, at: number): void;
  /** Newest first; only those to one address, if given. */
  mails(to?: string): readonly Mail[];
  find(id: string): Mail | undefined;
  clear(): void;
}

/** In memory; when it is full the oldest go. */
export function memoryInbox(maxMails = MAX_MAILS, maxCharacters = MAX_CHARACTERS): Inbox {
  let mails: Mail[] = [];
  let characters = 0;
  return {
    deliver(operationId, { recipients, content }, at) {
      const { subject, plainText: text = null, html = null } = content;
      const receivedAt = new Date(at).toISOString();
      const mail: Mail = { id: randomUUID(), operationId, to: recipients, subject, text, html, receivedAt };
      mails.push(mail);
      characters += sizeOf(mail);
      while (mails.length > maxMails || (characters > maxCharacters && mails.length > 1)) {
        const oldest = mails.shift();
        characters -= oldest ? sizeOf(oldest) : 0;
      }
    },
    mails: (to) => mails.filter((mail) => to === undefined || isTo(mail, to)).reverse(),
    find: (id) => mails.find((mail) => mail.id === id),
    clear() {
      mails = [];
      characters = 0;
    },
  };
}

const sizeOf = ({ subject, text, html }: Mail): number => subject.length + (text?.length ?? 0) + (html?.length ?? 0);

const isTo = (mail: Mail, address: string): boolean =>
  mail.to.some((one) => one.toLowerCase() === address.toLowerCase());
