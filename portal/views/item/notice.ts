import type { Explanation, HistoryEntry } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { primary } from '../../parts/controls.ts';
import { message } from '../../parts/messages.ts';
import { goesAt, isHeld, timeLeft } from '../../words/deletion.ts';
import { instant, readable } from '../../words/time.ts';
import type { Open } from './open.ts';
import { orderNotice } from './purgeOrder.ts';
import { resume, undelete } from './resume.ts';

/** When the item is deleted permanently, and what prevents it. */
function ending({ item, explanation }: Open): string {
  const at = goesAt(item);
  if (!Number.isFinite(at)) return 'A hold without an end keeps it: it stays until somebody lifts the hold.';
  const when = instant(new Date(at).toISOString());
  if (isHeld(item))
    return `A hold keeps it until ${when}. After that it is deleted permanently, unless somebody undeletes it.`;
  return explanation.can.includes('undelete')
    ? `It is deleted permanently on ${when}, unless somebody undeletes it. Until then no recovery point expires.`
    : `Its days were over on ${when}: the next sweep deletes it permanently.`;
}

const press = (text: string, id: string, run: () => unknown): HTMLElement => h('p', {}, primary(text, run, { id }));

/** What a person has to know first who opens the item. */
export function notice(open: Open): HTMLElement | undefined {
  const { item, context, offers } = open;
  if (item.state === 'SoftDeleted')
    return message(
      'error',
      h('strong', {}, `${item.name} is soft deleted: ${timeLeft(item, context.now)}. `),
      ending(open),
      offers.has('undelete') && press('Undelete', 'notice-undelete', () => undelete(open)),
    );
  if (item.state === 'Purging')
    return orderNotice(open) ?? message('error', `${item.name} is being deleted permanently.`);
  if (item.state === 'ProtectionStopped' || item.state === 'BackupsSuspended')
    return message(
      'warning',
      h('strong', {}, 'No new backups are taken. '),
      'All its recovery points are there. Backups do not start again by themselves.',
      offers.has('resume') && press('Resume backup', 'notice-resume', () => resume(open)),
    );
  return undefined;
}

export const purgedNotice = ({ at, caller }: HistoryEntry): HTMLElement =>
  message(
    'error',
    h('strong', {}, 'Permanently deleted. '),
    `${instant(at)}, by ${caller.oid}. Nobody can bring it back.`,
  );

/** The service's answer to "why is it still here?" and "why is it gone soon?". */
export function explained({ blockers, notBefore, expectedBy }: Explanation): Content {
  return [
    h(
      'ul',
      { class: 'reasons' },
      ...blockers.map(({ message, until }) =>
        h('li', {}, readable(message), until && !message.includes(until) && ` (until ${instant(until)})`),
      ),
    ),
    notBefore && h('p', {}, `Not purged before ${instant(notBefore)}.`),
    expectedBy && h('p', {}, `If nothing prevents it, it is purged by ${instant(expectedBy)}.`),
  ];
}
