import type { Client } from '../client/client.ts';
import { h } from './dom/h.ts';
import { button, textInput } from './parts/controls.ts';
import { ask } from './parts/dialog.ts';
import { offsetHours } from './words/time.ts';

/** The clock of the service, which a local run can move: two weeks pass in a second. */
export interface ServiceClock {
  read(): Promise<Date>;
  /** In hours ahead of real time. */
  ahead(): number;
  move(): Promise<boolean>;
}

/** Outside a local run the service has the same time as everyone. */
export const realClock: ServiceClock = { read: async () => new Date(), ahead: () => 0, move: async () => false };

export function localClock(api: Client): ServiceClock {
  let hours = 0;

  async function read(): Promise<Date> {
    const answer = await api.ask('getLocalClock');
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
          'Only a local run can do this: it moves the time of the whole service. The next sweep purges what is due by then: “Operations”, “Sweep now”.',
        ),
        days,
        h('p', { class: 'commands' }, add(1), add(7), add(12), add(15)),
      ],
      submit: 'Move',
      run: async () => {
        const offset = `PT${Math.max(0, Math.round(Number(days.value) * 24 * 60))}M`;
        const answer = await api.ask('putLocalClock', { body: { offset } });
        return answer.ok ? undefined : answer.problem;
      },
    });
  }
  return { read, ahead: () => hours, move };
}
