import type { DeletedVault } from '../../client/api.ts';
import type { Content } from '../dom/h.ts';
import { h } from '../dom/h.ts';
import { actNow } from '../parts/act.ts';
import type { Context } from '../parts/context.ts';
import { button } from '../parts/controls.ts';
import { table } from '../parts/table.ts';
import { VAULT_KINDS } from '../words/labels.ts';
import { instant } from '../words/time.ts';

/** Vaults that were deleted: who did it, until when they can come back, and the way to bring them back. Nothing where there are none. */
export async function deletedVaults(context: Context): Promise<Content> {
  const vaults = await context.api.all('listDeletedVaults');
  const restore = ({ name }: DeletedVault) =>
    actNow(
      context,
      context.api.ask('restoreVault', { names: { vault: name }, body: {} }),
      () => `${name} is restored. It is as it was.`,
    );
  if (vaults.length === 0) return undefined;
  return h(
    'section',
    {},
    h('h2', {}, 'Deleted vaults'),
    table<DeletedVault>(
      'Deleted vaults',
      [
        { title: 'Name', cell: ({ name }) => name },
        { title: 'Kind', cell: ({ kind }) => VAULT_KINDS[kind], minor: true },
        { title: 'Removed from', cell: ({ removeAt }) => instant(removeAt) },
        { title: 'Deleted by', cell: ({ deletedBy }) => deletedBy },
        { title: 'Deleted', cell: ({ deletedAt }) => instant(deletedAt), minor: true },
        { title: 'Reason', cell: ({ reason }) => reason ?? '', minor: true },
        {
          title: 'Bring it back',
          cell: (one) =>
            context.may('Contributor') && button('Restore', () => restore(one), { id: `do-restore-${one.name}` }),
        },
      ],
      vaults,
      '',
    ),
  );
}
