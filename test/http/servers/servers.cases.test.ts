import { describe, expect, test } from 'vitest';
import { sweepingOf } from '../../host/support/sweeping.ts';
import { ok, refusal } from '../../support/estate.ts';
import { ADA, ADA_WITHOUT, AGENT, type Person, pass, type Secured, secured } from '../../support/secured.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

const ALWAYS_ON = { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true };
const deregister = (s: Secured, who: Person = ADA) => s.within(who, 'DELETE', `/servers/${s.server}`);
const register = (s: Secured, server: string, who: Person = AGENT) =>
  s.within(who, 'PUT', `/servers/${server}`, { kind: 'MARS', agentVersion: '99.0.0.0' });
const registration = async (s: Secured) => ok(await s.within(ADA, 'GET', `/servers/${s.server}`)).registration;

describe('deregistering a server', () => {
  test('case 62: an item that is protected or kept is in the way; once all are in the trash, so is the server', async () => {
    const s = await secured(service);
    expect(await deregister(s)).toMatchObject(
      refusal(409, 'ServerNotEmpty', { items: [{ name: 'files', state: 'Protected' }] }),
    );
    ok(await s.vault.stop('files', 'retain'));
    expect(await deregister(s)).toMatchObject(
      refusal(409, 'ServerNotEmpty', { items: [{ name: 'files', state: 'ProtectionStopped' }] }),
    );
    expect(await registration(s)).toBe('Registered');
    ok(await s.delete('files', undefined, ADA));

    expect(await deregister(s)).toMatchObject({ status: 200, body: { registration: 'SoftDeleted' } });

    expect(await registration(s)).toBe('SoftDeleted');
    expect(await deregister(s)).toMatchObject({ status: 200, body: { registration: 'SoftDeleted' } });
  });

  test('one without any backups is let go, may come back, and is not in the way of deleting the vault', async () => {
    const s = await secured(service, { settings: { hybrid: { state: 'Disabled' } } });
    ok(await s.delete('files', undefined, ADA));
    expect(await deregister(s)).toMatchObject({ status: 200, body: { registration: 'Unregistered' } });
    expect(await register(s, s.server)).toMatchObject({ status: 200, body: { registration: 'Registered' } });
    expect(await s.within(ADA, 'DELETE', '')).toMatchObject(refusal(409, 'VaultNotEmpty'));
    ok(await deregister(s));
    expect(await s.within(ADA, 'DELETE', '')).toMatchObject({ status: 204 });
  });

  test('one in the trash is out of it when the last of its backups is', async () => {
    const s = await secured(service);
    ok(await s.delete('files', undefined, ADA));
    ok(await deregister(s));
    await sweepingOf(service).told(s.vault);
    await pass(service, 15 * 24 * 3600);
    expect(await registration(s)).toBe('SoftDeleted');
    ok(await s.ask(ADA, 'POST', 'sweeps', {}));
    expect(await registration(s)).toBe('Unregistered');
    expect(ok(await s.within(ADA, 'GET', '/servers')).value).toMatchObject([{ registration: 'Unregistered' }]);
    expect(await s.within(ADA, 'DELETE', '')).toMatchObject({ status: 204 });
  });

  test('nothing is protected on a server that was let go', async () => {
    const s = await secured(service);
    ok(await s.delete('files', undefined, ADA));
    ok(await deregister(s));
    const again = { workload: 'MARS', policy: 'daily', sourceId: 'C:/files', server: s.server };
    expect(await s.within(ADA, 'PUT', '/items/files', again)).toMatchObject(refusal(404, 'ServerNotFound'));
  });

  test('case 21: under AlwaysOn it is refused from the portal, and the agent still can', async () => {
    const s = await secured(service);
    ok(await s.vault.settings(ALWAYS_ON));
    expect(await deregister(s)).toMatchObject(refusal(409, 'AlwaysOnForbidsPortalDelete'));
    expect(await registration(s)).toBe('Registered');
    expect(await deregister(s, AGENT)).toMatchObject(refusal(409, 'ServerNotEmpty'));
    ok(await s.delete('files', await s.pin()));
    expect(await deregister(s)).toMatchObject(refusal(409, 'AlwaysOnForbidsPortalDelete'));
    expect(await deregister(s, AGENT)).toMatchObject({ status: 200, body: { registration: 'SoftDeleted' } });
  });

  test('under AlwaysOn it may be done from the portal where the vault says so', async () => {
    const s = await secured(service);
    ok(await s.vault.settings({ ...ALWAYS_ON, hybrid: { portalDeleteUnderAlwaysOn: 'softDelete' } }));
    expect(await s.delete('files', undefined, ADA)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    expect(await deregister(s)).toMatchObject({ status: 200, body: { registration: 'SoftDeleted' } });
  });

  test('case 20: under AlwaysOn the agent with a PIN still soft-deletes what the portal cannot', async () => {
    const s = await secured(service);
    ok(await s.vault.settings(ALWAYS_ON));
    expect(await s.delete('files', undefined, ADA)).toMatchObject(refusal(409, 'AlwaysOnForbidsPortalDelete'));
    expect(await s.delete('files')).toMatchObject(refusal(403, 'SecurityPinRequired'));
    expect(await s.delete('files', await s.pin())).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
  });

  test('is nothing for another agent', async () => {
    const s = await secured(service);
    expect(await deregister(s, { ...AGENT, sub: 'another' })).toMatchObject(refusal(403, 'Forbidden'));
  });
});

describe('a server in two vaults', () => {
  test('is registered in one at a time, whatever the case of its name', async () => {
    const [a, b] = [await secured(service), await secured(service)];
    expect(await register(b, a.server.toUpperCase())).toMatchObject(
      refusal(409, 'ActiveElsewhere', { vault: a.vault.name }),
    );
    expect(await b.within(ADA, 'GET', `/servers/${a.server}`)).toMatchObject({ status: 404 });
  });

  test('case 63: registered in another vault, what lies in the trash of the first cannot be undeleted until it is free again', async () => {
    const [a, b] = [await secured(service), await secured(service)];
    ok(await a.delete('files', undefined, ADA));
    ok(await deregister(a));
    ok(await register(b, a.server));

    expect(await a.vault.undelete('files')).toMatchObject(refusal(409, 'ActiveElsewhere', { vault: b.vault.name }));
    expect((await a.vault.get('files')).body.state).toBe('SoftDeleted');

    ok(await b.within(AGENT, 'DELETE', `/servers/${a.server}`));
    expect(await a.vault.undelete('files')).toMatchObject({ status: 200, body: { state: 'ProtectionStopped' } });
    expect(await registration(a)).toBe('Registered');
    expect(await register(b, a.server)).toMatchObject(refusal(409, 'ActiveElsewhere'));
  });

  test('of an undelete here and a registration there, at once, exactly one wins', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [a, b] = [await secured(service), await secured(service)];
      ok(await a.delete('files', undefined, ADA));
      ok(await deregister(a));
      const [undeleted, registered] = await Promise.all([a.vault.undelete('files'), register(b, a.server)]);
      const won = [undeleted, registered].filter(({ status }) => status < 300);
      expect(won).toHaveLength(1);
      const lost = undeleted.status < 300 ? registered : undeleted;
      expect(lost).toMatchObject(refusal(409, 'ActiveElsewhere'));
    }
  });
});

describe('AlwaysOn', () => {
  test('case 16: takes a confirmation and a second factor', async () => {
    const s = await secured(service);
    const patch = (body: object, who: Person) => s.within(who, 'PATCH', '', body);
    expect(await patch({ softDelete: { state: 'AlwaysOn' } }, ADA)).toMatchObject(refusal(400, 'ConfirmationRequired'));
    expect(await patch(ALWAYS_ON, ADA_WITHOUT)).toMatchObject(refusal(401, 'StepUpRequired'));
    expect(await patch(ALWAYS_ON, ADA)).toMatchObject({ status: 200, body: { softDelete: { state: 'AlwaysOn' } } });
  });
});
