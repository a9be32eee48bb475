import { type Attack, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

const DAY = 86_400;

export const mailsThatFail: Attack = {
  title: 'The mails that failed',
  story: `Backups are deleted while the mail service refuses everything. All three mails fail; on the day the item is purged, and nobody has ever
heard of it.`,
  async play({ ask, claim, hears, service, ...stage }) {
    const faults = (mode: string) =>
      fetch(`${service.mail}/faults`, { method: 'PUT', body: JSON.stringify({ mode }), headers: JSON_TYPE });
    const { name, path, ops } = await stage.vault();
    const item = await stage.item(path, 'sql-01');
    const state = async () => (await ask(OPERATIONS, 'GET', item)).body['state'];
    const blockers = async () => JSON.stringify((await ask(OPERATIONS, 'GET', `${item}/explain`)).body['blockers']);
    await faults('reject');
    await ask(MALLORY_WITH_MFA, 'POST', `${item}/stop`, { mode: 'delete', confirmName: 'sql-01' });
    // long after its time; the reminders are refused as well
    for (const days of [12, 3, 2, 2]) {
      await stage.pass(days * DAY);
      await stage.sweep();
    }
    claim('it is not purged while nobody knows', (await state()) === 'SoftDeleted');
    claim('and it says why', (await blockers()).includes('NotTold'));
    await faults('none');
    const sendAgain = async () => {
      const { body } = await ask(OPERATIONS, 'GET', 'deadletters?top=200');
      for (const { id, alert } of body['value'] as readonly Letter[])
        if (alert?.startsWith(`${name}~`)) await ask(OPERATIONS, 'POST', `deadletters/${id}/redrive`);
    };
    const hearsNow = async (subject: RegExp) => {
      for (let tries = 0; tries < 20; tries += 1) {
        await sendAgain();
        if (await hears(ops, subject, 3000)) return true;
      }
      return false;
    };
    claim('when the mails can be sent again people are told', await hearsNow(/Backup data deleted: sql-01/));
    claim('and reminded', await hearsNow(/purged soon: sql-01/));
    await stage.sweep();
    claim('they have the notice from then on', (await blockers()).includes('NoticeRunning'));
    await stage.pass(DAY + 60);
    await stage.sweep();
    claim('only then it goes', (await state()) === undefined);
  },
};

interface Letter {
  readonly id: string;
  readonly alert: string | null;
}

const JSON_TYPE = { 'content-type': 'application/json' };
