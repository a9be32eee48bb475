import type { Part } from '../part.ts';
import { startMail } from './start.ts';

export const mailPart: Part = {
  name: 'mail stand-in',
  ports: ({ mailPort: port }) => (port === 0 ? [] : [{ option: 'mail-port', port }]),
  async start({ options, neighbours, onStop }) {
    const mail = await startMail(options.mailPort, { neighbours });
    onStop(mail.stop);
    return {
      facts: { mail: mail.origin },
      settings: { MAIL_CONNECTION_STRING: mail.connectionString, MAIL_SENDER: 'DoNotReply@reprieve.local' },
    };
  },
};
