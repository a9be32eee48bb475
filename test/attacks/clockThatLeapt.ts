import { type Attack, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

const DAY = 86_400;

export const clockThatLeapt: Attack = {
  title: 'The outage',
  story: `Backups are deleted; then the sweeps stop for two months, or a clock leaps. The first sweep afterwards purges everything that fell due
in the meantime, before anybody could be reminded.`,
  async play({ ask, claim, hears, ...stage }) {
    const { path, ops } = await stage.vault();
    const item = await stage.item(path, 'sql-01');
    await ask(MALLORY_WITH_MFA, 'POST', `${item}/stop`, { mode: 'delete', confirmName: 'sql-01' });
    claim('the deletion is told', await hears(ops, /Backup data deleted: sql-01/));
    await stage.pass(60 * DAY);
    await stage.sweep();
    claim('nothing is purged', (await ask(OPERATIONS, 'GET', item)).body['state'] === 'SoftDeleted');
    claim('people are reminded, with a day to act', await hears(ops, /purged soon: sql-01.* - 1 day left/));
    const saved = await ask(OPERATIONS, 'POST', `${item}/undelete`);
    claim('until then it can be undeleted, although its period is over', saved.status === 200);
  },
};
