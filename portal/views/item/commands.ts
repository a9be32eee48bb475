import { h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import { button } from '../../parts/controls.ts';
import { addHold } from './holds.ts';
import type { Open } from './open.ts';
import { recallItem } from './purgeOrder.ts';
import { changePolicy, resume, undelete } from './resume.ts';
import { stop } from './stop.ts';

const backup = ({ context, names, item }: Open): Promise<void> =>
  actNow(
    context,
    context.api.ask('startBackup', { names, body: {}, etag: item.etag }),
    () => `The backup of ${item.name} was started.`,
  );

const COMMANDS = [
  { verb: 'undelete', text: 'Undelete', run: undelete },
  { verb: 'recall', text: 'Recall', run: recallItem },
  { verb: 'resume', text: 'Resume backup', run: resume },
  { verb: 'backup', text: 'Back up now', run: backup },
  { verb: 'stop', text: 'Stop backup', run: stop },
  { verb: 'delete', text: 'Delete backup data', run: (open: Open) => stop(open, 'delete') },
  { verb: 'changePolicy', text: 'Change policy', run: changePolicy },
] as const;

/** What can be done with the item now. The form of *Stop backup* deletes too, so only one of the two is shown. */
export function commands(open: Open): HTMLElement {
  const { context, item, offers } = open;
  const shown = COMMANDS.filter(({ verb }) => offers.has(verb) && !(verb === 'delete' && offers.has('stop')));
  return h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': `Commands for ${item.name}` },
    ...shown.map(({ text, verb, run }) => button(text, () => run(open), { id: `do-${verb}` })),
    context.may('Contributor') && button('Add hold', () => addHold(open), { id: 'do-hold' }),
    button('Refresh', () => context.refresh(), { id: 'do-refresh', appearance: 'subtle' }),
  );
}
