import { type Attack, OPERATIONS, type Person } from './stage.ts';

const agent = (sub: string): Person => ({ sub, roles: ['Agent'], appOnly: true });
const [GOOD, BAD] = [agent('good-agent'), agent('bad-agent')];

export const burntPin: Attack = {
  title: 'The burnt PIN',
  story: `A person gives the agent of one server a PIN. An agent of another server guesses until the PIN is revoked; or uses it, once it has seen
it, for something that it was not given out for.`,
  async play({ ask, claim, ...stage }) {
    const { path } = await stage.vault();
    const policy = { workloads: ['MARS'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
    await stage.given(OPERATIONS, 'PUT', `${path}/policies/servers`, policy);
    const name = path.split('/')[1] ?? '';
    for (const [who, server] of [
      [GOOD, `${name}-good`],
      [BAD, `${name}-bad`],
    ] as const) {
      await stage.given(who, 'PUT', `${path}/servers/${server}`, { kind: 'MARS', agentVersion: '99.0.0.0' });
      const files = { workload: 'MARS', policy: 'servers', sourceId: 'C:/files', server };
      await stage.given(who, 'PUT', `${path}/items/${server}`, files);
    }
    const { securityPin } = await stage.given(OPERATIONS, 'POST', `${path}/securityPin`, { server: `${name}-good` });
    const pin = { 'x-reprieve-security-pin': String(securityPin) };
    const stop = (who: Person, server: string, headers: object) =>
      ask(who, 'POST', `${path}/items/${server}/stop`, { mode: 'delete', confirmName: server }, headers);
    for (let guess = 0; guess < 6; guess += 1)
      await stop(BAD, `${name}-bad`, { 'x-reprieve-security-pin': `0000000${guess}` });
    const off = await ask(GOOD, 'PATCH', path, { hybrid: { state: 'Disabled' } }, pin);
    claim('a PIN for a deletion opens no setting', off.status === 403);
    const other = await stop(BAD, `${name}-bad`, pin);
    claim('a PIN for one server opens none on another', other.status >= 400);
    const own = await stop(GOOD, `${name}-good`, pin);
    claim('guesses about another server do not burn it', own.status === 200);
  },
};
