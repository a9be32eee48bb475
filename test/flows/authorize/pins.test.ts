import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import { issued } from '../../../src/core/pin.ts';
import { type Instant, instantOf } from '../../../src/core/time.ts';
import { issuePin, type PinWish } from '../../../src/flows/authorize/issuePin.ts';
import { factorFor } from '../../../src/flows/authorize/secondFactor.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { changePassphrase, putServer } from '../../../src/flows/servers/servers.ts';
import type { Request } from '../../../src/flows/story/request.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { aPolicy, aVault, NOON } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables } from '../../support/tables.ts';
import { CONTRIBUTOR, headOf, newHead, newId, portsOver, type World } from '../../support/world.ts';

const AGENT: Caller = { tid: 'local', oid: 'agent', roles: ['Agent'], appOnly: true, secondFactor: false };
const CONTOSO = { vault: 'Contoso' };
const at = (seconds: number): Instant => instantOf(NOON.toMillis() + seconds * 1000);

const by = <R>(caller: Caller, now: Instant, securityPin?: string): Request<R> => ({
  ...{ caller, now, requestId: newId() },
  ...(securityPin === undefined ? {} : { securityPin }),
});

let ports: World;
const tables = () => memoryTables();
let store: ReturnType<typeof memoryTables>;

beforeEach(async () => {
  store = tables();
  ports = portsOver(store);
  await ports.commit(newHead(aVault(), undefined, aPolicy('daily')));
  await putServer(ports, by(AGENT, NOON), CONTOSO, { name: 'srv', kind: 'MARS', agentVersion: '2.0.9260' });
});

const PASSPHRASE: PinWish = { operation: 'changePassphrase' };
const issue = async (seconds = 0, wish = PASSPHRASE): Promise<string> => {
  const outcome = await issuePin(ports, by(CONTRIBUTOR, at(seconds)), CONTOSO, wish);
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value.securityPin;
};
/** Uses it up for the simplest of critical operations. */
const use = async (pin: string | undefined, seconds = 1, caller = AGENT, name = 'srv') => {
  const outcome = await changePassphrase(ports, by(caller, at(seconds), pin), CONTOSO, { name });
  return outcome.ok ? 'done' : outcome.refusal.code;
};
const wrongFor = (pin: string): string => (pin === '00000000' ? '00000001' : '00000000');
/** What one request of the agent with this PIN is decided in. */
const guess = (pin: string) => ({
  ...{ ports, flow: ports, request: by<never>(AGENT, at(1), pin), place: CONTOSO },
  ...{ operation: 'ChangePassphrase', fresh: false, once: new Map() },
});
const passphraseFactor = factorFor('changePassphrase');
const reading = async () => ({ server: (await ports.vaults.server('Contoso', 'srv')) ?? null });
const recordsOf = async () => (await ports.vaults.pins('Contoso')).map(({ value }) => value);
const alertsOf = async (type: string) =>
  (await ports.alerts.about('Contoso', null)).found.map(({ value }) => value).filter((one) => one.type === type);

describe('a PIN', () => {
  test('is good once', async () => {
    const pin = await issue();
    expect(await use(pin)).toBe('done');
    expect(await use(pin)).toBe('SecurityPinInvalid');
  });

  test('is good for 4:59 and not for 5:00', async () => {
    expect(await use(await issue(), 299)).toBe('done');
    expect(await use(await issue(300), 600)).toBe('SecurityPinInvalid');
  });

  test('revokes the one before', async () => {
    const first = await issue();
    const second = await issue();
    expect(await use(first)).toBe('SecurityPinInvalid');
    expect(await use(second)).toBe('done');
  });

  test('of another tenant is wrong', async () => {
    const outcome = await issuePin(ports, by({ ...CONTRIBUTOR, tid: 'elsewhere' }, NOON), CONTOSO, PASSPHRASE);
    expect(await use(outcome.ok ? outcome.value.securityPin : '')).toBe('SecurityPinInvalid');
  });

  test('is not looked at where the token itself proves it', async () => {
    const pin = await issue();
    expect(await use(pin, 1, CONTRIBUTOR)).toBe('done');
    expect(await use(pin)).toBe('done');
  });

  test('is not asked for, and not spent, when the operation is refused for another reason', async () => {
    const pin = await issue();
    await putServer(ports, by(AGENT, NOON), CONTOSO, { name: 'srv', agentVersion: '2.0.9051' });
    for (let times = 0; times < 7; times += 1) expect(await use(wrongFor(pin))).toBe('AgentTooOld');
    await putServer(ports, by(AGENT, NOON), CONTOSO, { name: 'srv', agentVersion: '2.0.9052' });
    expect(await use(pin)).toBe('done');
  });

  test('is found nowhere in the store, however it was used', async () => {
    const pins = [await issue(), await issue(), await issue()];
    for (const pin of pins) await use(pin);
    const rows = [];
    for (const table of [store.vaults, store.agenda, store.registry])
      for (const partition of ['contoso', 'vaults', 'guards', '~service'])
        rows.push(...(await table.range(partition, { prefix: '', before: '~~~' })));
    expect(rows.length).toBeGreaterThan(5);
    for (const pin of pins) expect(JSON.stringify(rows)).not.toContain(pin);
    await ports.commit({ line: 'vault', vault: 'Contoso', id: 'made' });
    const { findings } = await checkStore(scanTables(store), NOON);
    expect(findings.filter(({ rule }) => rule !== 'I4')).toEqual([]);
  });
});

describe('misses', () => {
  test('five revoke it, raise one alert, and then nobody is listened to for a while', async () => {
    const pin = await issue();
    for (let miss = 0; miss < 5; miss += 1) expect(await use(wrongFor(pin))).toBe('SecurityPinInvalid');
    expect(await use(pin, 2)).toBe('TooManyAttempts');
    expect(await use(pin, 299)).toBe('TooManyAttempts');
    expect(await use(pin, 301)).toBe('SecurityPinInvalid');
    expect(await alertsOf('PinFailures')).toMatchObject([{ count: 1 }]);
  });

  test('four do not, and a new PIN forgives them', async () => {
    const pin = await issue();
    for (let miss = 0; miss < 4; miss += 1) await use(wrongFor(pin));
    const next = await issue(2);
    for (let miss = 0; miss < 4; miss += 1) await use(wrongFor(next), 3);
    expect(await use(next, 3)).toBe('done');
    expect(await alertsOf('PinFailures')).toEqual([]);
  });

  test('wait for nobody: a new PIN ends the silence', async () => {
    const pin = await issue();
    for (let miss = 0; miss < 5; miss += 1) await use(wrongFor(pin));
    expect(await use(await issue(2), 3)).toBe('done');
  });

  test('all answer alike: wrong, expired, used, never issued', async () => {
    const answers: unknown[] = [];
    const ask = async (pin: string, seconds: number) => {
      const outcome = await changePassphrase(ports, by(AGENT, at(seconds), pin), CONTOSO, { name: 'srv' });
      answers.push(outcome.ok ? 'done' : outcome.refusal);
    };
    await ask('12345678', 0);
    const pin = await issue();
    await ask(wrongFor(pin), 1);
    await ask(pin, 301);
    const next = await issue(302);
    expect(await use(next, 303)).toBe('done');
    await ask(next, 304);
    expect(answers[0]).toMatchObject({ code: 'SecurityPinInvalid', facts: { azureCode: '100130' } });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('are in the history, and so are its issue and its use', async () => {
    const pin = await issue();
    await use(wrongFor(pin));
    await use(pin);
    const entries = await historyIn(ports, 'Contoso', null);
    const told = entries.map(({ operation, outcome }) => `${operation} ${outcome}`);
    for (const line of ['IssueSecurityPin Succeeded', 'UseSecurityPin Refused', 'ChangePassphrase Succeeded'])
      expect(told).toContain(line);
    expect(JSON.stringify(entries)).not.toContain(pin);
  });
});

describe('at once', () => {
  test('however many use the right PIN together, each for something else, exactly one succeeds', async () => {
    const items = Array.from({ length: 12 }, (_, index) => `files-${index}`);
    for (const item of items) {
      const what = { workload: 'MARS', policy: 'daily', sourceId: item, server: 'srv' } as const;
      await protect(ports, by(AGENT, NOON), { vault: 'Contoso', item }, what);
    }
    const remove = (doors: World, item: string, pin: string, seconds: number) =>
      stop(doors, by(AGENT, at(seconds), pin), { vault: 'Contoso', item }, { mode: 'delete', confirmName: item });
    let start = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 298 }), async (callers, wait) => {
        start += 300;
        const seconds = start + wait;
        const pin = await issue(start, { operation: 'deleteProtection' });
        const doors = [ports, portsOver(store)] as const;
        const outcomes = await Promise.all(
          items.slice(0, callers).map((item, index) => remove(doors[index % 2 === 0 ? 0 : 1], item, pin, seconds)),
        );
        const codes = outcomes.map((outcome) => (outcome.ok ? 'done' : outcome.refusal.code));
        expect(codes.filter((code) => code === 'done')).toHaveLength(1);
        for (const code of codes) expect(['done', 'SecurityPinInvalid', 'TooManyAttempts', 'Busy']).toContain(code);
        const states = await Promise.all(items.map((item) => ports.vaults.item('Contoso', item)));
        expect(states.filter((held) => held?.value.state === 'SoftDeleted')).toHaveLength(1);
        for (const item of items) await undelete(ports, by(CONTRIBUTOR, at(seconds)), { vault: 'Contoso', item });
      }),
      { numRuns: 25 },
    );
  });

  test('a hundred guesses are five', async () => {
    const pin = await issue();
    const onServer = await reading();
    const guesses = Array.from({ length: 100 }, () => guess(wrongFor(pin)));
    const outcomes = await Promise.all(guesses.map((world) => passphraseFactor(world, onServer)));
    const codes = outcomes.map((outcome) => ('proves' in outcome ? 'proved' : outcome.refusal.code));
    expect(codes.filter((code) => code === 'SecurityPinInvalid')).toHaveLength(5);
    expect(codes).not.toContain('proved');
    expect(await use(pin, 2)).toBe('TooManyAttempts');
  });

  test('a decision made again counts a wrong PIN once', async () => {
    const pin = await issue();
    const [world, onServer] = [guess(wrongFor(pin)), await reading()];
    for (let round = 0; round < 8; round += 1)
      expect(await passphraseFactor(world, onServer)).toMatchObject({ ok: false });
    expect((await recordsOf()).map(({ server, misses }) => [server, misses])).toEqual([
      [null, 0],
      ['srv', 1],
    ]);
    expect(await use(pin, 2)).toBe('done');
  });
});

describe('a PIN for one operation and one server', () => {
  const another = () =>
    putServer(ports, by(AGENT, NOON), CONTOSO, { name: 'other', kind: 'MARS', agentVersion: '2.0.9260' });

  test('opens nothing else, stays good, and is a miss like any other', async () => {
    await another();
    const pin = await issue(0, { ...PASSPHRASE, server: 'SRV' });
    const elsewhere = await issue(0, { operation: 'deleteProtection', server: 'srv' });
    for (let miss = 0; miss < 4; miss += 1) expect(await use(pin, 1, AGENT, 'other')).toBe('SecurityPinInvalid');
    for (let miss = 0; miss < 4; miss += 1) expect(await use(elsewhere, 1)).toBe('SecurityPinInvalid');
    expect(await use(pin, 2)).toBe('done');
    expect(await use('00000000', 2, AGENT, 'other')).toBe('SecurityPinInvalid');
    expect(await use('00000000', 2, AGENT, 'other')).toBe('TooManyAttempts');
    expect((await recordsOf()).find(({ operation }) => operation === 'deleteProtection')?.pin).not.toBeNull();
  });

  test('is not burned by five misses elsewhere, and one for all servers is', async () => {
    await another();
    const pin = await issue(0, { ...PASSPHRASE, server: 'srv' });
    const everywhere = await issue();
    for (let miss = 0; miss < 5; miss += 1)
      expect(await use(wrongFor(everywhere), 1, AGENT, 'other')).toBe('SecurityPinInvalid');
    expect(await use(everywhere, 2, AGENT, 'other')).toBe('TooManyAttempts');
    expect(await use(everywhere, 2)).toBe('SecurityPinInvalid');
    expect(await use(pin, 2)).toBe('done');
    const [alert] = await alertsOf('PinFailures');
    expect(alert?.facts).toMatchObject({ operation: 'changePassphrase', server: 'other' });
  });

  test('for all servers, issued anew, ends the silence of each', async () => {
    await another();
    for (let miss = 0; miss < 6; miss += 1) await use('00000000', 1, AGENT, 'other');
    expect(await use('00000000', 2, AGENT, 'other')).toBe('TooManyAttempts');
    expect(await use(await issue(3), 4, AGENT, 'other')).toBe('done');
  });

  test('revokes the older of the same, and no other', async () => {
    const [everywhere, first] = [await issue(), await issue(0, { ...PASSPHRASE, server: 'srv' })];
    const second = await issue(1, { ...PASSPHRASE, server: 'Srv' });
    expect(await use(first, 2)).toBe('SecurityPinInvalid');
    expect(await use(second, 2)).toBe('done');
    expect(await use(everywhere, 2)).toBe('done');
  });

  test('is refused for a server that nobody knows, for settings, and in a vault where nothing asks for it', async () => {
    const ask = async (wish: PinWish, vault = 'Contoso') => {
      const outcome = await issuePin(ports, by(CONTRIBUTOR, NOON), { vault }, wish);
      return outcome.ok ? outcome.value.operation : outcome.refusal.code;
    };
    await ports.commit(newHead(aVault({ name: 'Blobs', kind: 'Backup', hybrid: null })));
    expect(await ask({ ...PASSPHRASE, server: 'nobody' })).toBe('ServerNotFound');
    expect(await ask({ operation: 'changeSettings', server: 'srv' })).toBe('InvalidRequest');
    expect(await ask({ operation: 'changeSettings' })).toBe('changeSettings');
    expect(await ask({ operation: 'changeSettings' }, 'Blobs')).toBe('changeSettings');
    for (const operation of ['deleteProtection', 'changePassphrase'] as const)
      expect(await ask({ operation }, 'Blobs')).toBe('WrongVaultKind');
  });
});

describe('a PIN for settings', () => {
  const settingsFactor = factorFor('changeSettings');
  const app: Caller = { ...AGENT, oid: 'script', roles: ['Contributor'] };
  const world = (caller: Caller, pin: string) => ({ ...guess(pin), request: by<never>(caller, at(1), pin) });

  test('stands in for the second factor of an app, and no person may bring one', async () => {
    const pin = await issue(0, { operation: 'changeSettings' });
    const person = world({ ...CONTRIBUTOR, secondFactor: false }, pin);
    expect(await settingsFactor(person, {})).toMatchObject({ refusal: { code: 'StepUpRequired' } });
    expect(await settingsFactor(world(app, pin), {})).toMatchObject({ proves: true, facts: { provedBy: 'pin' } });
  });

  test('is another than that of an agent', async () => {
    for (const operation of ['deleteProtection', 'changePassphrase'] as const)
      expect(await settingsFactor(world(app, await issue(0, { operation })), {})).toMatchObject({
        refusal: { code: 'SecurityPinInvalid' },
      });
    expect(await use(await issue(0, { operation: 'changeSettings' }))).toBe('SecurityPinInvalid');
  });
});

test('a PIN that the version before gave out opens what it was for, once, and no setting; a new one revokes it', async () => {
  const old = async () => {
    const critical = { operation: 'critical', server: null } as const;
    const { pin, ...sealed } = ports.pins.issue({ tid: 'local', vault: 'Contoso', ...critical });
    const row = { ...sealed, id: newId(), issuedBy: CONTRIBUTOR, issuedAt: NOON, expiresAt: at(300) };
    const [was] = (await ports.vaults.pins('Contoso')).filter(({ value }) => value.operation === 'critical');
    await ports.commit({ vault: 'Contoso', id: newId(), pins: [{ was, now: issued(critical, row) }] });
    return pin;
  };
  const pin = await old();
  expect(await factorFor('changeSettings')(guess(pin), {})).toMatchObject({ refusal: { code: 'SecurityPinInvalid' } });
  expect(await use(pin)).toBe('done');
  expect(await use(pin)).toBe('SecurityPinInvalid');
  const second = await old();
  await issue();
  expect(await use(second)).toBe('SecurityPinInvalid');
});

test('nobody but a person with a second factor is given one', async () => {
  for (const [caller, code] of [
    [{ ...CONTRIBUTOR, secondFactor: false }, 'StepUpRequired'],
    [{ ...CONTRIBUTOR, secondFactor: false, appOnly: true }, 'Forbidden'],
    [AGENT, 'Forbidden'],
  ] as const)
    expect(await issuePin(ports, by(caller, NOON), CONTOSO, PASSPHRASE)).toMatchObject({ refusal: { code } });
  expect(await ports.vaults.pins('Contoso')).toEqual([]);
  expect((await headOf(ports.vaults)).vault.name).toBe('Contoso');
});
