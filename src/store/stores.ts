import { SERVICE } from '../core/hints.ts';
import type { Doors, Reads } from '../ports.ts';
import { hintWriter, tableAgenda } from './agenda.ts';
import { tableAlerts } from './alerts.ts';
import { tableChains } from './chains.ts';
import { committer } from './commit.ts';
import { tableControl } from './control.ts';
import { tableExecutors } from './executors.ts';
import { headMemory } from './head.ts';
import { keys } from './keys.ts';
import { tableKinds } from './kinds.ts';
import { tableMailLedger } from './mailLedger.ts';
import { tableGuards, tableRegistry } from './registry.ts';
import { read } from './rows.ts';
import { held, type Table } from './table.ts';
import { folder, type Unfolded } from './tallies.ts';
import { tableVaults } from './vaults.ts';

export interface Tables {
  readonly vaults: Table;
  readonly agenda: Table;
  readonly registry: Table;
}

export type Stores = Pick<
  Reads,
  'vaults' | 'agenda' | 'control' | 'alerts' | 'ledger' | 'registry' | 'guards' | 'executors' | 'kinds' | 'service'
> &
  Pick<Doors, 'commit' | 'hint'>;

/** Everything that is kept in tables, over the three tables that there are. */
export function tableStores(
  { vaults, agenda, registry }: Tables,
  seal: (hash: string) => string,
  unfolded: Unfolded,
): Stores {
  const chains = tableChains(seal);
  const folds = folder(vaults, unfolded);
  const kinds = tableKinds(vaults, registry);
  const memory = headMemory(vaults, chains, folds);
  return {
    vaults: tableVaults(vaults, registry, memory, chains),
    agenda: tableAgenda(agenda, seal),
    control: tableControl(vaults, registry),
    alerts: tableAlerts(vaults, chains),
    ledger: tableMailLedger(registry),
    registry: tableRegistry(registry),
    guards: tableGuards(vaults, registry, chains),
    executors: tableExecutors(vaults),
    kinds,
    service: { settings: () => vaults.get(SERVICE, keys.serviceSettings).then(held(read.settings)) },
    commit: committer(vaults, registry, { memory, chains, folds, kinds }),
    hint: hintWriter(agenda, seal),
  };
}
