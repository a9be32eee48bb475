import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Caller } from '../../../src/core/caller.ts';
import type { Asking } from '../../../src/flows/asking.ts';
import { deregister } from '../../../src/flows/deregister.ts';
import { protect } from '../../../src/flows/protect.ts';
import { putServer, type ServerResult } from '../../../src/flows/servers.ts';
import { stop } from '../../../src/flows/stop.ts';
import { undelete } from '../../../src/flows/undelete.ts';
import { aPolicy, aVault, NOON } from '../../support/builders.ts';
import { memoryTables } from '../../support/tables.ts';
import { asking, headOf, type LifecyclePorts, must, newHead, newId, portsOver } from '../../support/world.ts';

const MARS = { kind: 'MARS', agentVersion: '2.0.9260' } as const;
const FILES = { workload: 'MARS', policy: 'daily', sourceId: 'C:/files', server: 'srv' } as const;
const register = (ports: LifecyclePorts, vault: string) => putServer(ports, asking(), vault, 'srv', MARS);
const place = (vault: string) => ({ vault, item: 'files' });
const remove = (ports: LifecyclePorts, vault: string) =>
  stop(ports, asking(), place(vault), { mode: 'delete', confirmName: 'files' });
const codeOf = (outcome: { ok: boolean; refusal?: { code: string } }) => (outcome.ok ? 'ok' : outcome.refusal?.code);

/** Two instances of the service over two vaults; in the first a server whose backups lie in the trash. */
async function world() {
  const tables = memoryTables();
  const [here, there] = [portsOver(tables), portsOver(tables)];
  for (const name of ['A', 'B']) await here.vaults.changeHead(newHead(aVault({ name }), undefined, aPolicy('daily')));
  await register(here, 'A');
  await protect(here, asking(), place('A'), FILES);
  await remove(here, 'A');
  return { here, there };
}

const stateOf = async ({ vaults }: LifecyclePorts, vault: string) =>
  must(await vaults.item(vault, 'files')).value.state;
const registration = async ({ vaults }: LifecyclePorts, vault: string) =>
  (await vaults.server(vault, 'srv'))?.value.registration;

describe('a server that is let go', () => {
  test('and protected again at the same moment: never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { here, there } = await world();
      const outcomes = await Promise.all([
        deregister(here, asking(), 'A', 'srv'),
        protect(there, asking(), place('A'), FILES),
      ]);
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
      await Promise.all([deregister(here, asking(), 'A', 'srv'), undelete(there, asking(), place('A'))]);
      expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['ProtectionStopped', 'Registered']);
    }
  });

  test('keeps its vault from being decided upon with what was known before', async () => {
    const { here } = await world();
    const before = (await headOf(here.vaults, 'A')).fence;
    await deregister(here, asking(), 'A', 'srv');
    expect((await headOf(here.vaults, 'A')).fence).not.toBe(before);
  });
});

/** The same doors, but another acts just before the first write of this kind. */
const interrupted = (
  ports: LifecyclePorts,
  before: 'commit' | 'changeHead' | 'putServer',
  act: () => Promise<unknown>,
): LifecyclePorts => {
  let waiting = true;
  const write = ports.vaults[before] as (...args: unknown[]) => Promise<boolean>;
  const vaults = {
    ...ports.vaults,
    [before]: async (...args: unknown[]) => {
      if (waiting) {
        waiting = false;
        await act();
      }
      return write(...args);
    },
  };
  return { ...ports, vaults };
};

describe('whoever comes in between', () => {
  test.for([
    ['something new', 'disk'],
    ['what lies in the trash', 'files'],
  ])('and protects %s keeps the server from being let go', async ([, item = '']) => {
    const { here, there } = await world();
    const protecting = () => protect(there, asking(), { vault: 'A', item }, { ...FILES, sourceId: `C:/${item}` });
    const late = interrupted(here, 'changeHead', protecting);
    expect(codeOf(await deregister(late, asking(), 'A', 'srv'))).toBe('ServerNotEmpty');
    expect(await registration(here, 'A')).toBe('Registered');
  });

  test('and lets the server go keeps anything from being protected on it', async () => {
    const { here, there } = await world();
    const late = interrupted(here, 'commit', () => deregister(there, asking(), 'A', 'srv'));
    const ask = { ...FILES, sourceId: 'C:/disk' };
    expect(codeOf(await protect(late, asking(), { vault: 'A', item: 'disk' }, ask))).toBe('ServerNotFound');
    expect(await here.vaults.item('A', 'disk')).toBeUndefined();
  });

  test('and lets the server go is followed by an undelete that brings it back', async () => {
    const { here, there } = await world();
    const late = interrupted(here, 'commit', () => deregister(there, asking(), 'A', 'srv'));
    expect(codeOf(await undelete(late, asking(), place('A')))).toBe('ok');
    expect([await stateOf(here, 'A'), await registration(here, 'A')]).toEqual(['ProtectionStopped', 'Registered']);
  });

  test('and registers the server elsewhere is the one who has it', async () => {
    const { here, there } = await world();
    await deregister(here, asking(), 'A', 'srv');
    const late = interrupted(here, 'putServer', () => register(there, 'B'));
    expect(codeOf(await undelete(late, asking(), place('A')))).toBe('ActiveElsewhere');
    expect([await registration(here, 'A'), await registration(here, 'B')]).toEqual(['SoftDeleted', 'Registered']);
  });

  test('and registers a new server elsewhere voids the registration that is in flight', async () => {
    const { here, there } = await world();
    const put = (ports: LifecyclePorts, vault: string) => putServer(ports, asking(), vault, 'new', MARS);
    const late = interrupted(here, 'putServer', () => put(there, 'B'));
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
        const ACTS: Readonly<Record<string, (ports: LifecyclePorts) => Promise<unknown>>> = {
          registerA: (ports) => register(ports, 'A'),
          registerB: (ports) => register(ports, 'B'),
          deregisterA: (ports) => deregister(ports, asking(), 'A', 'srv'),
          deregisterB: (ports) => deregister(ports, asking(), 'B', 'srv'),
          undeleteA: (ports) => undelete(ports, asking(), place('A')),
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
    const stranger: Caller = { ...asking().caller, tid: 'elsewhere' };
    const ask: Asking<ServerResult> = { caller: stranger, now: NOON, requestId: newId() };
    expect(codeOf(await putServer(here, ask, 'B', 'srv', MARS))).toBe('ok');
    expect(codeOf(await register(here, 'B'))).toBe('ok');
  });

  test('whose vault died in the middle of registering it can be registered elsewhere', async () => {
    const { here } = await world();
    await here.registry.claimServer('local', 'other', 'A', undefined);
    expect(codeOf(await putServer(here, asking(), 'B', 'other', MARS))).toBe('ok');
  });
});
