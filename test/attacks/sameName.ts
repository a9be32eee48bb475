import { setTimeout as pause } from 'node:timers/promises';
import { type Attack, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

const DAY = 86_400;

export const sameName: Attack = {
  title: 'The vault made again',
  story: `Somebody deletes a vault and makes it again under its old name. The ids of its alerts repeat, the mail service takes an id once: what is
deleted in the new vault is mailed to nobody, and the ledger says "Sent".`,
  async play({ ask, claim, hears, inbox, ...stage }) {
    const { name, path, ops, owner } = await stage.vault();
    const settings = { kind: 'RecoveryServices', alerts: { recipients: [ops], owners: [owner] } };
    const item = await stage.item(path, 'sql-01');
    const stop = { mode: 'delete', confirmName: 'sql-01' };
    await stage.given(OPERATIONS, 'POST', `${item}/stop`, stop);
    claim('the first deletion is told', await hears(ops, /Backup data deleted: sql-01/));
    await stage.given(OPERATIONS, 'POST', `${item}/undelete`);
    await stage.given(MALLORY_WITH_MFA, 'PATCH', path, { softDelete: { state: 'Disabled' } });
    await stage.given(OPERATIONS, 'POST', `${item}/stop`, stop);
    await ask(MALLORY_WITH_MFA, 'DELETE', path);
    const again = await ask(MALLORY_WITH_MFA, 'PUT', path, settings);
    claim('the name is not free', again.status === 410);
    claim('the deletion is told', await hears(owner, /Vault deleted/));
    await stage.pass(14 * DAY + 60);
    // it waits for every mail about the vault, and looks again an hour later
    for (let hours = 0; hours < 48 && (await ask(OPERATIONS, 'GET', path)).status === 410; hours += 1) {
      await stage.sweep();
      await pause(200);
      await stage.pass(3660);
    }
    await stage.given(MALLORY_WITH_MFA, 'PUT', path, settings);
    const retention = { daily: 30 };
    const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention };
    await stage.given(OPERATIONS, 'PUT', `${path}/policies/daily`, policy);
    await stage.item(path, 'sql-01');
    const mails = async () =>
      (await inbox(ops)).filter(({ subject }) => subject.includes('Backup data deleted: sql-01')).length;
    const before = await mails();
    await ask(MALLORY_WITH_MFA, 'POST', `${item}/stop`, stop);
    const isMailed = await stage.comesTrue(async () => (await mails()) > before);
    claim(`what is deleted in the new ${name} is mailed again`, isMailed);
  },
};
