import { type Attack, by, MALLORY, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

export const liftedHold: Attack = {
  title: 'The lifted hold',
  story: `An item is held for a court. Somebody else takes the hold away, or sets its end to a minute from now, and the item is purged.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const { path, ops, owner } = await stage.vault();
    const item = await stage.item(path, 'sql-01');
    await stage.given(OPERATIONS, 'PUT', `${item}/holds/court`, { reason: 'case 4711' });
    const gone = await ask(MALLORY, 'DELETE', `${item}/holds/court`);
    claim('taking the hold of somebody else away takes a second factor', gone.status === 401);
    const until = new Date((await stage.now()) + 60_000).toISOString();
    const ended = await ask(MALLORY, 'PUT', `${item}/holds/court`, { reason: 'case 4711', until });
    claim('ending it earlier takes one too', ended.status === 401);
    await ask(MALLORY_WITH_MFA, 'DELETE', `${item}/holds/court`);
    claim('who does it with one is told to the owners', await hears(owner, /Protection weakened/));
    claim('and to the recipients', await hears(ops, /Protection weakened/));
    claim('it stands in the history of the item', await stands(`${item}/history`, by(MALLORY, /Hold/)));
  },
};
