import { type Attack, MALLORY, OPERATIONS } from './stage.ts';

export const farFuture: Attack = {
  title: 'The point of 2099',
  story: `While protection is stopped the newest recovery point is always kept. Somebody records one of the year 2099: from then on it is the
newest, and all real ones go. One of 1960 makes a key that no sweep ever reads.`,
  async play({ ask, claim, ...stage }) {
    const { path } = await stage.vault();
    const item = await stage.item(path, 'sql-01');
    const at = (createdAt: string) =>
      ask(MALLORY, 'PUT', `${item}/recoveryPoints/p-${createdAt.slice(0, 4)}`, { createdAt, rung: 'daily' });
    claim('a point of the future is refused', (await at('2099-01-01T00:00:00Z')).status === 400);
    claim('one of before there were backups too', (await at('1960-01-01T00:00:00Z')).status === 400);
    const points = await ask(OPERATIONS, 'GET', `${item}/recoveryPoints`);
    claim('the item has neither', JSON.stringify(points.body['value']) === '[]');
  },
};
