import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Change, Write } from '../../../src/change.ts';
import type { Caller } from '../../../src/core/caller.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { deregister as deregisterIn, putServer, type ServerResult } from '../../../src/flows/servers/servers.ts';
import type { Request } from '../../../src/flows/story/request.ts';
import { aPolicy, aVault, NOON } from '../../support/builders.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, headOf, must, newHead, newId, portsOver, type World } from '../../support/world.ts';

const MARS = { kind: 'MARS', agentVersion: '2.0.9260' } as const;
const FILES = { workload: 'MARS', policy: 'daily', sourceId: 'C:/files', server: 'srv' } as const;
const register = (ports: World, vault: string) => putServer(ports, aRequest(), { vault }, { name: 'srv', ...MARS });
const deregister = (ports: World, vault: string) => deregisterIn(ports, aRequest(), { vault }, { name: 'srv' });
const place = (vault: string) => ({ vault, item: 'files' });
const remove = (ports: World, vault: string) =>
  stop(ports, aRequest(), place(vault), { mode: 'delete', confirmName: 'files' });
const codeOf = (outcome: { ok: boolean; refusal?: { code: string } }) => (outcome.ok ? 'ok' : outcome.refusal?.code);

/** Two instances of the service over two vaults; in the first a server whose backups lie in the trash. */
async function world() {
  const tables = memoryTables();
  const [here, there] = [portsOver(tables), portsOver(tables)];
  for (const name of ['A', 'B']) await here.commit(newHead(aVault({ name }), undefined, aPolicy('daily')));
  await register(here, 'A');
  await protect(here, aRequest(), place('A'), FILES);
  await remove(here, 'A');
  return { tables, here, there };
}

const stateOf = async ({ vaults }: World, vault: string) => must(await vaults.item(vault, 'files')).value.state;
const registration = async ({ vaults }: World, vault: string) =>
  (await vaults.server(vault, 'srv'))?.value.registration;

describe('a server that is let go', () => {
  test('and protected again at the same moment: never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { here, there } = await world();
      const outcomes = await Promise.all([deregister(here, 'A'), protect(there, aRequest(), place('A'), FILES)]);
      const codes = outcomes.map(codeOf);
      if (codes[0] === 'ok') {
        expect(codes[1]).toBe('ServerNotFound');
        expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['SoftDeleted', 'SoftDeleted']);
      } else {
        expect(codes).toEqual(['ServerNotEmpty', 'ok']);
        expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['Protected', 'Registered']);
      }
    }
  });

  test('and undeleted at the same moment is registered as long as something on it is kept', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { here, there } = await world();
      await Promise.all([deregister(here, 'A'), undelete(there, aRequest(), place('A'))]);
      expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['ProtectionStopped', 'Registered']);
    }
  });

  test('keeps its vault from being decided upon with what was known before', async () => {
    const { here } = await world();
    const before = (await headOf(here.vaults, 'A')).fence;
    await deregister(here, 'A');
    expect((await headOf(here.vaults, 'A')).fence).not.toBe(before);
  });
});

/** Over the same tables, but another acts just before the first change of this kind. */
function interrupted(tables: Tables, isIt: (change: Change) => unknown, act: () => Promise<unknown>): World {
  let waiting = true;
  const { commit } = portsOver(tables);
  return portsOver(tables, {
    commit: async (write: Write) => {
      if (waiting && !('line' in write) && isIt(write)) {
        waiting = false;
        await act();
      }
      return commit(write);
    },
  });
}
const ofHead = ({ head }: Change) => head;
const ofServer = ({ server }: Change) => server;
const ofItems = ({ items }: Change) => items;

describe('whoever comes in between', () => {
  test.for([
    ['something new', 'disk'],
    ['what lies in the trash', 'files'],
  ])('and protects %s keeps the server from being let go', async ([, item = '']) => {
    const { tables, here, there } = await world();
    const protecting = () => protect(there, aRequest(), { vault: 'A', item }, { ...FILES, sourceId: `C:/${item}` });
    const late = interrupted(tables, ofHead, protecting);
    expect(codeOf(await deregister(late, 'A'))).toBe('ServerNotEmpty');
    expect(await registration(here, 'A')).toBe('Registered');
  });

  test('and lets the server go keeps anything from being protected on it', async () => {
    const { tables, here, there } = await world();
    const late = interrupted(tables, ofItems, () => deregister(there, 'A'));
    const ask = { ...FILES, sourceId: 'C:/disk' };
    expect(codeOf(await protect(late, aRequest(), { vault: 'A', item: 'disk' }, ask))).toBe('ServerNotFound');
    expect(await here.vaults.item('A', 'disk')).toBeUndefined();
  });

  test('and lets the server go is followed by an undelete that brings it back', async () => {
    const { tables, here, there } = await world();
    const late = interrupted(tables, ofItems, () => deregister(there, 'A'));
    expect(codeOf(await undelete(late, aRequest(), place('A')))).toBe('ok');
    expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['ProtectionStopped', 'Registered']);
  });

  test('and registers the server elsewhere is the one who has it', async () => {
    const { tables, here, there } = await world();
    await deregister(here, 'A');
    const late = interrupted(tables, ofServer, () => register(there, 'B'));
    expect(codeOf(await undelete(late, aRequest(), place('A')))).toBe('ActiveElsewhere');
    expect([await registration(here, 'A'), await registration(here, 'B')]).toEqual(['SoftDeleted', 'Registered']);
  });

  test('and registers a new server elsewhere voids the registration that is in flight', async () => {
    const { tables, here, there } = await world();
    const put = (ports: World, vault: string) => putServer(ports, aRequest(), { vault }, { name: 'new', ...MARS });
    const late = interrupted(tables, ofServer, () => put(there, 'B'));
    expect(codeOf(await put(late, 'A'))).toBe('ActiveElsewhere');
    expect(await here.vaults.server('A', 'new')).toBeUndefined();
  });
});

describe('a server of two vaults', () => {
  test('is registered in one of them at most, however the two go about it', async () => {
    const act = fc.constantFrom('registerA', 'registerB', 'deregisterA', 'deregisterB', 'undeleteA', 'deleteA');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(act, act), { minLength: 1, maxLength: 6 }), async (pairs) => {
        const { here, there } = await world();
        const ACTS: Readonly<Record<string, (ports: World) => Promise<unknown>>> = {
          registerA: (ports) => register(ports, 'A'),
          registerB: (ports) => register(ports, 'B'),
          deregisterA: (ports) => deregister(ports, 'A'),
          deregisterB: (ports) => deregister(ports, 'B'),
          undeleteA: (ports) => undelete(ports, aRequest(), place('A')),
          deleteA: (ports) => remove(ports, 'A'),
        };
        for (const [one, other] of pairs) await Promise.all([ACTS[one]?.(here), ACTS[other]?.(there)]);
        const registered = [await registration(here, 'A'), await registration(here, 'B')];
        expect(registered.filter((state) => state === 'Registered').length).toBeLessThanOrEqual(1);
        if ((await stateOf(here, 'A')) === 'ProtectionStopped') expect(registered[0]).toBe('Registered');
      }),
      { numRuns: 60 },
    );
  });

  test('is another one in another tenant', async () => {
    const { here } = await world();
    const stranger: Caller = { ...aRequest().caller, tid: 'elsewhere' };
    const request: Request<ServerResult> = { caller: stranger, now: NOON, requestId: newId() };
    expect(codeOf(await putServer(here, request, { vault: 'B' }, { name: 'srv', ...MARS }))).toBe('ok');
    expect(codeOf(await register(here, 'B'))).toBe('ok');
  });

  test('whose vault died in the middle of registering it can be registered elsewhere', async () => {
    const { here } = await world();
    await here.commit({ line: 'server', tid: 'local', server: 'other', vault: 'A', was: undefined });
    expect(codeOf(await putServer(here, aRequest(), { vault: 'B' }, { name: 'other', ...MARS }))).toBe('ok');
  });
});
