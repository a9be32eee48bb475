import type { Item, ItemKind, Vault } from '../../client/api.ts';
import type { Problem } from '../../client/client.ts';
import { h, show } from '../dom/h.ts';
import type { Context, Page, View } from '../parts/context.ts';
import { choice, type Input, link, stateOf, textInput } from '../parts/controls.ts';
import { problemMessage } from '../parts/messages.ts';
import type { Column } from '../parts/table.ts';
import { windowed } from '../parts/windowed.ts';
import { hashOf } from '../router.ts';
import { type Filter, filtered, tallyOf } from '../words/filter.ts';
import { inTrash, STATES, spaced } from '../words/labels.ts';
import { ago } from '../words/time.ts';

export const itemHref = ({ vault, name }: Pick<Item, 'vault' | 'name'>): string =>
  hashOf(['vaults', vault, 'items', name]);

const columns = (now: Date, titles: ReadonlyMap<string, string>): readonly Column<Item>[] => [
  { title: 'Item', cell: (item) => link(item.name, itemHref(item)) },
  { title: 'Protection status', cell: (item) => stateOf(item, now) },
  { title: 'Workload', cell: ({ workload }) => titles.get(workload) ?? workload, minor: true },
  { title: 'Vault', cell: ({ vault }) => link(vault, hashOf(['vaults', vault])), minor: true },
  { title: 'Policy', cell: (item) => item.policy ?? h('span', { class: 'quiet' }, 'none'), minor: true },
  {
    title: 'Last backup',
    cell: ({ lastBackup: { status, at: when } }) => (when ? `${spaced(status)}, ${ago(when, now)}` : spaced(status)),
    minor: true,
  },
];

const ANY = { value: '', text: 'Any' };

function filters(vaults: readonly Vault[], kinds: readonly ItemKind[], given: Filter, changed: () => void) {
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
    [ANY, ...kinds.map(({ name, title }) => ({ value: name, text: title }))],
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

/** Every item of every vault: pages are read one after the other and shown as they come, and the table draws only the rows in sight. */
export const itemsView: View = async (context: Context): Promise<Page> => {
  const { api, now, place } = context;
  const [vaults, kinds] = await Promise.all([api.all('listVaults'), api.all('listKinds', {})]);
  const titles = new Map(kinds.map(({ name, title }) => [name, title]));
  const { search = '', state = '', workload: kind = '', vault = '' } = place.query;
  const list = windowed<Item>({
    caption: 'Backup items',
    columns: columns(now, titles),
    keyOf: (item) => `${item.vault}/${item.name}`,
    toneOf: (item) => (inTrash(item) ? 'red-row' : undefined),
  });
  const tally = h('p', { class: 'quiet tally', role: 'status' });
  const trouble = h('div');
  const all: Item[] = [];
  let reading = true;
  let top = context.listTop;

  function draw(): void {
    const shown = filtered(all, form.read());
    list.show(shown, top);
    tally.textContent = tallyOf(shown.length, all.length, reading);
  }

  /** Stops when the person has gone to another page. */
  async function read(names: { readonly vault: string }): Promise<void> {
    for await (const { value } of api.pages('listItems', { names, query: { top: 200 } })) {
      if (!list.element.isConnected) return;
      all.push(...value);
      draw();
    }
  }

  /** A vault that cannot be read hides none of the others. */
  async function readAll(): Promise<void> {
    for (const { name } of vaults)
      await read({ vault: name }).catch((problem: Problem) => show(trouble, problemMessage(problem)));
    reading = false;
    if (list.element.isConnected) draw();
  }

  const form = filters(vaults, kinds, { search, state, workload: kind, vault }, () => {
    top = 0;
    history.replaceState(history.state, '', hashOf(['items'], { ...form.read() }));
    draw();
  });
  tally.textContent = tallyOf(0, 0, reading);
  setTimeout(() => void readAll());
  return { title: 'Backup items', body: [form.element, trouble, tally, list.element] };
};
