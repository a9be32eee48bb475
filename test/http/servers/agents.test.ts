import { expect, test } from 'vitest';
import { rolesOf } from '../../../src/http/route.ts';
import {
  anItem,
  aPoint,
  aServer,
  aVault,
  deletion,
  done,
  fresh,
  protection,
  refused,
} from '../../host/support/door.ts';
import { pathOf, ROUTES } from '../../host/support/writes.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();
const { door } = service;
const agent = (sub: string) => service.token({ sub, roles: ['Agent'], appOnly: true });
const [mine, yours] = [await agent('mine'), await agent('yours')];
const mars = { kind: 'MARS', agentVersion: '2.0.9260' };

/** A server that "mine" registered, and an item on it. */
async function ownServer() {
  const vault = await aVault(door);
  const server = await aServer(door, vault, mine);
  const item = fresh('files');
  const path = `vaults/${vault}/items/${item}`;
  const body = protection(vault, item, { workload: 'MARS', server });
  await done(door('PUT', path, { body, token: mine }));
  return { vault, server, item, path, body };
}

/** Every door that an agent may pass, with a body that the route takes. */
const BODIES: Readonly<Record<string, object>> = {
  putServer: { agentVersion: '2.0.9999' },
  stopItem: { mode: 'retain' },
  resumeItem: { policy: 'daily' },
  changePolicy: { policy: 'daily' },
  restoreItem: { recoveryPoint: 'any' },
  completeJob: { status: 'Completed' },
  putRecoveryPoint: { createdAt: '2026-01-01T00:00:00Z', rung: 'daily' },
};
const agentRoutes = ROUTES.filter((route) => rolesOf(route).includes('Agent'));

test('an agent works with its own server and items', async () => {
  const { vault, server, path, body } = await ownServer();
  const as = (method: string, target: string, more?: object) =>
    door(method, target, { token: mine, ...(more ? { body: more } : {}) });
  expect(await as('GET', `vaults/${vault}/servers/${server}`)).toMatchObject({
    status: 200,
    body: { registeredBy: 'mine' },
  });
  expect((await as('PUT', `vaults/${vault}/servers/${server}`, { agentVersion: '2.1' })).status).toBe(200);
  expect((await as('PUT', path, body)).status).toBe(200);
  const job = await done(as('POST', `${path}/backup`, {}));
  expect((await as('GET', `${path}/jobs/${job.id}`)).status).toBe(200);
  const end = { status: 'Completed', recoveryPoint: { name: 'rp' } };
  expect((await as('POST', `${path}/jobs/${job.id}/complete`, end)).status).toBe(200);
  for (const tail of ['', '/recoveryPoints', '/recoveryPoints/rp', '/history', '/explain'])
    expect((await as('GET', `${path}${tail}`)).status).toBe(200);
  expect((await as('POST', `${path}/stop`, { mode: 'retain' })).status).toBe(200);
  expect((await as('POST', `${path}/resume`, { policy: 'other' })).status).toBe(200);
  expect((await door('GET', `${path}/history`)).body.value[0]).toMatchObject({
    caller: { oid: 'mine', channel: 'agent', roles: ['Agent'] },
  });
});

test('an agent touches nothing of another agent’s', async () => {
  const { vault, server, item, path, body } = await ownServer();
  const before = (await door('GET', path)).body;
  for (const { name, method, path: template, body: takes } of agentRoutes) {
    const target = pathOf(template, (part) => ({ vault, server, item })[part] ?? 'any');
    const given = name === 'protectItem' ? body : (BODIES[name] ?? {});
    const answer = await door(method, target, { token: yours, ...(takes ? { body: given } : {}) });
    expect([name, answer.status, answer.body.error?.code]).toEqual([name, 403, 'Forbidden']);
  }
  expect((await door('GET', path)).body).toEqual(before);
  expect((await door('GET', `vaults/${vault}/servers/${server}`)).body).toMatchObject({
    registeredBy: 'mine',
    ...mars,
  });
});

test('an agent touches nothing that lies on no server', async () => {
  const vault = await aVault(door);
  const path = await anItem(door, vault, 'vm');
  await aPoint(door, path, 'any');
  for (const { name, method, path: template, body: takes } of agentRoutes) {
    if (!template.includes('{item}')) continue;
    const target = pathOf(template, (part) => ({ vault, item: 'vm' })[part] ?? 'any');
    const given = name === 'protectItem' ? protection(vault, 'vm') : (BODIES[name] ?? {});
    const answer = await door(method, target, { token: mine, ...(takes ? { body: given } : {}) });
    expect([name, answer.status, answer.body.error?.code]).toEqual([name, 403, 'Forbidden']);
  }
});

test('an agent puts nothing on another agent’s server', async () => {
  const { vault, server } = await ownServer();
  const body = protection(vault, 'new', { workload: 'MARS', server });
  const answer = await door('PUT', `vaults/${vault}/items/new`, { body, token: yours });
  expect(answer).toMatchObject(refused(403, 'Forbidden'));
  expect((await door('GET', `vaults/${vault}/items/new`)).status).toBe(404);
});

test('an agent protects nothing in the cloud', async () => {
  const vault = await aVault(door);
  const answer = await door('PUT', `vaults/${vault}/items/vm`, { body: protection(vault, 'vm'), token: mine });
  expect(answer).toMatchObject(refused(403, 'Forbidden'));
  expect((await door('GET', `vaults/${vault}/items/vm`)).status).toBe(404);
});

test('an agent that deletes is asked for a PIN, under AlwaysOn too', async () => {
  const { vault, path } = await ownServer();
  const stop = () => door('POST', `${path}/stop`, { body: deletion(path), token: mine });
  expect(await stop()).toMatchObject(refused(403, 'SecurityPinRequired'));
  const token = await service.token({ sub: 'ada', roles: ['Contributor'], mfa: true });
  const body = { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true };
  await done(door('PATCH', `vaults/${vault}`, { body, token }));
  expect(await stop()).toMatchObject(refused(403, 'SecurityPinRequired'));
  expect((await door('GET', path)).body.state).toBe('Protected');
});

test('people with a role see what agents registered', async () => {
  const { vault, server, path } = await ownServer();
  const token = await service.token({ sub: 'ada', roles: ['Reader'] });
  for (const target of [path, `vaults/${vault}/servers/${server}`])
    expect((await door('GET', target, { token })).status).toBe(200);
});

test('what was purged stays its agent’s own, and its history is shown to no other; its name is free for anybody', async () => {
  const off = { softDelete: { state: 'Disabled' }, hybrid: { state: 'Disabled' } };
  const vault = await aVault(door, { settings: off });
  const [server, other] = [await aServer(door, vault, mine), await aServer(door, vault, yours)];
  const path = `vaults/${vault}/items/files`;
  const on = (name: string) => protection(vault, 'files', { workload: 'MARS', server: name });
  await done(door('PUT', path, { body: on(server), token: mine }));
  await done(door('POST', `${path}/stop`, { body: deletion(path), token: mine }));

  for (const tail of ['', '/history', '/explain', '/recoveryPoints'])
    expect(await door('GET', `${path}${tail}`, { token: yours })).toMatchObject(refused(403, 'Forbidden'));
  expect(await door('GET', path, { token: mine })).toMatchObject(refused(410, 'ItemPurged'));
  const history = await door('GET', `${path}/history`, { token: mine });
  expect(history.body.value[0]).toMatchObject({ to: 'Purged' });

  expect((await door('PUT', path, { body: on(other), token: yours })).status).toBe(201);
  expect((await door('GET', `${path}/history`, { token: yours })).status).toBe(200);
  expect(await door('GET', `${path}/history`, { token: mine })).toMatchObject(refused(403, 'Forbidden'));
});

test('an agent is shown no history of an item that is not there', async () => {
  const { vault } = await ownServer();
  expect(await door('GET', `vaults/${vault}/items/nobody/history`, { token: mine })).toMatchObject(
    refused(404, 'ItemNotFound'),
  );
});
