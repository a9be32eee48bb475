import type { Item, UndeleteResult, UndeleteResults, Vault } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button, choice } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { problemMessage } from '../../parts/messages.ts';
import { table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { asUtc, date, plural } from '../../words/time.ts';
import { operationHref } from '../service/operation.ts';

const COLUMNS = [
  { title: 'Item', cell: ({ item }: UndeleteResult) => item },
  {
    title: 'Outcome',
    cell: ({ outcome, code }: UndeleteResult) => [spaced(outcome), code].filter(Boolean).join(', '),
  },
];

/** Who deleted items that are still there, the one with the most first. */
function deleters(items: readonly Item[]): readonly { readonly value: string; readonly text: string }[] {
  const deletions = items.flatMap(({ softDelete }) => softDelete ?? []);
  const byPerson = [...Map.groupBy(deletions, ({ deletedBy }) => deletedBy)].sort(
    ([, a], [, b]) => b.length - a.length,
  );
  const last = (some: typeof deletions): string =>
    some
      .map(({ deletedAt }) => deletedAt)
      .sort()
      .at(-1) ?? '';
  return [
    { value: '', text: `Anybody: ${plural(deletions.length, 'item')}` },
    ...byPerson.map(([person, some]) => ({
      value: person,
      text: `${person}: ${plural(some.length, 'item')}, last on ${date(last(some))}`,
    })),
  ];
}

const told = (results: readonly UndeleteResult[]): string => {
  const back = results.filter(({ outcome }) => outcome === 'Undeleted').length;
  const refused = results.length - back;
  const refusals =
    refused > 0 ? ` ${plural(refused, 'item')} could not be undeleted: the history of each says why.` : '';
  return `${plural(back, 'item')} ${back === 1 ? 'is' : 'are'} back.${refusals}`;
};

/** Too many for one answer: the page of the operation that undeletes them shows how far it is. */
function toldOf({ operation, results }: UndeleteResults): string {
  if (operation === undefined) return told(results);
  location.hash = operationHref(operation);
  return 'They are undeleted one after the other. You may leave the page meanwhile.';
}

/** After a mass deletion: undeletes everything that one person deleted, or all since some time. The dialog demands a dry run first. */
export async function bulkUndelete(context: Context, vault: Vault): Promise<unknown> {
  const { api, say } = context;
  const names = { vault: vault.name };
  const trash = await api
    .all('listItems', { names, query: { state: 'SoftDeleted' } })
    .catch((problem: Problem) => problem.message);
  if (typeof trash === 'string') return say(trash, 'error');
  const by = choice('Deleted by', deleters(trash), '', { id: 'deleted-by' });
  const from = h<HTMLInputElement>('input', { type: 'datetime-local', class: 'select', id: 'deleted-from' });
  const found = h('div', { 'aria-live': 'polite' });
  const body = (dryRun: boolean) => ({
    dryRun,
    ...(by.select.value ? { deletedBy: by.select.value } : {}),
    ...(from.value ? { from: asUtc(from.value) } : {}),
    ...(by.select.value || from.value ? {} : { all: true as const }),
  });
  const wish = (): string => JSON.stringify(body(true));
  let looked = '';

  async function look(): Promise<void> {
    const asked = wish();
    const answer = await api.ask('undeleteItems', { names, body: body(true) });
    if (!answer.ok) return show(found, problemMessage(answer.problem));
    looked = asked;
    const { results, more } = answer.value;
    show(
      found,
      table('What would be undeleted', COLUMNS, results, 'Nothing fits.'),
      more && h('p', {}, `These are the first ${results.length}; there are, or may be, more.`),
    );
  }
  return ask({
    title: `Undelete many in ${vault.name}`,
    content: [
      by.element,
      h('label', { class: 'field' }, h('span', { class: 'field-label' }, 'Deleted since (UTC; empty: any time)'), from),
      h(
        'p',
        {},
        button('Show what would come back', () => look()),
      ),
      found,
    ],
    submit: 'Undelete all of these',
    missing: () => (looked === wish() ? undefined : 'Look first at what would come back.'),
    run: () => act(context, api.ask('undeleteItems', { names, body: body(false) }), toldOf),
  });
}
