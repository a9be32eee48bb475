/** The one order of refusals: a call with every fault at once is told the first of them, and each that is mended uncovers the next. */
import { describe, expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { later, ok } from '../support/estate.ts';
import { ADA, ADA_WITHOUT, AGENT, type Body, KEEPER, type Person, type Secured, secured } from '../support/secured.ts';
import { serviceInMemory } from './serviceInMemory.ts';

const service = serviceInMemory();

const READER: Person = { sub: 'ada', roles: ['Reader'] };

/** A call as it goes out. Each step mends one fault of it. */
interface Sent {
  readonly who: Person;
  readonly vault: string;
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;
}
type Step = readonly [code: string, mended: (sent: Sent) => Promise<Partial<Sent>> | Partial<Sent>];

let guards = 0;

async function guarded(s: Secured): Promise<string> {
  guards += 1;
  const guard = `ordered-${guards}`;
  ok(await s.ask(KEEPER, 'PUT', `guards/${guard}`, {}));
  ok(await s.within(ADA, 'PUT', '/guard', { guard }));
  return guard;
}

async function granted(s: Secured, guard: string, operation: string, grantee: string): Promise<string> {
  const { now } = ok(await call<{ now: string }>(service.api, 'GET', '/api/local/clock'));
  const expiresAt = later(now, { hours: 1 });
  return ok(
    await s.ask(KEEPER, 'POST', `guards/${guard}/grants`, { operation, vault: s.vault.name, grantee, expiresAt }),
  ).grant;
}

async function usesOf(s: Secured, guard: string, id: string): Promise<number> {
  const { value } = ok(await s.ask(KEEPER, 'GET', `guards/${guard}/grants`));
  return Number(value.find(({ grant }) => grant === id)?.['used']);
}

/** Sends it with all its faults, then mends one after the other; answers the codes that it was refused with. */
async function refusals(s: Secured, method: string, path: string, sent: Sent, steps: readonly Step[]) {
  const codes: string[] = [];
  let now = sent;
  for (const [, mended] of steps) {
    const { who, vault, body, headers } = now;
    const reply = await s.ask(who, method, `vaults/${vault}${path}`, body as object, headers);
    codes.push((reply.body as Body).error.code);
    now = { ...now, ...(await mended(now)) };
  }
  const { who, vault, body, headers } = now;
  const reply = await s.ask(who, method, `vaults/${vault}${path}`, body as object, headers);
  return { codes, status: reply.status };
}

const without = (headers: Sent['headers'], name: string): Sent['headers'] =>
  Object.fromEntries(Object.entries(headers).filter(([given]) => given !== name));

describe('role, what was sent, existence, If-Match, state, guard, proof', () => {
  test('of a setting that a person weakens: the grant is used up by the change alone', async () => {
    const s = await secured(service);
    const always = await secured(service);
    ok(await always.within(ADA, 'PATCH', '', { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true }));
    const guard = await guarded(s);
    ok(await always.within(ADA, 'PUT', '/guard', { guard }));
    let grant = '';
    const steps: readonly Step[] = [
      ['Forbidden', () => ({ who: ADA_WITHOUT })],
      ['InvalidRequest', () => ({ body: { softDelete: { state: 'Disabled' } } })],
      ['VaultNotFound', () => ({ vault: always.vault.name })],
      ['PreconditionFailed', ({ headers }) => ({ headers: without(headers, 'if-match') })],
      ['AlwaysOnIrreversible', () => ({ vault: s.vault.name })],
      [
        'GuardApprovalRequired',
        async () => {
          grant = await granted(s, guard, 'disableSoftDelete', ADA.sub);
          return {};
        },
      ],
      [
        'StepUpRequired',
        async () => {
          expect(await usesOf(s, guard, grant)).toBe(0);
          return { who: ADA };
        },
      ],
    ];
    const sent = {
      who: READER,
      vault: 'nowhere',
      body: { softDelete: { state: 'Off' } },
      headers: { 'if-match': '"x"' },
    };
    const { codes, status } = await refusals(s, 'PATCH', '', sent, steps);
    expect(codes).toEqual(steps.map(([code]) => code));
    expect(status).toBe(200);
    expect(await usesOf(s, guard, grant)).toBe(1);
  });

  test('of an item that an agent deletes: no PIN is burnt and no miss counted before all else is right', async () => {
    const s = await secured(service);
    const pin = await s.pin();
    const guard = await guarded(s);
    let grant = '';
    const right = { mode: 'delete', confirmName: 'files' };
    const steps: readonly Step[] = [
      ['Forbidden', () => ({ who: AGENT })],
      ['InvalidRequest', () => ({ body: right })],
      ['VaultNotFound', () => ({ vault: s.vault.name })],
      ['PreconditionFailed', ({ headers }) => ({ headers: without(headers, 'if-match') })],
      [
        'GuardApprovalRequired',
        async () => {
          grant = await granted(s, guard, 'deleteProtection', AGENT.sub);
          return {};
        },
      ],
      ['SecurityPinRequired', () => ({ headers: { 'x-reprieve-security-pin': '00000000' } })],
      [
        'SecurityPinInvalid',
        async () => {
          expect(await usesOf(s, guard, grant)).toBe(0);
          return { headers: { 'x-reprieve-security-pin': pin } };
        },
      ],
    ];
    const sent = { who: READER, vault: 'nowhere', body: { mode: 'erase' }, headers: { 'if-match': '"x"' } };
    const { codes, status } = await refusals(s, 'POST', '/items/files/stop', sent, steps);
    expect(codes).toEqual(steps.map(([code]) => code));
    expect(status).toBe(200);
    expect(await usesOf(s, guard, grant)).toBe(1);
  });
});
