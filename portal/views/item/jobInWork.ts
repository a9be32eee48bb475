import { h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import { button, progress } from '../../parts/controls.ts';
import { ago } from '../../words/time.ts';
import type { Open } from './open.ts';

const LOOK_MS = 3000;

/** Asks after the job for as long as the page is open, and tells when it has ended. */
export function jobInWork(open: Open): HTMLElement | undefined {
  const { item, context, names } = open;
  const job = item.activeJob;
  if (!job) return undefined;
  const end = (status: 'Completed' | 'Failed'): Promise<void> =>
    actNow(
      context,
      context.api.ask('completeJob', { names: { ...names, job: job.id }, body: { status } }),
      () => `The ${job.operation} of ${item.name} is ${status.toLowerCase()}.`,
    );
  const element = h(
    'div',
    { class: 'card job', role: 'status' },
    h('strong', {}, `${job.operation} in progress`),
    ` since ${ago(job.startedAt, context.now)}`,
    progress(`${job.operation} in progress`),
    context.local &&
      context.may('Operator') &&
      h(
        'p',
        { class: 'quiet' },
        'A local run has no backup engine, so you say how the job ends: ',
        button('It is done', () => end('Completed'), { size: 'small' }),
        ' ',
        button('It failed', () => end('Failed'), { size: 'small' }),
      ),
  );

  async function watch(): Promise<void> {
    if (!element.isConnected || !job) return;
    const answer = await context.api.ask('getJob', { names: { ...names, job: job.id } });
    if (!element.isConnected) return;
    if (!answer.ok) return context.refresh();
    if (answer.value.status === 'InProgress') return void setTimeout(() => void watch(), LOOK_MS);
    context.say(
      `The ${job.operation} of ${item.name} has ended: ${answer.value.status}.`,
      answer.value.status === 'Completed' ? 'success' : 'warning',
    );
    context.refresh();
  }
  setTimeout(() => void watch(), LOOK_MS);
  return element;
}
