import type { Hold } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import { button, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { asUtc, instant } from '../../words/time.ts';
import type { Open } from './open.ts';

export function addHold({ context, item, names }: Open): Promise<boolean> {
  const name = textInput('Name', { id: 'hold-name', maxlength: 63, autocomplete: 'off' });
  const reason = textInput('Reason', { id: 'hold-reason', maxlength: 1024 });
  const until = h<HTMLInputElement>('input', { type: 'datetime-local', class: 'select', id: 'hold-until' });
  return ask({
    title: `Hold ${item.name}`,
    content: [
      h(
        'p',
        {},
        'While a hold stands, the item is not purged, even after its days are over. It can be undeleted all the same.',
      ),
      name,
      reason,
      h(
        'label',
        { class: 'field' },
        h('span', { class: 'field-label' }, 'Until (UTC; empty: until somebody lifts it)'),
        until,
      ),
    ],
    submit: 'Place hold',
    missing: () => (name.value && reason.value ? undefined : 'A hold needs a name and a reason.'),
    run: () => {
      const body = { reason: reason.value, ...(until.value ? { until: asUtc(until.value) } : {}) };
      return act(
        context,
        context.api.ask('putHold', { names: { ...names, hold: name.value }, body }),
        () => `${item.name} is held.`,
      );
    },
  });
}

const lift = ({ context, item, names }: Open, hold: Hold): Promise<void> =>
  actNow(
    context,
    context.api.ask('deleteHold', { names: { ...names, hold: hold.name }, etag: hold.etag }),
    () => `The hold ${hold.name} on ${item.name} is lifted.`,
  );

const lifting = (open: Open): Column<Hold> => ({
  title: 'Lift',
  cell: (hold) => button('Lift', () => lift(open, hold), { size: 'small', 'aria-label': `Lift ${hold.name}` }),
});

export const holds = (open: Open): Content =>
  table<Hold>(
    'Holds',
    [
      { title: 'Name', cell: ({ name }) => name },
      { title: 'Reason', cell: ({ reason }) => reason },
      { title: 'Until', cell: ({ until }) => (until ? instant(until) : 'no end: until somebody lifts it') },
      { title: 'By', cell: ({ by }) => by, minor: true },
      ...(open.context.may('Contributor') ? [lifting(open)] : []),
    ],
    open.item.holds,
    'It has no hold.',
  );
