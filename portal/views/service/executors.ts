import type { Executor, ExecutorRequest } from '../../../client/api.ts';
import { type Content, h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { button, type Input, link, section, textArea, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { type Column, table } from '../../parts/table.ts';
import { hashOf } from '../../router.ts';
import { instant, plural } from '../../words/time.ts';

const namesOf = ({ name }: Pick<Executor, 'name'>) => ({ executor: name });
const callersOf = ({ callers }: Executor): readonly string[] => callers.map(({ tid, oid }) => `${tid}/${oid}`);

const EXECUTORS: readonly Column<Executor>[] = [
  { title: 'Name', cell: ({ name }) => name },
  { title: 'Apps that act for it', cell: (one) => h('span', { class: 'wrap' }, callersOf(one).join(', ')) },
  { title: 'Confirms within', cell: ({ confirmWithinHours }) => plural(confirmWithinHours, 'hour') },
  { title: 'Contacts', cell: ({ contacts }) => h('span', { class: 'wrap' }, contacts.join(', ')), minor: true },
  {
    title: 'Orders',
    cell: ({ name }) =>
      link('Show', hashOf(['orders'], { executor: name }), { 'aria-label': `Show the orders of ${name}` }),
  },
  { title: 'Last seen', cell: ({ lastSeenAt }) => (lastSeenAt ? instant(lastSeenAt) : 'never'), minor: true },
];

const listed = (text: string): readonly string[] => text.split(/[\s,;]+/).filter(Boolean);

/** What is typed of an executor: its fields, and what they say. */
interface Form {
  readonly fields: readonly Input[];
  readonly missing: () => string | undefined;
  readonly body: () => ExecutorRequest;
}

function formOf(before: Executor | undefined): Form {
  const callers = textArea('Apps that act for it, one a line: tenant/object id', {
    value: before ? callersOf(before).join('\n') : '',
    id: 'callers',
  });
  const hours = textInput('Hours within which it confirms (1 to 720)', {
    type: 'number',
    min: 1,
    max: 720,
    value: `${before?.confirmWithinHours ?? 24}`,
    id: 'hours',
  });
  const contacts = textInput('Who else is told of what it leaves unconfirmed (addresses, separated by commas)', {
    value: before?.contacts.join(', ') ?? '',
    id: 'contacts',
  });
  const apps = () =>
    listed(callers.value).map((one) => {
      const [tid = '', oid = ''] = one.split('/');
      return { tid, oid };
    });
  return {
    fields: [callers, hours, contacts],
    missing: () =>
      apps().length > 0 && apps().every(({ tid, oid }) => tid && oid)
        ? undefined
        : 'Name at least one app, each as tenant/object id.',
    body: () => ({
      callers: apps(),
      confirmWithinHours: Number(hours.value),
      contacts: listed(contacts.value),
    }),
  };
}

function create(context: Context): Promise<boolean> {
  const name = textInput('Name', { id: 'executor-name', maxlength: 63 });
  const form = formOf(undefined);
  return ask({
    title: 'New executor',
    content: [name, ...form.fields],
    submit: 'Create',
    missing: () => (name.value ? form.missing() : 'An executor needs a name.'),
    run: () =>
      act(
        context,
        context.api.ask('putExecutor', { names: { executor: name.value }, body: form.body() }),
        (made) => `Executor ${made.name} is there. Vaults can name it now.`,
      ),
  });
}

function change(context: Context, one: Executor): Promise<boolean> {
  const form = formOf(one);
  return ask({
    title: `Change ${one.name}`,
    content: [
      h(
        'p',
        {},
        'An app that is added gets what is due, wherever this executor is named. Everybody concerned is told.',
      ),
      ...form.fields,
    ],
    submit: 'Save',
    missing: form.missing,
    run: () =>
      act(
        context,
        context.api.ask('putExecutor', { names: namesOf(one), body: form.body(), etag: one.etag }),
        () => `Executor ${one.name} is changed.`,
      ),
  });
}

const remove = (context: Context, one: Executor): Promise<boolean> =>
  ask({
    title: `Delete ${one.name}`,
    content: h('p', {}, 'Only an executor that no vault and no kind names can be deleted.'),
    submit: 'Delete',
    danger: true,
    run: () =>
      act(
        context,
        context.api.ask('deleteExecutor', { names: namesOf(one), etag: one.etag }),
        () => `Executor ${one.name} is deleted.`,
      ),
  });

const changing = (context: Context): Column<Executor> => ({
  title: 'Change',
  cell: (one) =>
    h(
      'span',
      { class: 'commands' },
      button('Change', () => change(context, one), { size: 'small', 'aria-label': `Change ${one.name}` }),
      button('Delete', () => remove(context, one), { size: 'small', 'aria-label': `Delete ${one.name}` }),
    ),
});

const commands = (context: Context): Content =>
  context.may('Contributor') &&
  h(
    'div',
    { class: 'commands', role: 'toolbar', 'aria-label': 'Commands for executors' },
    button('New executor', () => create(context), { id: 'do-create' }),
  );

export const executorsView: View = async (context): Promise<Page> => {
  const executors = await context.api.all('listExecutors', {});
  const columns = context.may('Contributor') ? [...EXECUTORS, changing(context)] : EXECUTORS;
  return {
    title: 'Executors',
    trail: [{ text: 'Operations', href: hashOf(['operations']) }],
    actions: commands(context),
    body: [
      h('p', {}, 'An executor is an app of your own. It is asked to destroy what is due, and proves that it did.'),
      section('Executors', table<Executor>('Executors', columns, executors, 'There are no executors.')),
    ],
  };
};
