import type { Sweep } from '../../api/types.ts';
import { type Content, h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button, link, textInput } from '../../parts/controls.ts';
import { ask, tell } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';
import { type Column, table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { ago, plural } from '../../words/time.ts';
import { itemHref } from '../items.ts';

const summary = ({ due, purged, warned, expired, skipped, failed, held }: Sweep): string =>
  held
    ? `held: ${spaced(held.reason).toLowerCase()}`
    : `${due} due: ${purged} purged, ${warned} warned, ${expired} expired, ${skipped} skipped, ${failed} failed`;

/** A dry run purges nothing: what counts is what it would do. */
const intended = (sweep: Sweep): string => {
  const byAction = [...Map.groupBy(sweep.items ?? [], ({ action }) => action)];
  if (byAction.length === 0) return sweep.held ? summary(sweep) : 'nothing is due';
  return byAction.map(([action, some]) => `${action} ${some.length.toLocaleString('en')}`).join(', ');
};

const COLUMNS = (now: Date): readonly Column<Sweep>[] => [
  { title: 'Started', cell: ({ startedAt }) => ago(startedAt, now) },
  { title: 'What it did', cell: summary },
  { title: 'Complete', cell: ({ complete }) => (complete ? 'yes' : 'no, the next goes on'), minor: true },
];

export const sweepsTable = (sweeps: readonly Sweep[], now: Date): Content =>
  table('Recent sweeps', COLUMNS(now), sweeps.slice(0, 20), 'No sweep has run yet.');

/** What would happen, or what did. */
export async function runSweep(context: Context, dryRun: boolean, acknowledgeBelt?: string): Promise<void> {
  const body = { dryRun, ...(acknowledgeBelt ? { acknowledgeBelt } : {}) };
  context.say(dryRun ? 'A dry run is on its way; it changes nothing.' : 'A sweep is on its way.', 'info');
  const answer = await context.api.send<Sweep>('POST', 'sweeps', { body });
  if (!answer.ok) return context.say(answer.problem.message, 'error');
  const { items = [] } = answer.value;
  const rows = table(
    'Items of the dry run',
    [
      { title: 'Item', cell: ({ vault, item }: (typeof items)[number]) => link(item, itemHref({ vault, name: item })) },
      { title: 'Vault', cell: ({ vault }: (typeof items)[number]) => vault },
      { title: 'Action', cell: ({ action, why }: (typeof items)[number]) => [action, why].filter(Boolean).join(': ') },
    ],
    items.slice(0, 200),
    'Nothing is due.',
  );
  context.say(
    dryRun ? `Dry run: ${intended(answer.value)}.` : `Sweep: ${summary(answer.value)}.`,
    answer.value.held ? 'warning' : 'success',
  );
  context.refresh();
  if (dryRun)
    await tell('Dry run: what a sweep would do now', [
      h('p', {}, `${intended(answer.value)}. Nothing was changed.`),
      rows,
    ]);
}

/** The belt holds a mass purge until somebody has looked at exactly what is due, and says so with its token. */
export function heldNotice(context: Context, newest: Sweep | undefined): Content {
  if (!newest?.held) return undefined;
  const { reason, token = '', detail } = newest.held;
  const release = () => {
    const given = textInput('Token', { value: token, id: 'belt-token', autocomplete: 'off' });
    return ask({
      title: 'Release what the belt holds',
      content: [
        h(
          'p',
          {},
          `${plural(newest.due, 'item')} would be permanently deleted. Look at the dry run first. The token releases exactly this set, and nothing that fell due since.`,
        ),
        given,
      ],
      submit: 'Purge them',
      danger: true,
      run: () =>
        act(
          context,
          context.api.send<Sweep>('POST', 'sweeps', { body: { acknowledgeBelt: given.value } }),
          (sweep) => `Sweep: ${summary(sweep)}.`,
        ),
    });
  };
  return message(
    'error',
    h('strong', {}, `The last sweep was held: ${spaced(reason)}. `),
    `${detail ?? 'It was not safe to go on'}. Nothing was purged.`,
    h(
      'p',
      { class: 'commands' },
      button('Dry run: what is due?', () => runSweep(context, true)),
      reason === 'Belt' && button('Release with token', release, { id: 'do-release' }),
    ),
  );
}
