import { type Attack, by, MALLORY, MALLORY_WITH_MFA } from './stage.ts';

export const hush: Attack = {
  title: 'The silence before',
  story: `Before the deed somebody makes a silence over everything, beginning yesterday, so that no mail is sent about what happened and what is
going to happen.`,
  async play({ ask, claim, hears, stands, ...stage }) {
    const { path, ops, owner } = await stage.vault();
    await stage.item(path, 'sql-01');
    const now = await stage.now();
    const [from, until] = [now - 86_400_000, now + 20 * 86_400_000].map((at) => new Date(at).toISOString());
    const types = ['SoftDeleteDisabledForVault'];
    const security = await ask(MALLORY, 'PUT', `${path}/silences/all`, { from, until, types, reason: 'works' });
    claim('security cannot be silenced', security.status === 400);
    await ask(MALLORY, 'PUT', `${path}/silences/all`, { from, until, reason: 'works' });
    claim('the silence is told to those whom it keeps silent', await hears(ops, /Alerts reduced/));
    claim('it stands in the history', await stands(`${path}/history`, by(MALLORY, /Silence/)));
    await ask(MALLORY_WITH_MFA, 'PATCH', path, { softDelete: { state: 'Disabled' } });
    claim('a weakening is told in spite of it', await hears(owner, /Soft delete disabled/));
    await ask(MALLORY_WITH_MFA, 'POST', `${path}/items/sql-01/stop`, { mode: 'delete', confirmName: 'sql-01' });
    claim('a deletion for good too', await hears(owner, /permanently deleted: sql-01/));
  },
};
