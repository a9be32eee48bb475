import type { Item } from '../../api/types.ts';
import { h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import { ask } from '../../parts/dialog.ts';
import type { Open } from './open.ts';

export const undelete = ({ context, item, path }: Open): Promise<boolean> =>
  ask({
    title: `Undelete ${item.name}`,
    content: [
      h(
        'p',
        {},
        'All its recovery points come back, those past their end too. The item is then in the state “Protection stopped”: nothing is deleted and nothing expires.',
      ),
      h('p', {}, 'New backups do not start by themselves: use “Resume backup” afterwards.'),
    ],
    submit: 'Undelete',
    run: () =>
      act(
        context,
        context.api.send<Item>('POST', `${path}/undelete`, { body: {}, etag: item.etag }),
        (now) =>
          `${now.name} is back, with ${now.recoveryPoints.count} recovery points. Backups are stopped until you resume them.`,
      ),
  });
