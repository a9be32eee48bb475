import type { Operation, OperationResult } from '../../../client/api.ts';
import type { Problem } from '../../../client/client.ts';
import { type Content, h, show } from '../../dom/h.ts';
import type { Context, Page, View } from '../../parts/context.ts';
import { badge, facts, link, progress, section } from '../../parts/controls.ts';
import { problemMessage } from '../../parts/messages.ts';
import type { Column } from '../../parts/table.ts';
import { windowed } from '../../parts/windowed.ts';
import { hashOf } from '../../router.ts';
import { spaced } from '../../words/labels.ts';
import { ago, instant, plural } from '../../words/time.ts';

export const operationHref = (id: string): string => hashOf(['operations', id]);

const TONES = { Running: 'informative', Succeeded: 'success', Failed: 'danger' } as const;

/** `200 of 215 items`, as far as somebody has counted them. */
const howFar = ({ done, failed, total }: Operation): string =>
  total === null
    ? plural(done + failed, 'item')
    : `${(done + failed).toLocaleString('en')} of ${plural(total, 'item')}`;

/** Follows it as long as the page is open, and shows the page anew when it has ended. */
function running(context: Context, operation: Operation): HTMLElement | undefined {
  if (operation.status !== 'Running') return undefined;
  const words = h('span', { id: 'how-far' }, howFar(operation));
  const bar = progress('Operation in progress');
  const element = h('div', { class: 'card job', role: 'status' }, h('strong', {}, 'Running: '), words, bar);
  const left = new AbortController();
  const told = (now: Operation): void => {
    if (!element.isConnected) {
      left.abort();
      return;
    }
    words.textContent = howFar(now);
    if (now.total) {
      bar.setAttribute('max', `${now.total}`);
      bar.setAttribute('value', `${now.done + now.failed}`);
    }
  };
  async function follow(): Promise<void> {
    await context.api.follow(operation.id, { told, signal: left.signal }).catch(() => undefined);
    if (element.isConnected) context.refresh();
  }
  setTimeout(() => void follow());
  return element;
}

const columns = (vault: string): readonly Column<OperationResult>[] => [
  { title: 'Item', cell: ({ item }) => link(item, hashOf(['vaults', vault, 'items', item])) },
  { title: 'Outcome', cell: ({ outcome, code }) => [spaced(outcome), code].filter(Boolean).join(', ') },
];

/** What became of each item. Pages are read one after the other and shown as they come. */
function results({ api, listTop }: Context, { id, kind, vault }: Operation): HTMLElement | undefined {
  if (kind !== 'UndeleteItems') return undefined;
  const list = windowed<OperationResult>({
    caption: 'Results',
    columns: columns(vault),
    keyOf: ({ item }) => item,
    toneOf: ({ outcome }) => (outcome === 'Refused' ? 'red-row' : undefined),
  });
  const tally = h('p', { class: 'quiet tally', role: 'status' }, 'reading');
  const trouble = h('div');
  const all: OperationResult[] = [];
  async function read(): Promise<void> {
    for await (const { value } of api.pages('listOperationResults', {
      names: { operation: id },
      query: { top: 200 },
    })) {
      if (!list.element.isConnected) return;
      all.push(...value);
      list.show(all, listTop);
      tally.textContent = `${plural(all.length, 'item')} with an outcome`;
    }
  }
  setTimeout(() => void read().catch((problem: Problem) => show(trouble, problemMessage(problem))));
  return section('Results', trouble, tally, list.element);
}

/** Long work that a call has begun: how far it is, and what came of it. The address can be kept, and opened again. */
export const operationView: View = async (context): Promise<Page> => {
  const [, id = ''] = context.place.path;
  const operation = await context.api.call('getOperation', { names: { operation: id } });
  const { kind, vault, subject, status, done, failed, startedAt, startedBy, endedAt, error } = operation;
  const state: Content = badge(status, TONES[status]);
  return {
    title: spaced(kind),
    trail: [{ text: vault, href: hashOf(['vaults', vault]) }],
    body: [
      running(context, operation),
      section(
        'Operation',
        facts([
          ['Status', state],
          subject === null ? undefined : ['Policy', subject],
          ['Done', `${plural(done, 'item')}${failed > 0 ? `; ${plural(failed, 'item')} could not be dealt with` : ''}`],
          ['Started', `${ago(startedAt, context.now)}, by ${startedBy ?? 'the service'}`],
          endedAt === null ? undefined : ['Ended', instant(endedAt)],
          error === null ? undefined : ['Why', error.message],
        ]),
      ),
      results(context, operation),
    ],
  };
};
