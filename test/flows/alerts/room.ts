/** A vault with alerts in it, the verbs' own ports, and what they would have told. */

import { type Alert, alert, type Subject } from '../../../src/core/alerts.ts';
import type { AlertType } from '../../../src/core/alertTypes.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import type { Notice } from '../../../src/ports/alerts.ts';
import type { Ports } from '../../../src/ports.ts';
import { aPolicy, aVault, NOON } from '../../support/builders.ts';
import { allDue, historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { newHead, newId, portsOver } from '../../support/world.ts';

export type Room = Awaited<ReturnType<typeof room>>;

export async function room(over: Partial<Ports> = {}, tables: Tables = memoryTables()) {
  const notices: Notice[] = [];
  const queue = { send: async (notice: Notice) => void notices.push(notice) };
  const flow = portsOver(tables, { notices: queue, ...over });
  const bare = portsOver(tables);
  if (!(await bare.vaults.head('Contoso', 'fresh'))) {
    await bare.commit({ line: 'vault', vault: 'Contoso', id: 'made' });
    await bare.commit(newHead(aVault(), undefined, aPolicy('daily')));
  }
  return {
    flow,
    tables,
    notices,
    /** As if it had been raised and told long ago. */
    raise: async (type: AlertType, subject: Partial<Subject> = {}, more: Partial<Alert> = {}) => {
      const one: Alert = { ...alert(type, { vault: 'Contoso', ...subject }, NOON, {}), notifications: [], ...more };
      await bare.commit({ vault: one.vault ?? SERVICE, id: newId(), alerts: [{ was: undefined, now: one }] });
    },
    alert: async (id: string, vault: string | null = 'Contoso') => (await bare.alerts.get(vault, id))?.value,
    /** `RedriveMail`, or `RedriveMail Refused`, newest first; of the vault itself with null. */
    history: async (item: string | null, vault = 'Contoso') =>
      (await historyIn(bare, vault, item))
        .filter(({ operation }) => operation !== 'Test')
        .map(({ operation, outcome }) => (outcome === 'Refused' ? `${operation} Refused` : operation)),
    /** `tell sql-01`, for everything in the agenda. */
    hints: async () => {
      const due = await allDue(bare, NOON.plus({ years: 100 }));
      // whatever is raised is over one day
      return due.filter(({ kind }) => kind !== 'tidy').map(({ kind, item }) => `${kind} ${item}`);
    },
  };
}
