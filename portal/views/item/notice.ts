import type { Problem } from '../../api/problem.ts';
import type { Explanation } from '../../api/types.ts';
import { h } from '../../dom/h.ts';
import { primary } from '../../parts/controls.ts';
import { message } from '../../parts/messages.ts';
import { instant, left, readable } from '../../words/time.ts';
import type { Open } from './open.ts';
import { resume } from './resume.ts';
import { undelete } from './undelete.ts';

/** What somebody who opens the item has to know first. */
export function notice(open: Open | { readonly purged: Problem }, explanation?: Explanation): HTMLElement | undefined {
  if ('purged' in open)
    return message('error', h('strong', {}, 'Permanently deleted. '), readable(open.purged.message));
  const { item, context } = open;
  const can = explanation?.can ?? [];
  if (item.softDelete && item.state === 'SoftDeleted') {
    const { daysLeft, purgeAt } = item.softDelete;
    return message(
      'error',
      h('strong', {}, `${item.name} is soft deleted: ${left(daysLeft, purgeAt, context.now)}. `),
      can.includes('undelete')
        ? `It is deleted permanently on ${instant(purgeAt)}, unless somebody undeletes it. Until then no recovery point expires.`
        : `Its days were over on ${instant(purgeAt)}: the next sweep deletes it permanently.`,
      can.includes('undelete') &&
        h(
          'p',
          {},
          primary('Undelete', () => undelete(open), { id: 'notice-undelete' }),
        ),
    );
  }
  if (item.state === 'Purging') return message('error', `${item.name} is being deleted permanently.`);
  if (item.state === 'ProtectionStopped' || item.state === 'BackupsSuspended')
    return message(
      'warning',
      h('strong', {}, 'No new backups are taken. '),
      'All its recovery points are there. Backups do not start again by themselves.',
      can.includes('resume') &&
        h(
          'p',
          {},
          primary('Resume backup', () => resume(open), { id: 'notice-resume' }),
        ),
    );
  return undefined;
}
