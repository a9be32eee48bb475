import type { HistoryEntry, RecoveryPoint } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { facts, link, section, stateOf } from '../../parts/controls.ts';
import { hashOf } from '../../router.ts';
import { goesAt } from '../../words/deletion.ts';
import { hasPoints, inTrash, isBuiltIn, spaced, workloadOf } from '../../words/labels.ts';
import { ago, instant, plural } from '../../words/time.ts';
import { commands } from './commands.ts';
import { holds } from './holds.ts';
import { jobInWork } from './jobInWork.ts';
import { explained, notice, purgedNotice } from './notice.ts';
import { type Open, offersOf } from './open.ts';
import { points } from './points.ts';
import { purgeOrder } from './purgeOrder.ts';
import { receipt } from './receipt.ts';
import { timeline } from './timeline.ts';

const essentials = ({ item, title, context: { now } }: Open): HTMLElement =>
  facts([
    ['Protection status', stateOf(item, now)],
    ['Workload', title],
    ['Vault', link(item.vault, hashOf(['vaults', item.vault]))],
    hasPoints(item)
      ? ['Policy', item.policy ?? (item.previousPolicy ? `none (was ${item.previousPolicy})` : 'none')]
      : undefined,
    hasPoints(item)
      ? [
          'Last backup',
          item.lastBackup.at
            ? `${spaced(item.lastBackup.status)}, ${ago(item.lastBackup.at, now)}`
            : spaced(item.lastBackup.status),
        ]
      : undefined,
    inTrash(item) || !hasPoints(item) ? undefined : ['Recovery points', item.recoveryPoints.count.toLocaleString('en')],
    ['Source', h('span', { class: 'mono' }, item.sourceId)],
    item.server ? ['Server', item.server] : undefined,
    item.tier === 'Operational' ? ['Tier', 'Operational: a stop with delete removes it at once'] : undefined,
  ]);

function deletion({ item }: Open): HTMLElement | undefined {
  const { softDelete: gone } = item;
  if (!gone) return undefined;
  const at = goesAt(item);
  return section(
    'Soft deletion',
    facts([
      ['Deleted', instant(gone.deletedAt)],
      ['By', gone.deletedBy],
      ['Reason', gone.reason ?? '–'],
      ['Comment', gone.comment ?? '–'],
      item.purgeOrder
        ? ['Was due', instant(gone.purgeAt)]
        : ['Permanently deleted', Number.isFinite(at) ? instant(new Date(at).toISOString()) : 'not while it is held'],
      ['Kept for', plural(gone.retentionDays, 'day')],
      ['Costs', gone.chargeableDays > 0 ? `${plural(gone.chargeableDays, 'day')} beyond the free 14` : 'free'],
    ]),
  );
}

/** The last change of state says whether the item still exists: to ask for a purged item itself would be a failed request. */
const purgeIn = (history: readonly HistoryEntry[]): HistoryEntry | undefined => {
  const last = history.find(({ to, outcome }) => to !== null && outcome !== 'Refused');
  return last?.to === 'Purged' ? last : undefined;
};

export const itemView: View = async (context): Promise<Page> => {
  const [, vault = '', , item = ''] = context.place.path;
  const names = { vault, item };
  const trail = [
    { text: 'Vaults', href: hashOf(['vaults']) },
    { text: vault, href: hashOf(['vaults', vault]) },
  ];
  const { value: history } = await context.api.call('itemHistory', { names, query: { top: 50 } });
  const past = section('History', timeline(history, context.now));
  const purge = purgeIn(history);
  if (purge) return { title: item, trail, body: [purgedNotice(purge), await receipt(context, names), past] };
  return { trail, ...(await existing(context, names, past)) };
};

async function existing(context: Context, names: Open['names'], past: Content): Promise<Page> {
  const { api } = context;
  const [item, explanation] = await Promise.all([api.call('getItem', { names }), api.call('explainItem', { names })]);
  const title = isBuiltIn(item.workload)
    ? workloadOf(item.workload)
    : (await api.call('getKind', { names: { kind: item.workload } })).title;
  const open: Open = { context, item, title, explanation, names, offers: offersOf(explanation, item, context.may) };
  const found =
    inTrash(item) || !hasPoints(item)
      ? NO_POINTS
      : await api.call('listRecoveryPoints', { names, query: { top: 100 } });
  return {
    title: item.name,
    actions: commands(open),
    body: [
      notice(open),
      jobInWork(open),
      section('Essentials', essentials(open)),
      purgeOrder(open),
      deletion(open),
      hasPoints(item) && section('Recovery points', points(open, found.value, found.nextLink !== undefined)),
      section('Holds', holds(open)),
      section('Why it is (not) purged', explained(explanation)),
      past,
    ],
  };
}

const NO_POINTS: { readonly value: readonly RecoveryPoint[]; readonly nextLink?: string } = { value: [] };
