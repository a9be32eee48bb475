import type { Sweep, SweepItem } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act, actNow } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button, link, textInput } from '../../parts/controls.ts';
import { ask, tell } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';
import { type Column, table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { intended, isIdle, summary } from '../../words/sweep.ts';
import { ago, plural } from '../../words/time.ts';
import { itemHref } from '../items.ts';

const COLUMNS = (now: Date): readonly Column<Sweep>[] => [
  { title: 'Started', cell: ({ startedAt }) => ago(startedAt, now) },
  { title: 'What it did', cell: summary },
  { title: 'Complete', cell: ({ complete }) => (complete ? 'yes' : 'no, the next one continues'), minor: true },
];

/** Only the sweeps that did something. The others are counted. */
export function sweepsTable(sweeps: readonly Sweep[], now: Date): Content {
  const [newest] = sweeps;
  if (!newest) return h('p', { class: 'empty' }, 'No sweep has run yet.');
  const busy = sweeps.filter((sweep) => !isIdle(sweep));
  const idle = sweeps.length - busy.length;
  return [
    h(
      'p',
      {},
      `The last sweep ran ${ago(newest.startedAt, now)}.`,
      idle > 0 && ` ${idle} of the last ${plural(sweeps.length, 'sweep')} had nothing to do.`,
    ),
    table('Sweeps that did something', COLUMNS(now), busy.slice(0, 20), 'None of them had anything to do.'),
  ];
}

const ITEMS: readonly Column<SweepItem>[] = [
  {
    title: 'Item',
    cell: ({ vault, item }) =>
      vault !== null && item !== null ? link(item, itemHref({ vault, name: item })) : 'all of it',
  },
  { title: 'Vault', cell: ({ vault }) => vault ?? 'the service' },
  { title: 'Action', cell: ({ action, why }) => [action, why].filter(Boolean).join(': ') },
];

export const sweepNow = (context: Context): Promise<void> => {
  context.say('The sweep has started.', 'info');
  return actNow(context, context.api.ask('runSweep', { body: {} }), (sweep) => `Sweep: ${summary(sweep)}.`);
};

/** Shows what a sweep would do, and does nothing. */
export async function dryRun(context: Context): Promise<void> {
  context.say('The dry run has started. It changes nothing.', 'info');
  const answer = await context.api.ask('runSweep', { body: { dryRun: true } });
  if (!answer.ok) {
    context.refresh();
    return context.say(answer.problem.message, 'error');
  }
  const { held, items = [] } = answer.value;
  const words = intended(answer.value);
  context.say(`Dry run: ${words}.`, held ? 'warning' : 'success');
  await tell('Dry run: what a sweep would do now', [
    h('p', {}, `${words}. Nothing was changed.`),
    table('Items of the dry run', ITEMS, items.slice(0, 200), 'Nothing is due.'),
  ]);
}

/** The token releases exactly the items that the belt held, and nothing that became due later. */
function release(context: Context, { due, held }: Sweep): Promise<boolean> {
  const given = textInput('Token', { value: held?.token ?? '', id: 'belt-token', autocomplete: 'off' });
  return ask({
    title: 'Release what the belt holds',
    content: [
      h(
        'p',
        {},
        `${plural(held?.count ?? due, 'item')} would be permanently deleted. Look at the dry run first. The token releases exactly these items, and nothing that has become due since.`,
      ),
      given,
    ],
    submit: 'Purge them',
    danger: true,
    run: () =>
      act(
        context,
        context.api.ask('runSweep', { body: { acknowledgeBelt: given.value } }),
        (sweep) => `Sweep: ${summary(sweep)}.`,
      ),
  });
}

const DEPENDENCIES: Readonly<Record<string, string>> = {
  queue: 'The notification queue does not answer',
  mail: 'The mail service does not answer',
};

/** The belt stops a mass purge until somebody has looked at what is due and gives its token. */
export function heldNotice(context: Context, newest: Sweep | undefined): Content {
  if (!newest?.held) return undefined;
  const { reason, detail, vaults } = newest.held;
  return message(
    'error',
    h('strong', {}, `The last sweep was held: ${spaced(reason)}. `),
    `${DEPENDENCIES[detail] ?? detail}. ${vaults ? `Nothing of ${vaults.join(', ')} was purged.` : 'Nothing was purged.'}`,
    context.may('Contributor') &&
      h(
        'p',
        { class: 'commands' },
        button('Dry run: what is due?', () => dryRun(context)),
        reason === 'Belt' && button('Release with token', () => release(context, newest), { id: 'do-release' }),
      ),
  );
}
