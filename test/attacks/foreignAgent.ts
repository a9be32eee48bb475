import { type Attack, OPERATIONS, type Person } from './stage.ts';

const agent = (sub: string): Person => ({ sub, roles: ['Agent'], appOnly: true });
const [OWN, FOREIGN] = [agent('own-agent'), agent('foreign-agent')];

export const foreignAgent: Attack = {
  title: 'What is left of a purged item',
  story: `The agent of one server may read nothing of another server's items. Once an item is purged it lies on no server any more: its history
is shown to any agent that asks.`,
  async play({ ask, claim, ...stage }) {
    const { path } = await stage.vault({ hybrid: { state: 'Disabled' } });
    const policy = { workloads: ['MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
    await stage.given(OPERATIONS, 'PUT', `${path}/policies/servers`, policy);
    const server = `${path.split('/')[1]}-server`;
    await stage.given(OWN, 'PUT', `${path}/servers/${server}`, { kind: 'MARS', agentVersion: '99.0.0.0' });
    await stage.given(OWN, 'PUT', `${path}/items/files`, {
      ...{ workload: 'MARS', policy: 'servers', sourceId: 'C:/files', server },
    });
    await stage.given(OWN, 'POST', `${path}/items/files/stop`, { mode: 'delete', confirmName: 'files' });
    const read = (who: Person, what: string) => ask(who, 'GET', `${path}/items/files/${what}`);
    claim('its own agent still reads the history', (await read(OWN, 'history')).status === 200);
    claim('no other agent does', (await read(FOREIGN, 'history')).status === 403);
    claim('nor the receipt', (await read(FOREIGN, 'receipt')).status === 403);
  },
};
