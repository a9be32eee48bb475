import type { Doors, Reads } from '../ports.ts';
import { hintWriter, tableAgenda } from './agenda.ts';
import { tableAlerts } from './alerts.ts';
import { committer } from './commit.ts';
import { tableControl } from './control.ts';
import { headMemory } from './head.ts';
import { tableMailLedger } from './mailLedger.ts';
import { tableGuards, tableRegistry } from './registry.ts';
import type { Table } from './table.ts';
import { tableVaults } from './vaults.ts';

export interface Tables {
  readonly vaults: Table;
  readonly agenda: Table;
  readonly registry: Table;
}

export type Stores = Pick<Reads, 'vaults' | 'agenda' | 'control' | 'alerts' | 'ledger' | 'registry' | 'guards'> &
  Pick<Doors, 'commit' | 'hint'>;

/** Everything that is kept in tables, over the three tables that there are. */
export function tableStores({ vaults, agenda, registry }: Tables): Stores {
  const memory = headMemory(vaults);
  return {
    vaults: tableVaults(vaults, memory),
    agenda: tableAgenda(agenda),
    control: tableControl(vaults, registry),
    alerts: tableAlerts(vaults),
    ledger: tableMailLedger(registry),
    registry: tableRegistry(registry),
    guards: tableGuards(vaults, registry),
    commit: committer(vaults, registry, memory),
    hint: hintWriter(agenda),
  };
}
