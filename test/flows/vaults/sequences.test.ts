/** Any order of deletions, restores, creations, protections and sweeps, over days: what must hold of a vault holds after each step. */
import { expect, test } from 'vitest';
import { isItem } from '../../../src/core/item.ts';
import type { Instant } from '../../../src/core/time.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { restoreVault } from '../../../src/flows/vaults/deleted.ts';
import { deleteVault } from '../../../src/flows/vaults/deleteVault.ts';
import { putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { randomOf } from '../../faults/random.ts';
import { later } from '../../support/builders.ts';
import { FULL } from '../../support/full.ts';
import { memoryTables } from '../../support/tables.ts';
import { aRequest, portsOver } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';

const VAULT = { vault: 'Contoso' };
const ITEM = { ...VAULT, item: 'vm' };
const RUNS = FULL ? 40 : 20;
const STEPS = 120;

/** What we know of the vault by ourselves. */
interface Model {
  /** null: open; undefined: there is none. */
  removeAt: Instant | null | undefined;
  ids: string[];
  generations: number[];
}

type Outcome = { readonly ok: boolean; readonly refusal?: { readonly code: string } };
const codeOf = ({ ok, refusal }: Outcome): string => (ok ? 'ok' : (refusal?.code ?? ''));

test.each(Array.from({ length: RUNS }, (_, run) => run))('run %i', async (run) => {
  const random = randomOf(run);
  const tables = memoryTables();
  const ports = portsOver(tables, { mailer: { send: async () => ({ sent: true }) } });
  const model: Model = { removeAt: undefined, ids: [], generations: [] };
  let now = later(0);

  const hear = async () => {
    // every mail is sent at once, so that nothing keeps a removal waiting
    for (const was of (await ports.alerts.about(VAULT.vault, null)).found)
      await ports.commit({ vault: VAULT.vault, id: `told-${was.value.id}`, alerts: [{ was, now: told(was.value) }] });
    for (const was of (await ports.alerts.about(VAULT.vault, ITEM.item)).found)
      await ports.commit({ vault: VAULT.vault, id: `told-${was.value.id}`, alerts: [{ was, now: told(was.value) }] });
  };
  const isOver = () => model.removeAt != null && model.removeAt <= now;

  const STEPS_OF = {
    async make() {
      const patch = { kind: 'RecoveryServices', softDelete: { state: 'Disabled' } } as const;
      const made = await putVault(ports, aRequest(now), VAULT, { patch, mustExist: false });
      expect(codeOf(made)).toBe(model.removeAt ? 'VaultDeleted' : 'ok');
      if (!made.ok) return;
      if (model.removeAt === undefined) {
        expect(model.ids).not.toContain(made.value.vault.id);
        model.ids.push(made.value.vault.id);
        const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } } as const;
        await putPolicy(ports, aRequest(now), VAULT, { name: 'daily', ...policy });
      }
      model.removeAt = null;
      expect(made.value.vault.id).toBe(model.ids.at(-1));
    },
    async remove() {
      const lives = (await ports.vaults.items(VAULT.vault, { limit: 9 })).found.some(
        ({ remains }) => remains && isItem(remains),
      );
      const outcome = codeOf(await deleteVault(ports, aRequest(now), VAULT));
      expect(outcome).toBe(model.removeAt === undefined ? 'VaultNotFound' : lives ? 'VaultNotEmpty' : 'ok');
      if (outcome === 'ok' && model.removeAt === null) model.removeAt = now.plus({ days: 14 });
    },
    async restore() {
      const outcome = codeOf(await restoreVault(ports, aRequest(now), VAULT));
      expect(outcome).toBe(!model.removeAt ? 'VaultNotFound' : isOver() ? 'UndeleteWindowClosed' : 'ok');
      if (outcome === 'ok') model.removeAt = null;
    },
    async protect() {
      const ask = { workload: 'AzureVM', policy: 'daily', sourceId: '/vm' } as const;
      const outcome = await protect(ports, aRequest(now), ITEM, ask);
      expect(codeOf(outcome)).toBe(model.removeAt === null ? 'ok' : 'VaultNotFound');
    },
    async destroy() {
      const before = await ports.vaults.item(VAULT.vault, ITEM.item);
      const outcome = await stop(ports, aRequest(now), ITEM, { mode: 'delete', confirmName: ITEM.item });
      // What is gone already is not destroyed once more.
      if (!outcome.ok || before?.value.state === 'Purged') return;
      // No generation comes twice, whatever vault the item was in.
      const { generation } = (await ports.vaults.item(VAULT.vault, ITEM.item))?.value ?? { generation: 0 };
      expect(model.generations).not.toContain(generation);
      model.generations.push(generation);
    },
    async sweep() {
      await hear();
      await sweeperOver(tables, { notices: ports.notices }).sweep(now);
      if (isOver()) model.removeAt = undefined;
    },
    async wait() {
      now = now.plus({ days: random.int(1, 20) });
    },
  };
  const often = ['make', 'remove', 'protect', 'destroy', 'sweep', 'wait'] as const;
  const names = [...(Object.keys(STEPS_OF) as (keyof typeof STEPS_OF)[]), ...often, ...often];

  for (let step = 0; step < STEPS; step += 1) {
    const name = names[random.int(0, names.length - 1)] ?? 'wait';
    await STEPS_OF[name]();
    const [open, deleted] = [await ports.vaults.head(VAULT.vault, 'fresh'), await ports.vaults.deleted(VAULT.vault)];
    expect([open !== undefined, deleted?.vault.deletion?.removeAt], name).toEqual([
      model.removeAt === null,
      model.removeAt ?? undefined,
    ]);
    expect((open ?? deleted)?.vault.id, name).toBe(model.removeAt === undefined ? undefined : model.ids.at(-1));
  }
  await hear();
  await sweeperOver(tables, { notices: ports.notices }).sweep(now);
  const { findings } = await checkStore(scanTables(tables, ['contoso']), now);
  expect(findings).toEqual([]);
});

const told = <A extends object>(alert: A): A => ({ ...alert, notifications: [] });
