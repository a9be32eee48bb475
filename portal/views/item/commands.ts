import type { Explanation } from '../../api/types.ts';
import { h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import { button } from '../../parts/controls.ts';
import { addHold } from './holds.ts';
import type { Open } from './open.ts';
import { changePolicy, resume } from './resume.ts';
import { stop } from './stop.ts';
import { undelete } from './undelete.ts';

const backup = (open: Open): Promise<void> =>
  actNow(
    open.context,
    open.context.api.send('POST', `${open.path}/backup`, { body: {}, etag: open.item.etag }),
    () => `The backup of ${open.item.name} was started.`,
  );

/** What can be done with it now; the service said so. */
export function commands(open: Open, { can }: Explanation): HTMLElement {
  // a job in work forbids it, unless the job is cancelled with it: the form asks
  const offers: Explanation['can'] = open.item.activeJob && !can.includes('stop') ? [...can, 'stop'] : can;
  const offered = [
    { when: 'undelete', text: 'Undelete', run: undelete },
    { when: 'resume', text: 'Resume backup', run: resume },
    { when: 'backup', text: 'Back up now', run: backup },
    { when: 'stop', text: 'Stop backup', run: stop },
    { when: 'delete', text: 'Delete backup data', run: (it: Open) => stop(it, 'delete') },
    { when: 'changePolicy', text: 'Change policy', run: changePolicy },
  ] as const;
  const shown = offered.filter(({ when }) => offers.includes(when) && !(when === 'delete' && offers.includes('stop')));
  return h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': `Commands for ${open.item.name}` },
    ...shown.map(({ text, when, run }) => button(text, () => run(open), { id: `do-${when}` })),
    button('Add hold', () => addHold(open), { id: 'do-hold' }),
    button('Refresh', () => open.context.refresh(), { id: 'do-refresh', appearance: 'subtle' }),
  );
}
