import { at } from '../../api/client.ts';
import type { Problem } from '../../api/problem.ts';
import type { Entry, Explanation, HistoryEntryList, Item, Point, RecoveryPointList } from '../../api/types.ts';
import { h } from '../../dom/h.ts';
import type { Page, View } from '../../parts/context.ts';
import { facts, link, section } from '../../parts/controls.ts';
import { stateOf } from '../../parts/state.ts';
import { hashOf } from '../../router.ts';
import { inTrash, spaced, workload } from '../../words/labels.ts';
import { ago, instant, plural } from '../../words/time.ts';
import { commands } from './commands.ts';
import { explained } from './explained.ts';
import { holds } from './holds.ts';
import { jobInWork } from './jobInWork.ts';
import { notice } from './notice.ts';
import type { Open } from './open.ts';
import { points } from './points.ts';
import { timeline } from './timeline.ts';

const essentials = ({ item, context: { now } }: Open): HTMLElement =>
  facts([
    ['Protection status', stateOf(item, now)],
    ['Workload', workload(item.workload)],
    ['Vault', link(item.vault, hashOf(['vaults', item.vault]))],
    ['Policy', item.policy ?? (item.previousPolicy ? `none (was ${item.previousPolicy})` : 'none')],
    [
      'Last backup',
      item.lastBackup.at
        ? `${spaced(item.lastBackup.status)}, ${ago(item.lastBackup.at, now)}`
        : spaced(item.lastBackup.status),
    ],
    ['Recovery points', item.recoveryPoints.count.toLocaleString('en')],
    ['Source', h('span', { class: 'mono' }, item.sourceId)],
    item.server ? ['Server', item.server] : undefined,
    item.tier === 'Operational' ? ['Tier', 'Operational: a stop with delete removes it at once'] : undefined,
  ]);

const deletion = ({ item: { softDelete: gone } }: Open): HTMLElement | undefined =>
  gone
    ? section(
        'Soft deletion',
        facts([
          ['Deleted', instant(gone.deletedAt)],
          ['By', gone.deletedBy],
          ['Reason', gone.reason ?? '–'],
          ['Comment', gone.comment ?? '–'],
          ['Permanently deleted', instant(gone.purgeAt)],
          ['Kept for', plural(gone.retentionDays, 'day')],
          ['Costs', gone.chargeableDays > 0 ? `${plural(gone.chargeableDays, 'day')} beyond the free 14` : 'free'],
        ]),
      )
    : undefined;

const body = (open: Open, explanation: Explanation, found: readonly Point[], more: boolean, past: readonly Entry[]) => [
  notice(open, explanation),
  jobInWork(open),
  section('Essentials', essentials(open)),
  deletion(open),
  section('Recovery points', points(open, explanation, found, more)),
  section('Holds', holds(open)),
  section('Why it is (not) purged', explained(explanation)),
  section('History', timeline(past, open.context.now)),
];

export const itemView: View = async (context): Promise<Page | Problem> => {
  const [, vault = '', , name = ''] = context.place.path;
  const path = at('vaults', vault, 'items', name);
  const past = context.api.get<HistoryEntryList>(`${path}/history?top=50`);
  const [item, explanation, found] = await Promise.all([
    context.api.get<Item>(path),
    context.api.get<Explanation>(`${path}/explain`),
    context.api.get<RecoveryPointList>(`${path}/recoveryPoints?top=100`),
  ]);
  const trail = [
    { text: 'Vaults', href: hashOf(['vaults']) },
    { text: vault, href: hashOf(['vaults', vault]) },
  ];
  const history = await past;
  const told = history.ok ? history.value.value : [];
  if (!item.ok && item.problem.code === 'ItemPurged')
    return {
      title: name,
      trail,
      body: [notice({ purged: item.problem }), section('History', timeline(told, context.now))],
    };
  if (!item.ok) return item.problem;
  if (!explanation.ok) return explanation.problem;
  const open: Open = { context, item: item.value, path };
  const listed = found.ok && !inTrash(item.value) ? found.value : { value: [] };
  return {
    title: item.value.name,
    trail,
    actions: commands(open, explanation.value),
    body: body(open, explanation.value, listed.value, 'nextLink' in listed, told),
  };
};
