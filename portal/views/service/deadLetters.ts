import { at } from '../../api/client.ts';
import type { DeadLetter } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button } from '../../parts/controls.ts';
import { table } from '../../parts/table.ts';
import { ago, plural } from '../../words/time.ts';

const redrive = (context: Context, letter: DeadLetter): Promise<void> =>
  actNow(
    context,
    context.api.send('POST', `${at('deadletters', letter.id)}/redrive`, { body: {} }),
    () => `The mail to ${letter.recipient} is on its way again.`,
  );

/** Mails that could not be sent, and the way to try again once the cause is gone. */
export const deadLetters = (context: Context, letters: readonly DeadLetter[]): Content =>
  table<DeadLetter>(
    'Dead letters',
    [
      { title: 'Recipient', cell: ({ recipient }) => recipient },
      { title: 'Why', cell: ({ reason, code }) => h('span', { class: 'wrap' }, `${reason} (${code})`) },
      {
        title: 'Tried',
        cell: ({ attempts, lastFailedAt }) => `${plural(attempts, 'time')}, last ${ago(lastFailedAt, context.now)}`,
        minor: true,
      },
      {
        title: 'Re-drive',
        cell: (letter) =>
          button('Re-drive', () => redrive(context, letter), {
            size: 'small',
            'aria-label': `Re-drive the mail to ${letter.recipient}`,
          }),
      },
    ],
    letters,
    'None: every mail found its way.',
  );
