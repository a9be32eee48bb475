import { type Attack, by, MALLORY_WITH_MFA, OPERATIONS } from './stage.ts';

export const coolingOff: Attack = {
  title: 'The patient attacker',
  story: `Somebody with a second factor turns soft delete off in a vault that makes such changes wait, and shortens the wait at the same time.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const { path, ops } = await stage.vault({ coolingOffHours: 48 });
    const all = { softDelete: { state: 'Disabled' }, coolingOffHours: 0 };
    const asked = await ask(MALLORY_WITH_MFA, 'PATCH', path, all);
    claim('it is announced, and does not hold', asked.status === 202);
    claim('everybody is told', await hears(ops, /Weakening of protection requested/));
    await stage.pass(47 * 3600);
    await stage.sweep();
    const { body } = await ask(OPERATIONS, 'GET', path);
    claim('not before its time', JSON.stringify(body['softDelete']).includes('"Enabled"'));
    const pending = (body['pendingChanges'] ?? []) as readonly { readonly id: string }[];
    for (const { id } of pending) await ask(OPERATIONS, 'DELETE', `${path}/pendingChanges/${id}`);
    await stage.pass(3 * 3600);
    await stage.sweep();
    const after = (await ask(OPERATIONS, 'GET', path)).body;
    claim('and never, if somebody cancels it', JSON.stringify(after['softDelete']).includes('"Enabled"'));
    claim('it stands in the history', await stands(`${path}/history`, by(MALLORY_WITH_MFA, /Vault/)));
  },
};
