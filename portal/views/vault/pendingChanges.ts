import type { PendingChange, Vault } from '../../../client/api.ts';
import type { Content } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button } from '../../parts/controls.ts';
import { table } from '../../parts/table.ts';
import { instant } from '../../words/time.ts';

const change = ({ before, after }: PendingChange): string => `${before ?? 'none'} → ${after ?? 'none'}`;

/** What was asked for and does not hold yet: who asked, when it will, and the way to stop it. */
export function pendingChanges(context: Context, vault: Vault): Content {
  const cancel = ({ id, control }: PendingChange) =>
    actNow(
      context,
      context.api.ask('cancelPendingChange', { names: { vault: vault.name, id } }),
      () => `The change of ${control} is cancelled. Nothing has changed.`,
    );
  return table<PendingChange>(
    'Pending changes',
    [
      { title: 'Control', cell: ({ control }) => control },
      { title: 'Change', cell: change },
      { title: 'Holds from', cell: ({ effectiveAt }) => instant(effectiveAt) },
      { title: 'Requested by', cell: ({ requestedBy }) => requestedBy, minor: true },
      { title: 'Requested', cell: ({ requestedAt }) => instant(requestedAt), minor: true },
      {
        title: 'Stop it',
        cell: (one) => context.may('Operator') && button('Cancel', () => cancel(one), { id: `do-cancel-${one.id}` }),
      },
    ],
    vault.pendingChanges,
    'Nothing is pending.',
  );
}
