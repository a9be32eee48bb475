import type { Hold } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import { button, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { table } from '../../parts/table.ts';
import { asUtc, instant } from '../../words/time.ts';
import type { Open } from './open.ts';

export function addHold({ context, item, path }: Open): Promise<boolean> {
  const name = textInput('Name', { id: 'hold-name', maxlength: 63, autocomplete: 'off' });
  const reason = textInput('Reason', { id: 'hold-reason', maxlength: 1024 });
  const until = h<HTMLInputElement>('input', { type: 'datetime-local', class: 'select', id: 'hold-until' });
  return ask({
    title: `Hold ${item.name}`,
    content: [
      h(
        'p',
        {},
        'A hold keeps an item from being purged, also after its days are over. It never stands in the way of an undelete.',
      ),
      name,
      reason,
      h(
        'label',
        { class: 'field' },
        h('span', { class: 'field-label' }, 'Until (UTC; empty: for as long as nobody lifts it)'),
        until,
      ),
    ],
    submit: 'Place hold',
    missing: () => (name.value && reason.value ? undefined : 'A hold needs a name and a reason.'),
    run: () => {
      const body = { reason: reason.value, ...(until.value ? { until: asUtc(until.value) } : {}) };
      return act(
        context,
        context.api.send('PUT', `${path}/holds/${encodeURIComponent(name.value)}`, { body }),
        () => `${item.name} is held.`,
      );
    },
  });
}

const lift = ({ context, item, path }: Open, hold: Hold): Promise<void> =>
  actNow(
    context,
    context.api.send('DELETE', `${path}/holds/${encodeURIComponent(hold.name)}`, { etag: hold.etag }),
    () => `The hold ${hold.name} on ${item.name} is lifted.`,
  );

export const holds = (open: Open): Content =>
  table<Hold>(
    'Holds',
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Reason', cell: ({ reason }) => reason },
      { title: 'Until', cell: ({ until }) => (until ? instant(until) : 'lifted') },
      { title: 'By', cell: ({ by }) => by, minor: true },
      {
        title: 'Lift',
        cell: (hold) => button('Lift', () => lift(open, hold), { size: 'small', 'aria-label': `Lift ${hold.name}` }),
      },
    ],
    open.item.holds,
    'Nobody holds it.',
  );
