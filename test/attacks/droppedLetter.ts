import { type Attack, by, MALLORY, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

export const droppedLetter: Attack = {
  title: 'The dropped letter',
  story: `A mail about a deletion could not be sent and lies among the dead letters, the only place where it can be seen. Somebody drops it.`,
  async play({ ask, claim, hears, stands, service, ...stage }) {
    const { name, path, ops } = await stage.vault();
    await stage.item(path, 'sql-01');
    const faults = (mode: string) =>
      fetch(`${service.mail}/faults`, {
        ...{ method: 'PUT', body: JSON.stringify({ mode }), headers: { 'content-type': 'application/json' } },
      });
    await faults('reject');
    await ask(MALLORY_WITH_MFA, 'POST', `${path}/items/sql-01/stop`, { mode: 'delete', confirmName: 'sql-01' });
    const letters = async () =>
      (
        (await ask(OPERATIONS, 'GET', 'deadletters?top=200')).body['value'] as readonly { id: string; alert: string }[]
      ).filter(({ alert }) => alert?.startsWith(`${name}~sql-01~DeleteBackupData`));
    const began = Date.now();
    while ((await letters()).length < 2 && Date.now() - began < 60_000);
    await faults('none');
    const [letter] = await letters();
    claim('the mail that failed is a dead letter', letter !== undefined);
    await ask(MALLORY, 'DELETE', `deadletters/${letter?.id}`);
    claim('who drops it is told to the people of the vault', await hears(ops, /Alerts reduced/));
    claim('it stands in the history', await stands(`${path}/history`, by(MALLORY, /DismissDeadLetter/)));
    const alert = await ask(OPERATIONS, 'GET', `${path}/alerts/${letter?.alert}`);
    claim('the alert goes on to say that the mail was given up', JSON.stringify(alert.body).includes('DeadLettered'));
  },
};
