import type { Pause } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';
import { asUtc, forInput, instant } from '../../words/time.ts';

const DAY = 86_400_000;

function pause(context: Context): Promise<boolean> {
  const reason = textInput('Reason', { id: 'pause-reason', maxlength: 1024 });
  const tomorrow = forInput(new Date(context.now.getTime() + DAY));
  const until = h<HTMLInputElement>('input', {
    type: 'datetime-local',
    class: 'select',
    id: 'pause-until',
    value: tomorrow,
  });
  return ask({
    title: 'Pause all purging',
    content: [
      h(
        'p',
        {},
        'While purging is paused, nothing is permanently deleted. Undelete, mails and everything else go on. A pause lasts at most seven days.',
      ),
      reason,
      h('label', { class: 'field' }, h('span', { class: 'field-label' }, 'Until (UTC)'), until),
    ],
    submit: 'Pause',
    missing: () => (reason.value && until.value ? undefined : 'A pause needs a reason and an end.'),
    run: () =>
      act(
        context,
        context.api.ask('putPause', { body: { reason: reason.value, until: asUtc(until.value) } }),
        (now) => `Purging is paused until ${instant(now.until)}.`,
      ),
  });
}

export function pauseCard(context: Context, paused: Pause | undefined): Content {
  if (!paused)
    return [
      h('p', {}, 'Each item is purged when it is due.'),
      context.may('Contributor') && button('Pause purging', () => pause(context), { id: 'do-pause' }),
    ];
  const end = () => actNow(context, context.api.ask('deletePause', { etag: paused.etag }), () => 'Purging goes on.');
  return [
    message('warning', h('strong', {}, `Paused until ${instant(paused.until)} `), `by ${paused.by}: ${paused.reason}`),
    context.may('Contributor') && h('p', {}, button('End the pause', end, { id: 'do-end-pause' })),
  ];
}
