import type { RecoveryPoint as Point } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import { badge, button } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { inTrash } from '../../words/labels.ts';
import { ago, instant } from '../../words/time.ts';
import type { Open } from './open.ts';

const columns = (now: Date): readonly Column<Point>[] => [
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Created', cell: ({ createdAt }) => `${instant(createdAt)} (${ago(createdAt, now)})` },
  { title: 'Kind', cell: ({ rung }) => rung, minor: true },
  {
    title: 'Expires',
    cell: ({ expiresAt, state }) => [
      expiresAt ? instant(expiresAt) : 'never',
      state === 'SoftDeleted' && badge('Soft deleted', 'danger'),
    ],
    minor: true,
  },
];

export const pointsTable = (points: readonly Point[], caption: string, now: Date): HTMLElement =>
  table(caption, columns(now), points, 'There is no recovery point yet.');

const restore = ({ context, item, names }: Open, point: Point): Promise<boolean> =>
  ask({
    title: `Restore ${item.name}`,
    content: h(
      'p',
      {},
      `A job restores the state of ${instant(point.createdAt)} (${point.name}). You can leave this page meanwhile.`,
    ),
    submit: 'Restore',
    run: () =>
      act(
        context,
        context.api.ask('restoreItem', { names, body: { recoveryPoint: point.name } }),
        () => `The restore of ${item.name} from ${point.name} was started.`,
      ),
  });

/** A soft-deleted item shows none: they come back with it. */
export function points(open: Open, found: readonly Point[], more: boolean): Content {
  const { item, context, offers } = open;
  if (inTrash(item))
    return h(
      'p',
      { class: 'empty' },
      'A soft-deleted item shows no recovery points. None is lost: undelete brings all of them back.',
    );
  const restoring: readonly Column<Point>[] = offers.has('restore')
    ? [
        {
          title: 'Restore',
          cell: (point) =>
            button('Restore', () => restore(open, point), { size: 'small', 'aria-label': `Restore ${point.name}` }),
        },
      ]
    : [];
  return [
    table('Recovery points', [...columns(context.now), ...restoring], found, 'There is no recovery point yet.'),
    more && h('p', { class: 'quiet' }, 'The first 100 by name. The API lists all.'),
  ];
}
