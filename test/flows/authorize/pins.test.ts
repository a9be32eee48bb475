import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import { type Instant, instantOf } from '../../../src/core/time.ts';
import { issuePin } from '../../../src/flows/authorize/issuePin.ts';
import { secondFactor } from '../../../src/flows/authorize/secondFactor.ts';
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

const issue = async (seconds = 0): Promise<string> => {
  const outcome = await issuePin(ports, by(CONTRIBUTOR, at(seconds)), CONTOSO);
  if (!outcome.ok) throw new Error(outcome.refusal.code);
  return outcome.value.securityPin;
};
/** Uses it up for the simplest of critical operations. */
const use = async (pin: string | undefined, seconds = 1, caller = AGENT) => {
  const outcome = await changePassphrase(ports, by(caller, at(seconds), pin), CONTOSO, { name: 'srv' });
  return outcome.ok ? 'done' : outcome.refusal.code;
};
const wrongFor = (pin: string): string => (pin === '00000000' ? '00000001' : '00000000');
/** What one request of the agent with this PIN is decided in. */
const guess = (pin: string) => ({
  ...{ ports, flow: ports, request: by<never>(AGENT, at(1), pin), place: CONTOSO },
  ...{ operation: 'ChangePassphrase', fresh: false, once: new Map() },
});
const alertsOf = async (type: string) =>
  (await ports.alerts.about('Contoso', null)).map(({ value }) => value).filter((one) => one.type === type);

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
    const outcome = await issuePin(ports, by({ ...CONTRIBUTOR, tid: 'elsewhere' }, NOON), CONTOSO);
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
    await ports.commit({ line: 'vault', vault: 'Contoso' });
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
    const next = await issue();
    for (let miss = 0; miss < 4; miss += 1) await use(wrongFor(next));
    expect(await use(next)).toBe('done');
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
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 298 }), async (callers, seconds) => {
        const pin = await issue();
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
    const guesses = Array.from({ length: 100 }, () => guess(wrongFor(pin)));
    const outcomes = await Promise.all(guesses.map((world) => secondFactor(world)));
    const codes = outcomes.map((outcome) => ('proves' in outcome ? 'proved' : outcome.refusal.code));
    expect(codes.filter((code) => code === 'SecurityPinInvalid')).toHaveLength(5);
    expect(codes).not.toContain('proved');
    expect(await use(pin, 2)).toBe('TooManyAttempts');
  });

  test('a decision made again counts a wrong PIN once', async () => {
    const pin = await issue();
    const world = guess(wrongFor(pin));
    for (let round = 0; round < 8; round += 1) expect(await secondFactor(world)).toMatchObject({ ok: false });
    expect((await ports.vaults.pin('Contoso'))?.value.misses).toBe(1);
    expect(await use(pin, 2)).toBe('done');
  });
});

test('nobody but a person with a second factor is given one', async () => {
  for (const caller of [{ ...CONTRIBUTOR, secondFactor: false }, AGENT])
    expect(await issuePin(ports, by(caller, NOON), CONTOSO)).toMatchObject({
      refusal: { code: 'StepUpRequired' },
    });
  expect(await ports.vaults.pin('Contoso')).toBeUndefined();
  expect((await headOf(ports.vaults)).vault.name).toBe('Contoso');
});
