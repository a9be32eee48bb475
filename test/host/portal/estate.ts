/** A small vault to walk through, made by a person with the second factor. */
import type { Service } from '../../support/launch.ts';

const DAY = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();

export async function furnish({ api, token }: Service): Promise<void> {
  const bearer = await token({ sub: 'dana', roles: ['Contributor'], mfa: true });
  const send = async (method: string, path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' };
    const answer = await fetch(`${api}/api/${path}`, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  };
  await send('PUT', 'vaults/contoso', { kind: 'RecoveryServices', alerts: { recipients: ['ops@contoso.com'] } });
  const policy = { workloads: ['AzureVM', 'MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await send('PUT', 'vaults/contoso/policies/daily', policy);
  await send('PUT', 'vaults/contoso/servers/filesrv-01', { kind: 'MARS', agentVersion: '2.0.9260' });
  for (const name of ['web-01', 'sql-01', 'gone-01']) {
    await send('PUT', `vaults/contoso/items/${name}`, {
      workload: 'AzureVM',
      policy: 'daily',
      sourceId: `/vm/${name}`,
    });
    for (const [point, days] of Object.entries({ fresh: 1, old: 29 })) {
      const made = { createdAt: ago(days), rung: 'daily' };
      await send('PUT', `vaults/contoso/items/${name}/recoveryPoints/${point}`, made);
    }
  }
  await send('POST', 'vaults/contoso/items/gone-01/stop', { mode: 'delete', confirmName: 'gone-01', reason: 'Cost' });
}
