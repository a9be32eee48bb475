import { at } from '../../api/client.ts';
import type { UndeleteResult, UndeleteResults, Vault } from '../../api/types.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { button, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { problemMessage } from '../../parts/messages.ts';
import { table } from '../../parts/table.ts';
import { spaced } from '../../words/labels.ts';
import { asUtc, plural } from '../../words/time.ts';

/** After a mass deletion: everything that one person deleted, or since some time. Tried dry first. */
export function bulkUndelete(context: Context, vault: Vault): Promise<boolean> {
  const by = textInput('Deleted by (object id; empty: anybody)', { id: 'deleted-by', autocomplete: 'off' });
  const from = h<HTMLInputElement>('input', { type: 'datetime-local', class: 'select', id: 'deleted-from' });
  const found = h('div', { 'aria-live': 'polite' });
  const path = `${at('vaults', vault.name)}/undelete`;
  const body = (dryRun: boolean) => ({
    dryRun,
    ...(by.value ? { deletedBy: by.value } : {}),
    ...(from.value ? { from: asUtc(from.value) } : {}),
  });
  const what = (): string => JSON.stringify(body(true));
  let looked = '';

  async function look(): Promise<void> {
    const answer = await context.api.send<UndeleteResults>('POST', path, { body: body(true) });
    if (!answer.ok) return show(found, problemMessage(answer.problem));
    looked = what();
    const columns = [
      { title: 'Item', cell: ({ item }: UndeleteResult) => item },
      {
        title: 'Outcome',
        cell: ({ outcome, code }: UndeleteResult) => [spaced(outcome), code].filter(Boolean).join(', '),
      },
    ];
    show(found, table('What would be undeleted', columns, answer.value.results, 'Nothing fits.'));
  }
  return ask({
    title: `Undelete many in ${vault.name}`,
    content: [
      by,
      h('label', { class: 'field' }, h('span', { class: 'field-label' }, 'Deleted since (UTC; empty: ever)'), from),
      h(
        'p',
        {},
        button('Show what would come back', () => look()),
      ),
      found,
    ],
    submit: 'Undelete all of these',
    missing: () => (looked === what() ? undefined : 'Look first at what would come back.'),
    run: () =>
      act(
        context,
        context.api.send<UndeleteResults>('POST', path, { body: body(false) }),
        ({ results }) => `${plural(results.length, 'item')} looked at; each is told in its history.`,
      ),
  });
}
