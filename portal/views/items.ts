import { at } from '../api/client.ts';
import type { Problem } from '../api/problem.ts';
import type { Item, Vault } from '../api/types.ts';
import { h, show } from '../dom/h.ts';
import type { Context, Page, View } from '../parts/context.ts';
import { choice, type Input, link, textInput } from '../parts/controls.ts';
import { problemMessage } from '../parts/messages.ts';
import { stateOf } from '../parts/state.ts';
import type { Column } from '../parts/table.ts';
import { windowed } from '../parts/windowed.ts';
import { hashOf } from '../router.ts';
import { type Filter, filtered, tallyOf } from '../words/filter.ts';
import { inTrash, STATES, spaced, WORKLOADS, workload } from '../words/labels.ts';
import { ago } from '../words/time.ts';
import { everyOne } from './vaults.ts';

export const itemHref = ({ vault, name }: Pick<Item, 'vault' | 'name'>): string =>
  hashOf(['vaults', vault, 'items', name]);

const columns = (now: Date): readonly Column<Item>[] => [
  { title: 'Item', cell: (item) => link(item.name, itemHref(item)) },
  { title: 'Protection status', cell: (item) => stateOf(item, now) },
  { title: 'Workload', cell: (item) => workload(item.workload), minor: true },
  { title: 'Vault', cell: ({ vault }) => link(vault, hashOf(['vaults', vault])), minor: true },
  { title: 'Policy', cell: (item) => item.policy ?? h('span', { class: 'quiet' }, 'none'), minor: true },
  {
    title: 'Last backup',
    cell: ({ lastBackup: { status, at: when } }) => (when ? `${spaced(status)}, ${ago(when, now)}` : spaced(status)),
    minor: true,
  },
];

const ANY = { value: '', text: 'Any' };

function filters(vaults: readonly Vault[], given: Filter, changed: () => void) {
  const search = textInput('Search', {
    type: 'search',
    placeholder: 'Name, source or server',
    value: given.search,
    oninput: changed,
    id: 'search',
  });
  const state = choice(
    'Protection status',
    [ANY, ...Object.entries(STATES).map(([value, { text }]) => ({ value, text }))],
    given.state,
    { onchange: changed, id: 'filter-state' },
  );
  const kind = choice(
    'Workload',
    [ANY, ...Object.entries(WORKLOADS).map(([value, text]) => ({ value, text }))],
    given.workload,
    { onchange: changed, id: 'filter-workload' },
  );
  const vault = choice('Vault', [ANY, ...vaults.map(({ name }) => ({ value: name, text: name }))], given.vault, {
    onchange: changed,
    id: 'filter-vault',
  });
  return {
    element: h('div', { class: 'filters', role: 'search' }, search, state.element, kind.element, vault.element),
    read: (): Filter => ({
      search: (search as Input).value ?? '',
      state: state.select.value,
      workload: kind.select.value,
      vault: vault.select.value,
    }),
  };
}

/** Every item of every vault: pages are read one after the other and shown as they come, and the table draws only what is in sight. */
export const itemsView: View = async (context: Context): Promise<Page | Problem> => {
  const { api, now, place } = context;
  const vaults = await everyOne(api.pages<Vault>('vaults?top=200'));
  if ('code' in vaults) return vaults;
  const { search = '', state = '', workload: kind = '', vault = '' } = place.query;
  const list = windowed<Item>({
    caption: 'Backup items',
    columns: columns(now),
    keyOf: (item) => `${item.vault}/${item.name}`,
    toneOf: (item) => (inTrash(item) ? 'red-row' : undefined),
  });
  const tally = h('p', { class: 'quiet tally', role: 'status' });
  const trouble = h('div');
  const all: Item[] = [];
  let reading = true;

  function refresh(): void {
    const filter = form.read();
    const shown = filtered(all, filter);
    list.show(shown);
    tally.textContent = tallyOf(shown.length, all.length, reading);
    history.replaceState(null, '', hashOf(['items'], { ...filter }));
  }

  async function readAll(): Promise<void> {
    for (const { name } of vaults as readonly Vault[])
      for await (const page of api.pages<Item>(`${at('vaults', name, 'items')}?top=200`)) {
        if (!list.element.isConnected) return; // the person went on
        if (!page.ok) show(trouble, problemMessage(page.problem));
        else all.push(...page.value);
        refresh();
      }
    reading = false;
    if (list.element.isConnected) refresh();
  }

  const form = filters(vaults, { search, state, workload: kind, vault }, refresh);
  setTimeout(() => void readAll());
  return { title: 'Backup items', body: [form.element, trouble, tally, list.element] };
};
