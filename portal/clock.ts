import type { Api } from './api/client.ts';
import type { Clock } from './api/types.ts';
import { h } from './dom/h.ts';
import { button, textInput } from './parts/controls.ts';
import { ask } from './parts/dialog.ts';
import { offsetHours } from './words/time.ts';

/** The service's clock, which a local run can move: a fortnight passes in a second. */
export interface ServiceClock {
  read(): Promise<Date>;
  /** In hours ahead of real time. */
  ahead(): number;
  move(): Promise<boolean>;
}

/** Elsewhere than in a local run the service thinks what everybody thinks. */
export const realClock: ServiceClock = { read: async () => new Date(), ahead: () => 0, move: async () => false };

export function localClock(api: Api): ServiceClock {
  let hours = 0;

  async function read(): Promise<Date> {
    const answer = await api.get<Clock>('local/clock');
    if (!answer.ok) return new Date();
    hours = offsetHours(answer.value.offset);
    return new Date(answer.value.now);
  }

  function move(): Promise<boolean> {
    const days = textInput('Days ahead of real time', {
      type: 'number',
      min: 0,
      step: 'any',
      value: `${Math.round((hours / 24) * 100) / 100}`,
      id: 'clock-days',
    });
    const add = (more: number) =>
      button(
        `+${more} ${more === 1 ? 'day' : 'days'}`,
        () => {
          days.value = `${Number(days.value) + more}`;
        },
        { size: 'small' },
      );
    return ask({
      title: 'Move the clock',
      content: [
        h(
          'p',
          {},
          "Only in a local run: the service's whole idea of now moves. What falls due is purged by the next sweep: “Operations”, “Sweep now”.",
        ),
        days,
        h('p', { class: 'commands' }, add(1), add(7), add(12), add(15)),
      ],
      submit: 'Move',
      run: async () => {
        const offset = `PT${Math.max(0, Math.round(Number(days.value) * 24 * 60))}M`;
        const answer = await api.send<Clock>('PUT', 'local/clock', { body: { offset } });
        return answer.ok ? undefined : answer.problem;
      },
    });
  }
  return { read, ahead: () => hours, move };
}
