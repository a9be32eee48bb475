import type { Mailer } from '../ports/alerts.ts';

/** Nobody listens there, or nobody said where. */
const AWAY: ReadonlySet<string> = new Set(['ECONNREFUSED', 'NoMailService']);

/**
 * For a local run, where the mail service may not have been started. That is no failed try: mails wait however long it lasts, and go out
 * when it is there. The log says so once, and once more when it is over.
 */
export function patientMailer(mailer: Mailer, say: (line: string) => void): Mailer {
  let waiting = false;
  return {
    async send(mail) {
      const sent = await mailer.send(mail);
      const away = !sent.sent && AWAY.has(sent.code);
      if (away && !waiting)
        say(
          `Mails wait, because no mail service answers. Start the one of a local run with "npm run parts". (${sent.reason})`,
        );
      if (!away && waiting) say('The mail service answers again, and the mails that wait go out within five minutes.');
      waiting = away;
      return away ? { ...sent, away } : sent;
    },
  };
}
