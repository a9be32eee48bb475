import { type Attack, by, MALLORY, OPERATIONS } from './stage.ts';

export const shorterByResume: Attack = {
  title: 'Shorter by another verb',
  story: `Changing the policy of an item to a shorter one is guarded. So somebody stops the item, keeping its data, and resumes it under the
shorter policy: the same loss by another verb.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const { path, ops } = await stage.vault();
    const guard = await stage.guard(['stopProtection']);
    const item = await stage.item(path, 'sql-01');
    const short = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 7 } };
    await stage.given(MALLORY, 'PUT', `${path}/policies/short`, short);
    await stage.given(OPERATIONS, 'PUT', `${path}/guard`, { guard: guard.name });
    const changed = await ask(MALLORY, 'POST', `${item}/changePolicy`, { policy: 'short' });
    claim('changing the policy is guarded', changed.code === 'GuardApprovalRequired');
    await ask(MALLORY, 'POST', `${item}/stop`, { mode: 'retain' });
    const resumed = await ask(MALLORY, 'POST', `${item}/resume`, { policy: 'short' });
    claim('resuming under a shorter one is guarded as well', resumed.code === 'GuardApprovalRequired');
    claim('the people of the vault hear of the attempt', await hears(ops, /Critical operation refused/));
    claim('it stands in the history of the item', await stands(`${item}/history`, by(MALLORY, /Resume/)));
  },
};
