import { type Attack, by, MALLORY, MALLORY_WITH_MFA } from './stage.ts';

export const fridayNight: Attack = {
  title: 'Friday night',
  story: `On Friday night one person with the role Contributor turns soft delete off, takes everybody out of the recipients, destroys the backups
and deletes the vault. On Monday there is no vault, no mail and no row that names them.`,
  async play(stage) {
    const { ask, claim, hears, stands } = stage;
    const { path, ops, owner } = await stage.vault();
    await stage.item(path, 'sql-01');
    const off = { softDelete: { state: 'Disabled' } };
    const nobody = { alerts: { recipients: [], owners: [] } };
    claim('turning soft delete off takes a second factor', (await ask(MALLORY, 'PATCH', path, off)).status === 401);
    claim('taking everybody out takes one too', (await ask(MALLORY, 'PATCH', path, nobody)).status === 401);
    claim('the attempts are told', await hears(ops, /Critical operation refused/));

    // now with a session that somebody left open
    await ask(MALLORY_WITH_MFA, 'PATCH', path, off);
    await ask(MALLORY_WITH_MFA, 'PATCH', path, nobody);
    claim('the people of the vault hear that soft delete is off', await hears(owner, /Soft delete disabled/));
    claim('those who were taken out hear of it', await hears(ops, /Alerts reduced/));
    claim('and so do the operators of the service', await hears('operators@reprieve.local', /Soft delete disabled/));
    await ask(MALLORY_WITH_MFA, 'POST', `${path}/items/sql-01/stop`, { mode: 'delete', confirmName: 'sql-01' });
    claim(
      'where nobody is named any more the operators hear that backups are gone',
      await hears('operators@reprieve.local', /permanently deleted: sql-01/),
    );
    claim(
      'the history of the item names who did it',
      await stands(`${path}/items/sql-01/history`, by(MALLORY, /StopDelete/)),
    );

    await ask(MALLORY_WITH_MFA, 'DELETE', path);
    claim('the deletion of the vault is told', await hears('operators@reprieve.local', /Vault deleted/));
    claim('its history can still be read', await stands(`${path}/history`, by(MALLORY, /DeleteVault/)));
    const restored = await ask(MALLORY_WITH_MFA, 'POST', `deletedVaults/${path.split('/')[1]}/restore`);
    claim('the vault can be restored', restored.status === 200);
  },
};
