import { describe, expect, test } from 'vitest';
import { call } from '../../support/call.ts';
import { aVault, HYBRID, moves, ok, refusal } from '../../support/estate.ts';
import { ADA, ADA_WITHOUT, AGENT, pass, type Secured, secured } from '../../support/secured.ts';
import { serviceInMemory } from '../serviceInMemory.ts';

const service = serviceInMemory();

const stateOf = async ({ vault }: Secured, item = 'files') => (await vault.get(item)).body.state;
const wrongFor = (pin: string): string => (pin === '00000000' ? '00000001' : '00000000');

describe('deleting the backups of a server', () => {
  for (const kind of HYBRID)
    test(`case 48: without a PIN the ${kind} agent is refused; nothing changed, no delete alert, but somebody hears of it`, async () => {
      const s = await secured(service, { kind });

      expect(await s.delete('files')).toMatchObject(refusal(403, 'SecurityPinRequired'));

      expect(await stateOf(s)).toBe('Protected');
      expect(moves(await s.vault.history('files'))).toEqual([[null, 'Protected']]);
      expect(await s.alerts('DeleteBackupData')).toEqual([]);
      expect(await s.alerts('CriticalOperationRefused')).toMatchObject([
        { type: 'CriticalOperationRefused', item: 'files' },
      ]);
    });

  for (const kind of HYBRID)
    test(`case 49: with a PIN the ${kind} agent does it: 4:59 old it is good, 5:01 old it is not`, async () => {
      const s = await secured(service, { kind });
      const old = await s.pin();
      await pass(service, 301);
      expect(await s.delete('files', old)).toMatchObject(refusal(403, 'SecurityPinInvalid', { azureCode: '100130' }));
      expect(await stateOf(s)).toBe('Protected');

      const young = await s.pin();
      await pass(service, 297);
      expect(await s.delete('files', young)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    });

  test('case 50: wrong, expired, used and never issued cannot be told apart', async () => {
    const s = await secured(service);
    const answers: unknown[] = [];
    const ask = async (pin: string) => {
      const { status, body, headers } = await s.delete('files', pin);
      const names = [...headers.keys()].toSorted();
      answers.push({ status, body, names, code: headers.get('x-ms-error-code') });
    };
    await ask('12345678');
    const pin = await s.pin();
    await ask(wrongFor(pin));
    await pass(service, 301);
    await ask(pin);
    const used = await s.pin();
    ok(await s.delete('files', used));
    ok(await s.vault.undelete('files'));
    await ask(used);

    expect(answers[0]).toMatchObject({ status: 403, code: 'SecurityPinInvalid' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('case 51: a PIN is good once, and a new one revokes the old', async () => {
    const s = await secured(service);
    const first = await s.pin();
    const second = await s.pin();
    expect(await s.delete('files', first)).toMatchObject(refusal(403, 'SecurityPinInvalid'));
    expect(await s.delete('files', second)).toMatchObject({ status: 200, body: { state: 'SoftDeleted' } });
    ok(await s.vault.undelete('files'));
    expect(await s.delete('files', second)).toMatchObject(refusal(403, 'SecurityPinInvalid'));
    expect(await stateOf(s)).toBe('ProtectionStopped');
  });

  test('case 51: five misses revoke it and raise PinFailures; then there is a pause', async () => {
    const s = await secured(service);
    const pin = await s.pin();
    for (let miss = 0; miss < 5; miss += 1)
      expect(await s.delete('files', wrongFor(pin))).toMatchObject(refusal(403, 'SecurityPinInvalid'));

    const blocked = await s.delete('files', pin);

    expect(blocked).toMatchObject(refusal(429, 'TooManyAttempts'));
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(290);
    expect(await s.alerts('PinFailures')).toMatchObject([{ severity: 'Sev1' }]);
    expect(await s.delete('files', await s.pin())).toMatchObject({ status: 200 });
  });

  test('case 51: used by many at once it is accepted once', async () => {
    const s = await secured(service);
    const items = Array.from({ length: 4 }, (_, index) => `disk-${index}`);
    for (const name of items)
      ok(
        await s.within(AGENT, 'PUT', `/items/${name}`, {
          workload: 'MARS',
          policy: 'daily',
          sourceId: name,
          server: s.server,
        }),
      );
    for (let round = 0; round < 5; round += 1) {
      const pin = await s.pin();
      const answers = await Promise.all(items.map((name) => s.delete(name, pin)));
      const done = answers.filter(({ status }) => status === 200);
      expect(done).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 403)).toHaveLength(items.length - 1);
      ok(await s.ask(ADA, 'POST', `vaults/${s.vault.name}/undelete`, { all: true }));
    }
  });

  test('case 52: stopping and keeping the data asks for none', async () => {
    const s = await secured(service);
    expect(await s.within(AGENT, 'POST', '/items/files/stop', { mode: 'retain' })).toMatchObject({ status: 200 });
  });

  for (const [kind, old] of [
    ['MARS', '2.0.9051'],
    ['DPM', '10.22.147.0'],
    ['MABS', '13.0.414.0'],
  ] as const)
    test(`case 54: the ${kind} agent ${old} is too old to delete, and its PIN is still good after the update`, async () => {
      const s = await secured(service, { kind, agentVersion: old });
      const pin = await s.pin();
      expect(await s.delete('files', pin)).toMatchObject(
        refusal(426, 'AgentTooOld', { agentVersion: old, azureCode: '120002' }),
      );
      expect(await stateOf(s)).toBe('Protected');
      ok(await s.within(AGENT, 'PUT', `/servers/${s.server}`, { agentVersion: '20.0.0.0' }));
      expect(await s.delete('files', pin)).toMatchObject({ status: 200 });
    });

  test('a person without a second factor may bring a PIN as well', async () => {
    const s = await secured(service);
    expect(await s.delete('files', await s.pin(), ADA_WITHOUT)).toMatchObject({ status: 200 });
  });

  test('a PIN is looked at last: whatever else forbids the operation leaves it good', async () => {
    const s = await secured(service);
    const pin = await s.pin();
    const stop = (body: object, headers: Record<string, string> = {}) =>
      s.ask(AGENT, 'POST', `vaults/${s.vault.name}/items/files/stop`, body, {
        'x-reprieve-security-pin': pin,
        ...headers,
      });
    const good = { mode: 'delete', confirmName: 'files' };

    expect(await stop({ ...good, confirmName: 'Files' })).toMatchObject(refusal(400, 'ConfirmationRequired'));
    expect(await stop({ ...good, more: 1 })).toMatchObject(refusal(400, 'InvalidRequest'));
    expect(await stop(good, { 'if-match': '"stale"' })).toMatchObject(refusal(412, 'PreconditionFailed'));
    ok(await s.within(AGENT, 'POST', '/items/files/backup', {}));
    expect(await stop(good)).toMatchObject(refusal(409, 'ObjectLocked'));
    expect(await stop({ ...good, cancelActiveJob: true })).toMatchObject({
      status: 200,
      body: { state: 'SoftDeleted' },
    });
    expect(await stop({ ...good })).toMatchObject({ status: 200 });
  });

  test('a wrong PIN is not the answer of an Idempotency-Key: with the right one the same key goes on', async () => {
    const s = await secured(service);
    const pin = await s.pin();
    const stop = (given: string) =>
      s.ask(
        AGENT,
        'POST',
        `vaults/${s.vault.name}/items/files/stop`,
        { mode: 'delete', confirmName: 'files' },
        {
          'x-reprieve-security-pin': given,
          'idempotency-key': 'the-same',
        },
      );
    expect(await stop(wrongFor(pin))).toMatchObject({ status: 403 });
    expect(await stop(pin)).toMatchObject({ status: 200 });
    const replay = await stop(pin);
    expect(replay).toMatchObject({ status: 200 });
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
  });
});

describe('changing a passphrase', () => {
  const change = (s: Secured, pin?: string, who = AGENT) =>
    s.within(who, 'POST', `/servers/${s.server}/changePassphrase`, {}, pin);

  test('case 53: asks for a PIN, or a second factor, and raises PassphraseChanged', async () => {
    const s = await secured(service);
    expect(await change(s)).toMatchObject(refusal(403, 'SecurityPinRequired'));
    expect(await change(s, undefined, ADA_WITHOUT)).toMatchObject(refusal(401, 'StepUpRequired'));
    expect(await s.alerts('PassphraseChanged')).toEqual([]);

    ok(await change(s, await s.pin({ operation: 'changePassphrase', server: s.server })));
    ok(await change(s, undefined, ADA));

    expect(await s.alerts('PassphraseChanged')).toMatchObject([{ severity: 'Sev0' }, { severity: 'Sev0' }]);
  });

  test('case 54: by an agent that is too old is refused', async () => {
    const s = await secured(service, { agentVersion: '2.0.9051' });
    expect(await change(s, await s.pin({ operation: 'changePassphrase' }))).toMatchObject(refusal(426, 'AgentTooOld'));
  });
});

describe('turning the hybrid switch off', () => {
  test('an app does it with a PIN, and not without', async () => {
    const s = await secured(service);
    const app = { sub: 'script', roles: ['Contributor'], appOnly: true };
    const off = { hybrid: { state: 'Disabled' } };
    expect(await s.within(app, 'PATCH', '', off)).toMatchObject(refusal(403, 'SecurityPinRequired'));
    const ofAgents = await s.pin();
    expect(await s.within(app, 'PATCH', '', off, ofAgents)).toMatchObject(refusal(403, 'SecurityPinInvalid'));
    expect(await s.delete('files', ofAgents)).toMatchObject({ status: 200 });
    const pin = await s.pin({ operation: 'changeSettings' });
    expect(await s.within(ADA_WITHOUT, 'PATCH', '', off, pin)).toMatchObject(refusal(401, 'StepUpRequired'));
    expect(await s.within(app, 'PATCH', '', off, pin)).toMatchObject({
      status: 200,
      body: { hybrid: { state: 'Disabled' } },
    });
    ok(await s.within(app, 'PATCH', '', { hybrid: { state: 'Enabled' } }));
    expect(await s.within(app, 'PATCH', '', off, pin)).toMatchObject(refusal(403, 'SecurityPinInvalid'));
  });
});

describe('a security PIN', () => {
  test('takes a Contributor with a second factor, and is shown once', async () => {
    const s = await secured(service);
    const issue = (who: typeof ADA) => s.within(who, 'POST', '/securityPin', {});
    const answer = await issue(ADA);
    expect(answer).toMatchObject({ status: 200, body: { securityPin: expect.stringMatching(/^\d{8}$/) } });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await issue(ADA_WITHOUT)).toMatchObject(refusal(401, 'StepUpRequired'));
    expect(await issue({ ...ADA, roles: ['Operator'] })).toMatchObject(refusal(403, 'Forbidden'));
    expect(await issue(AGENT)).toMatchObject(refusal(403, 'Forbidden'));
  });

  test('says what it opens: one operation, on one server where that is named', async () => {
    const s = await secured(service);
    const issue = (wish: object) => s.within(ADA, 'POST', '/securityPin', wish);
    expect(await issue({})).toMatchObject({ body: { operation: 'deleteProtection', server: null } });
    const one = await issue({ operation: 'changePassphrase', server: s.server.toUpperCase() });
    expect(one).toMatchObject({ status: 200, body: { operation: 'changePassphrase', server: s.server } });
    expect(await issue({ server: 'nobody' })).toMatchObject(refusal(404, 'ServerNotFound'));
    for (const wish of [{ operation: 'changeSettings', server: s.server }, { operation: 'everything' }, { more: 1 }])
      expect(await issue(wish)).toMatchObject(refusal(400, 'InvalidRequest'));
    const app = { sub: 'script', roles: ['Contributor'], appOnly: true };
    expect(await s.within(app, 'POST', '/securityPin', {})).toMatchObject(refusal(403, 'Forbidden'));
  });

  test('for settings is given in vaults of every kind, the others in RecoveryServices vaults only', async () => {
    const vault = await aVault(service, { kind: 'Backup' });
    const issue = async (operation: string) =>
      call(service.api, 'POST', `/api/vaults/${vault.name}/securityPin`, {
        token: await service.token(ADA),
        body: { operation },
      });
    expect(await issue('changeSettings')).toMatchObject({ status: 200 });
    for (const operation of ['deleteProtection', 'changePassphrase'])
      expect(await issue(operation)).toMatchObject(refusal(409, 'WrongVaultKind'));
  });

  test('an agent cannot burn the PIN of another: misses count by the server that the call is about', async () => {
    const s = await secured(service);
    const other = await secured(service);
    ok(await s.within(AGENT, 'PUT', '/servers/second', { kind: 'MARS', agentVersion: '99.0.0.0' }));
    const change = (server: string, pin: string) =>
      s.within(AGENT, 'POST', `/servers/${server}/changePassphrase`, {}, pin);
    const wish = { operation: 'changePassphrase', server: s.server };
    const pin = await s.pin(wish);
    for (let miss = 0; miss < 5; miss += 1)
      expect(await change('second', pin)).toMatchObject(refusal(403, 'SecurityPinInvalid'));
    expect(await change('second', pin)).toMatchObject(refusal(429, 'TooManyAttempts'));
    expect(await s.alerts('PinFailures')).toMatchObject([
      { facts: { operation: 'changePassphrase', server: 'second' } },
    ]);
    ok(await change(s.server, pin));
    expect(await other.alerts('PinFailures')).toEqual([]);
  });

  test('is kept by no Idempotency-Key, and printed nowhere', async () => {
    const s = await secured(service);
    const issue = () => s.ask(ADA, 'POST', `vaults/${s.vault.name}/securityPin`, {}, { 'idempotency-key': 'pin' });
    const [first, second] = [ok(await issue()), await issue()];
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect(ok(second).securityPin).not.toBe(first.securityPin);
    await s.delete('files', first.securityPin);
    await s.delete('files', second.body.securityPin);
    const history = JSON.stringify(await s.vault.history('files'));
    for (const { securityPin } of [first, second.body]) {
      expect(service.output()).not.toContain(securityPin);
      expect(history).not.toContain(securityPin);
    }
  });
});
