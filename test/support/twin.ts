/** The service that the model is compared with: the real flows on real tables, as two instances that each remember heads. */
import { expect } from 'vitest';
import { purgeAt, termsOf } from '../../src/core/lifecycle.ts';
import { fateOf } from '../../src/core/policy.ts';
import type { Outcome } from '../../src/core/problems.ts';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { putHold, removeHold } from '../../src/flows/items/holds.ts';
import { allPoints, recordPoint } from '../../src/flows/items/points.ts';
import { protect } from '../../src/flows/items/protect.ts';
import { resume } from '../../src/flows/items/resume.ts';
import { stop } from '../../src/flows/items/stop.ts';
import { undelete } from '../../src/flows/items/undelete.ts';
import type { Request } from '../../src/flows/story/request.ts';
import { putPolicy } from '../../src/flows/vaults/policies.ts';
import { putVault } from '../../src/flows/vaults/putVault.ts';
import { DAY, fateIn, type Model, type ModelItem, type Retention, type Verb } from './model.ts';
import type { Tables } from './tables.ts';
import { aRequest, headOf, must, portsOver, type World } from './world.ts';

const VAULT = 'Contoso';
const WORKLOAD = { RecoveryServices: 'AzureVM', Backup: 'AzureBlob' } as const;

const codeOf = <T>(outcome: Outcome<T>): string => (outcome.ok ? 'ok' : outcome.refusal.code);

export function twinOf(tables: Tables, kind: Model['kind']) {
  const instances = [portsOver(tables), portsOver(tables)] as const;
  /** Looks on, and leaves the others the heads that they remember. */
  const observer = portsOver(tables);
  let turn = 0;
  /** In turn, so that each meets heads that the other has changed. */
  const next = (): World => {
    turn += 1;
    return turn % 2 === 0 ? instances[0] : instances[1];
  };
  const at = (now: number): Instant => instantOf(now);

  const act = async (now: number, item: string, ask: Verb): Promise<string> =>
    codeOf(await perform(next(), aRequest(at(now)), { vault: VAULT, item }, ask, WORKLOAD[kind]));

  const configure = async (
    now: number,
    change: { days?: number; extend: boolean; softDelete?: boolean; immutable?: boolean },
  ) => {
    const { days, extend, softDelete, immutable } = change;
    const patch = {
      kind,
      softDelete: {
        retentionDays: days,
        retentionScope: extend ? ('ExtendExisting' as const) : ('FutureDeletions' as const),
        state: softDelete === undefined ? undefined : softDelete ? ('Enabled' as const) : ('Disabled' as const),
      },
      immutability: immutable === undefined ? undefined : immutable ? ('Unlocked' as const) : ('Disabled' as const),
    };
    return codeOf(await putVault(next(), aRequest(at(now)), { vault: VAULT }, { patch, mustExist: false }));
  };

  const editPolicy = async (now: number, name: string, retention: Retention) => {
    const workloads = [WORKLOAD[kind]];
    return codeOf(
      await putPolicy(
        next(),
        aRequest(at(now)),
        { vault: VAULT },
        { name, workloads, schedule: '0 0 2 * * *', retention },
      ),
    );
  };

  /** Both say the same about every item and about the vault. */
  const compare = async (model: Model) => {
    const { vaults } = observer;
    for (const name of Object.keys(model.items))
      expect(await seen(vaults, model.now, name), name).toEqual(said(model, name));
    const states = Object.values(model.items).map(({ state }) => state);
    expect(await vaults.counts(VAULT)).toEqual({
      protected: states.filter((state) => state === 'Protected').length,
      stopped: states.filter((state) => state === 'ProtectionStopped' || state === 'BackupsSuspended').length,
      softDeleted: states.filter((state) => state === 'SoftDeleted').length,
    });
  };
  return { act, configure, editPolicy, compare };
}

async function perform(
  ports: World,
  ask: Request<never>,
  place: { vault: string; item: string },
  wish: Verb,
  workload: 'AzureVM' | 'AzureBlob',
): Promise<Outcome<unknown>> {
  switch (wish.verb) {
    case 'protect': {
      const { policy, recover: recoverSoftDeleted } = wish;
      return protect(ports, { ...ask, keep: undefined }, place, {
        workload,
        policy,
        sourceId: `/${place.item}`,
        recoverSoftDeleted,
      });
    }
    case 'stop':
      return stop(ports, { ...ask, keep: undefined }, place, { mode: wish.mode, confirmName: place.item });
    case 'undelete':
      return undelete(ports, { ...ask, keep: undefined }, place);
    case 'resume':
    case 'changePolicy':
      return resume(ports, { ...ask, keep: undefined }, place, wish);
    case 'point': {
      const { name, rung, lives } = wish;
      const createdAt = instantOf(wish.createdAt);
      const expiresAt = lives === null ? null : instantOf(ask.now.toMillis() + lives * DAY);
      return recordPoint(ports, { ...ask, keep: undefined }, place, { name, createdAt, rung, expiresAt });
    }
    case 'hold':
      return putHold(ports, { ...ask, keep: undefined }, place, {
        name: wish.name,
        reason: 'r',
        // one moves the item to the end of the trash, the other leaves it where it is
        until: wish.name === 'endless' ? null : instantOf(ask.now.toMillis() + DAY),
      });
    case 'release':
      return removeHold(ports, { ...ask, keep: undefined }, place, { name: wish.name });
  }
}

const FATES = { Active: 'active', SoftDeleted: 'waiting', Expired: 'over', Gone: 'over' } as const;

/** What the service has stored, in the model's words. */
async function seen(vaults: World['vaults'], now: number, name: string) {
  const item = must(await vaults.item(VAULT, name)).value;
  if (item.state === 'Purged') return { state: item.state, generation: item.generation };
  const head = await headOf(vaults, VAULT);
  const terms = termsOf(item, head);
  const points = (await allPoints({ vaults }, item)).map((point) => [
    point.name,
    FATES[fateOf(point, terms, instantOf(now)).kind],
  ]);
  return {
    state: item.state,
    generation: item.generation,
    holds: item.holds.map((hold) => hold.name).toSorted(),
    points: Object.fromEntries(points),
    ...(item.state === 'Protected' ? { policy: item.policy } : {}),
    ...(item.state === 'SoftDeleted' ? { endsAt: purgeAt(item, head.vault).toMillis() } : {}),
    ...(item.state === 'ProtectionStopped' ? { undeleted: item.undeleted } : {}),
  };
}

function said(model: Model, name: string) {
  const item: ModelItem = must(model.items[name]);
  const { state, generation } = item;
  if (state === 'Purged') return { state, generation };
  return {
    state,
    generation,
    holds: item.holds.toSorted(),
    points: Object.fromEntries(item.points.map((point) => [point.name, fateIn(model, item, point)])),
    ...(state === 'Protected' ? { policy: item.policy } : {}),
    ...(state === 'SoftDeleted' ? { endsAt: item.endsAt } : {}),
    ...(state === 'ProtectionStopped' ? { undeleted: item.undeleted } : {}),
  };
}
