import type { Problem } from '../../client/client.ts';
import { type Content, h, show } from '../dom/h.ts';
import { button, progress } from './controls.ts';
import { message, problemMessage } from './messages.ts';

interface FluentDialog extends HTMLElement {
  show(): void;
  hide(): void;
}

interface Ask {
  readonly title: string;
  readonly content: Content;
  readonly submit: string;
  readonly danger?: boolean;
  /** What is still missing, in words, before anything is sent. */
  readonly missing?: () => string | undefined;
  /** Undefined: done, and the dialog closes. */
  readonly run: () => Promise<Problem | undefined>;
}

/** A form over the page. Resolves with whether it was done. After a failure it stays open with all that was typed. */
export function ask(wish: Ask): Promise<boolean> {
  return new Promise((resolve) => {
    const trouble = h('div', { class: 'trouble' });
    const go = button(wish.submit, () => void submit(), {
      slot: 'action',
      appearance: 'primary',
      class: wish.danger ? 'danger' : undefined,
    });
    const cancel = button('Cancel', () => dialog.hide(), { slot: 'action' });
    const body = h(
      'fluent-dialog-body',
      {},
      h('h2', { slot: 'title', class: 'dialog-title' }, wish.title),
      h('div', { class: 'form', onkeydown: submitOnEnter(() => void submit()) }, wish.content, trouble),
      go,
      cancel,
    );
    const dialog = h<FluentDialog>('fluent-dialog', { type: 'modal', 'aria-label': wish.title }, body);
    dialog.addEventListener('click', keepOpen, { capture: true });
    let done = false;

    async function submit(): Promise<void> {
      const missing = wish.missing?.();
      if (missing !== undefined) return show(trouble, message('warning', missing));
      if (go.hasAttribute('disabled')) return;
      go.setAttribute('disabled', '');
      show(trouble, progress(`${wish.submit}: in progress`));
      const problem = await wish.run();
      go.removeAttribute('disabled');
      show(trouble, problem && problemMessage(problem));
      done = problem === undefined;
      if (done) dialog.hide();
    }
    open(dialog, () => resolve(done));
  });
}

/** A click beside the form does not close it: what was typed would be lost. */
const keepOpen = (event: Event): void => {
  const [hit] = event.composedPath();
  if (hit instanceof HTMLDialogElement) event.stopPropagation();
};

/** Something to read and close. */
export function tell(title: string, content: Content): Promise<void> {
  return new Promise((resolve) => {
    const body: HTMLElement = h(
      'fluent-dialog-body',
      {},
      h('h2', { slot: 'title', class: 'dialog-title' }, title),
      h('div', { class: 'form' }, content),
      button('Close', (): void => dialog.hide(), { slot: 'action', appearance: 'primary' }),
    );
    const dialog = h<FluentDialog>('fluent-dialog', { type: 'modal', 'aria-label': title }, body);
    open(dialog, resolve);
  });
}

/** When it closes, the focus goes back to where it came from, if that is still there. */
function open(dialog: FluentDialog, closed: () => void): void {
  const from = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
  dialog.addEventListener('toggle', (event) => {
    if (event.target !== dialog || newStateOf(event) !== 'closed') return;
    removeEventListener('hashchange', leave);
    dialog.remove();
    if (from?.isConnected) from.focus();
    closed();
  });
  // a link in the dialog leads to another page, so the dialog closes
  const leave = (): void => dialog.hide();
  addEventListener('hashchange', leave, { once: true });
  // the first thing to fill in, or else the first to press
  const first = dialog.querySelector('select, input, fluent-text-input') ?? dialog.querySelector('fluent-button');
  first?.setAttribute('autofocus', '');
  (document.querySelector('main') ?? document.body).append(dialog);
  dialog.show();
}

/** The component reports it in an event of its own. */
const newStateOf = (event: Event): unknown =>
  event instanceof CustomEvent ? (event.detail as { newState?: unknown } | null)?.newState : undefined;

const submitOnEnter =
  (submit: () => void) =>
  (event: KeyboardEvent): void => {
    const { target } = event;
    if (event.key !== 'Enter' || !(target instanceof HTMLElement) || target.tagName !== 'FLUENT-TEXT-INPUT') return;
    event.preventDefault();
    submit();
  };
