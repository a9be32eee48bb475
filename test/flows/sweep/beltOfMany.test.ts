/** The belt holds vaults by name, in one row. Where there are more of them than it can hold, it holds everything. */
import { expect, test } from 'vitest';
import type { ControlState } from '../../../src/change.ts';
import { belted } from '../../../src/flows/sweep/belt.ts';
import { aHead, anItem, later } from '../../support/builders.ts';

const DUE = 100;

/** Of each of so many vaults all is due. */
function heldOf(count: number) {
  const vaults = Array.from({ length: count }, (_, at) => `vault-${at}`);
  const items = Array.from({ length: DUE }, () => anItem('SoftDeleted'));
  const flow = {
    vaults: {
      counts: async () => ({ protected: 0, stopped: 0, softDeleted: DUE }),
      async *trash() {
        yield { head: aHead(), items };
      },
    },
    seal: () => 'sealed',
  };
  const survey = { suspects: count * DUE, large: new Map(vaults.map((vault) => [vault, DUE])) };
  const look = { flow, survey, now: later(20), countTrue: () => Promise.reject(new Error('nobody asks')) };
  const control = { belt: undefined, purges: undefined, shares: new Map() };
  return belted(look as never, { maxPurges: 1_000_000, maxPercent: 30 }, control as unknown as ControlState);
}

const letsGo = ({ brake }: Awaited<ReturnType<typeof heldOf>>, vault: string) =>
  brake?.lets?.({ due: later(14), kind: 'purge', vault, item: 'vm', tries: 0 }, later(14));

test('a thousand are held by name, and others are let go', async () => {
  const held = await heldOf(1000);
  expect(held.holds).toHaveLength(1000);
  expect([letsGo(held, 'vault-7'), letsGo(held, 'another')]).toEqual([false, true]);
});

test('of more than a thousand everything is held', async () => {
  const held = await heldOf(1001);
  expect(held.holds).toEqual([{ vault: null, limit: 'percent', count: 1001 * DUE }]);
  expect([letsGo(held, 'vault-7'), letsGo(held, 'another')]).toEqual([false, false]);
});
