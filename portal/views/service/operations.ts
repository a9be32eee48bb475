import type { DeadLetter, Pause, QuarantinedItem, ReadinessCheck } from '../../../client/api.ts';
import type { Client } from '../../../client/client.ts';
import { type Content, h } from '../../dom/h.ts';
import { actNow } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { badge, button, link, section } from '../../parts/controls.ts';
import { type Column, table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { alertWords } from '../../words/alert.ts';
import { spaced } from '../../words/labels.ts';
import { ago, plural, readable } from '../../words/time.ts';
import { about } from './alerts.ts';
import { pauseCard } from './pause.ts';
import { dryRun, heldNotice, sweepNow, sweepsTable } from './sweeps.ts';

const TONES = { ok: 'success', warn: 'warning', fail: 'danger' } as const;
const WORDS = { ok: 'Good', warn: 'Look at it', fail: 'Failing' } as const;

const CHECKS: readonly Column<ReadinessCheck>[] = [
  { title: 'Check', cell: ({ name }) => spaced(name) },
  {
    title: 'Status',
    cell: ({ status }) => badge(WORDS[status], TONES[status], status === 'fail' ? 'filled' : 'tint'),
  },
  {
    title: 'Detail',
    cell: ({ name, status, detail }) => [
      h('span', { class: 'wrap' }, readable(detail ?? '')),
      ' ',
      status !== 'ok' && name in LISTS && showing(name),
      status !== 'ok' && name === 'purgeOrders' && link('Show the purge orders', hashOf(['orders'])),
    ],
  },
];

/** What these checks count is listed on this page. */
const LISTS: Readonly<Record<string, string>> = { quarantine: 'Quarantine', deadLetters: 'Dead letters' };

const showing = (name: string): Content =>
  button('Show', () => document.getElementById(name)?.scrollIntoView(), {
    size: 'small',
    'aria-label': `Show ${LISTS[name]}`,
  });

const redrive = (context: Context, { id, recipient }: DeadLetter): Promise<void> =>
  actNow(
    context,
    context.api.ask('redriveDeadLetter', { names: { id }, body: {} }),
    () => `The mail to ${recipient ?? 'the recipient'} is on its way again.`,
  );

/** The mail of a dead letter is about this alert. */
const alertOf = ({ alert }: DeadLetter): Content => {
  const told = alertWords(alert);
  return told ? [told.what, ' of ', about(told)] : 'not known';
};

const LETTERS = (now: Date): readonly Column<DeadLetter>[] => [
  { title: 'Recipient', cell: ({ recipient }) => recipient ?? 'not known' },
  { title: 'Alert', cell: alertOf },
  { title: 'Why', cell: ({ reason, code }) => h('span', { class: 'wrap' }, `${reason} (${code})`) },
  {
    title: 'Tried',
    cell: ({ attempts, lastFailedAt }) => `${plural(attempts, 'time')}, last ${ago(lastFailedAt, now)}`,
    minor: true,
  },
];

const redriving = (context: Context): Column<DeadLetter> => ({
  title: 'Re-drive',
  cell: (letter) =>
    button('Re-drive', () => redrive(context, letter), {
      size: 'small',
      'aria-label': `Re-drive the mail to ${letter.recipient ?? 'a recipient who is not known'}`,
    }),
});

/** Mails that could not be sent. They can be sent again when the cause is gone. */
const deadLetters = (context: Context, letters: readonly DeadLetter[]): Content =>
  table(
    'Dead letters',
    [...LETTERS(context.now), ...(context.may('Contributor') ? [redriving(context)] : [])],
    letters,
    'None: every mail was sent.',
  );

const ASIDE = (now: Date): readonly Column<QuarantinedItem>[] => [
  { title: 'Item', cell: ({ vault, item }) => about({ vault, ...(item === null ? {} : { item }) }) },
  { title: 'Why', cell: ({ why }) => h('span', { class: 'wrap' }, why) },
  {
    title: 'Tried',
    cell: ({ tries, since }) => `${plural(tries, 'time')}, aside since ${ago(since, now)}`,
    minor: true,
  },
];

const OUTCOMES = { Dealt: 'It is dealt with.', StillFailing: 'It failed again', Held: 'A brake holds it' } as const;

const retry = (context: Context, vault: string, item: string): Promise<void> =>
  actNow(context, context.api.ask('retryQuarantined', { names: { vault, item }, body: {} }), ({ outcome, why }) =>
    why === undefined ? OUTCOMES[outcome] : `${OUTCOMES[outcome]}: ${why}`,
  );

const retrying = (context: Context): Column<QuarantinedItem> => ({
  title: 'Retry',
  cell: ({ vault, item }) =>
    vault !== null &&
    item !== null &&
    button('Retry', () => retry(context, vault, item), { size: 'small', 'aria-label': `Retry ${item} of ${vault}` }),
});

/** What failed again and again. Nothing is ever removed because it is stuck. */
const quarantine = (context: Context, aside: readonly QuarantinedItem[]): Content =>
  table(
    'Quarantine',
    [...ASIDE(context.now), ...(context.may('Contributor') ? [retrying(context)] : [])],
    aside,
    'None: everything could be dealt with.',
  );

/** Without a pause there is nothing to read, and asking for it would be a failed request. The checks say whether there is one. */
async function pauseIn(api: Client, checks: readonly ReadinessCheck[]): Promise<Pause | undefined> {
  if (!checks.some(({ name, status }) => name === 'paused' && status !== 'ok')) return undefined;
  const answer = await api.ask('getPause');
  return answer.ok ? answer.value : undefined;
}

function listed(check: string, list: Content): HTMLElement {
  const shown = section(LISTS[check] ?? '', list);
  shown.id = check;
  return shown;
}

/** How the service is doing, and how its purging is stopped and started. */
export const operationsView: View = async (context): Promise<Page> => {
  const { api } = context;
  const [ready, { value: sweeps }, { value: letters }, { value: aside }] = await Promise.all([
    api.ask('ready'),
    api.call('listSweeps'),
    api.call('listDeadLetters', { query: { top: 100 } }),
    api.call('getQuarantine'),
  ]);
  const checks = ready.ok ? ready.value.checks : [];
  const commands = h(
    'div',
    { class: 'commands' },
    button('Dry run', () => dryRun(context), { id: 'do-dry-run' }),
    button('Sweep now', () => sweepNow(context), { id: 'do-sweep' }),
  );
  return {
    title: 'Operations',
    body: [
      heldNotice(context, sweeps[0]),
      section('Health', table('Health', CHECKS, checks, 'The service does not say how it is.')),
      section('Purging', pauseCard(context, await pauseIn(api, checks))),
      section(
        'Kinds',
        h('p', {}, 'What can be protected, your own kinds too. ', link('Show the kinds', hashOf(['kinds']))),
      ),
      section(
        'Executors',
        h(
          'p',
          {},
          'Apps of your own that destroy what is due. ',
          link('Show the executors', hashOf(['executors'])),
          ' · ',
          link('What they are asked to destroy', hashOf(['orders'])),
        ),
      ),
      section('Sweeps', context.may('Contributor') && commands, sweepsTable(sweeps, context.now)),
      listed('quarantine', quarantine(context, aside)),
      listed('deadLetters', deadLetters(context, letters)),
    ],
  };
};
