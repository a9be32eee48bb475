import type { ItemKind, KindRequest } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, choice, type Input, section, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { VAULT_KINDS } from '../../words/labels.ts';
import { plural } from '../../words/time.ts';

const namesOf = ({ name }: Pick<ItemKind, 'name'>) => ({ kind: name });

const KINDS: readonly Column<ItemKind>[] = [
  { title: 'Title', cell: ({ title }) => title },
  { title: 'Name', cell: ({ name }) => name },
  { title: 'State', cell: ({ active, builtIn }) => (builtIn ? 'Built in' : active ? 'Active' : 'Retired') },
  { title: 'Kept at least', cell: ({ minimumRetentionDays: days }) => plural(days, 'day') },
  { title: 'Executor', cell: ({ executor }) => executor ?? h('span', { class: 'quiet' }, 'none'), minor: true },
  { title: 'Vaults', cell: ({ vaultKinds }) => vaultKinds.map((one) => VAULT_KINDS[one]).join(', '), minor: true },
  { title: 'An item is', cell: ({ represents }) => REPRESENTS[represents], minor: true },
];
const REPRESENTS = { Original: 'the thing itself', Copies: 'copies of it' } as const;

/** What may change about any kind. */
function settingsOf(before: ItemKind | undefined) {
  const days = textInput('Days for which a deleted item is kept at least (14 to 180)', {
    type: 'number',
    min: 14,
    max: 180,
    value: `${before?.minimumRetentionDays ?? 14}`,
    id: 'days',
  });
  const executor = textInput('Executor, empty: none', { value: before?.executor ?? '', id: 'executor', maxlength: 63 });
  return {
    fields: [days, executor] as readonly Input[],
    body: (): KindRequest => ({
      minimumRetentionDays: Number(days.value),
      // Only what was typed is sent: naming an executor concerns more than this kind.
      ...(executor.value === (before?.executor ?? '') ? {} : { executor: executor.value || null }),
    }),
  };
}

/** And how one of your own is called. */
function titlesOf(before: ItemKind | undefined) {
  const title = textInput('Title, for one of them', { value: before?.title ?? '', id: 'kind-title', maxlength: 60 });
  const many = textInput('Title, for more of them', { value: before?.plural ?? '', id: 'kind-plural', maxlength: 60 });
  return {
    fields: [title, many] as readonly Input[],
    body: (): KindRequest => ({ title: title.value || null, plural: many.value || null }),
  };
}

const yesNo = (yes: string, no: string) => [
  { value: 'no', text: no },
  { value: 'yes', text: yes },
];

function create(context: Context): Promise<boolean> {
  const name = textInput('Name', { id: 'kind-name', maxlength: 63 });
  const titles = titlesOf(undefined);
  const represents = choice(
    'An item stands for',
    Object.entries(REPRESENTS).map(([value, text]) => ({ value, text })),
    'Original',
    { id: 'represents' },
  );
  const points = choice('Recovery points', yesNo('It has recovery points', 'It has none'), 'no', { id: 'points' });
  const vaults = choice(
    'Kept in',
    Object.entries(VAULT_KINDS).map(([value, text]) => ({ value, text })),
    'Generic',
    { id: 'vault-kind' },
  );
  const settings = settingsOf(undefined);
  return ask({
    title: 'New kind',
    content: [
      name,
      ...titles.fields,
      h('p', {}, 'These three never change:'),
      represents.element,
      points.element,
      vaults.element,
      ...settings.fields,
    ],
    submit: 'Create',
    missing: () => (name.value ? undefined : 'A kind needs a name.'),
    run: () =>
      act(
        context,
        context.api.ask('putKind', {
          names: { kind: name.value },
          body: {
            ...titles.body(),
            represents: represents.select.value as ItemKind['represents'],
            recoveryPoints: points.select.value === 'yes',
            vaultKinds: [vaults.select.value as ItemKind['vaultKinds'][number]],
            ...settings.body(),
          },
        }),
        (made) => `Kind ${made.name} is there. ${made.plural} can be protected now.`,
      ),
  });
}

function change(context: Context, one: ItemKind): Promise<boolean> {
  const titles = one.builtIn ? undefined : titlesOf(one);
  const settings = settingsOf(one);
  const active = choice('New items', yesNo('Can be made', 'Retired: no new ones'), one.active ? 'yes' : 'no', {
    id: 'active',
  });
  return ask({
    title: `Change ${one.name}`,
    content: [...(titles?.fields ?? []), ...settings.fields, one.builtIn ? undefined : active.element],
    submit: 'Save',
    run: () =>
      act(
        context,
        context.api.ask('putKind', {
          names: namesOf(one),
          body: {
            ...titles?.body(),
            ...settings.body(),
            ...(one.builtIn ? {} : { active: active.select.value === 'yes' }),
          },
          etag: one.etag,
        }),
        () => `Kind ${one.name} is changed.`,
      ),
  });
}

const remove = (context: Context, one: ItemKind): Promise<boolean> =>
  ask({
    title: `Delete ${one.name}`,
    content: h('p', {}, 'Only a kind of which no vault has or had an item can be deleted. Any other can be retired.'),
    submit: 'Delete',
    danger: true,
    run: () =>
      act(
        context,
        context.api.ask('deleteKind', { names: namesOf(one), etag: one.etag }),
        () => `Kind ${one.name} is deleted.`,
      ),
  });

const changing = (context: Context): Column<ItemKind> => ({
  title: 'Change',
  cell: (one) =>
    h(
      'span',
      { class: 'commands' },
      button('Change', () => change(context, one), { size: 'small', 'aria-label': `Change ${one.name}` }),
      one.builtIn
        ? undefined
        : button('Delete', () => remove(context, one), { size: 'small', 'aria-label': `Delete ${one.name}` }),
    ),
});

const commands = (context: Context): Content =>
  context.may('Contributor') &&
  h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': 'Commands for kinds' },
    button('New kind', () => create(context), { id: 'do-create' }),
  );

export const kindsView: View = async (context): Promise<Page> => {
  const kinds = await context.api.all('listKinds', {});
  const columns = context.may('Contributor') ? [...KINDS, changing(context)] : KINDS;
  const [builtIn, own] = [kinds.filter((one) => one.builtIn), kinds.filter((one) => !one.builtIn)];
  return {
    title: 'Kinds',
    trail: [{ text: 'Operations', href: hashOf(['operations']) }],
    actions: commands(context),
    body: [
      h('p', {}, 'What can be protected: kinds of your own, such as tenants or licences, and the built-in workloads.'),
      section('Your own', table<ItemKind>('Your own kinds', columns, own, 'There are none of your own.')),
      section('Built in', table<ItemKind>('Built-in kinds', columns, builtIn, '')),
    ],
  };
};
