/** What a person can do about an order: take it back, have it tried again, or close it by hand. */
import type { Item, PurgedByOrder, PurgeOrder } from '../../../client/api.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { choice, type Input, textArea, textInput } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';
import { proofOf, wrongIn } from '../../words/proof.ts';
import { plural } from '../../words/time.ts';

const reasonInput = () => textInput('Reason', { id: 'order-reason', maxlength: 1024, autocomplete: 'off' });

/** An order and its item have one version: who changes one changes the other. */
type Named = Pick<PurgeOrder, 'order' | 'item' | 'executor' | 'etag'>;

const back = ({ name, softDelete }: Item): string =>
  `${name} is soft deleted again, and can be undeleted for ${plural(softDelete?.daysLeft ?? 0, 'day')}.`;

/** As easy as an undelete: possible while nothing was destroyed and nobody is at it. */
export function recall(context: Context, { order, item, executor, etag }: Named): Promise<boolean> {
  const reason = reasonInput();
  return ask({
    title: `Recall the purge of ${item}`,
    content: [
      h(
        'p',
        {},
        `Nothing was destroyed yet. ${executor} is asked no more, and ${item} goes back to the trash with 14 days left at least. Everybody concerned is told.`,
      ),
      reason,
    ],
    submit: 'Recall',
    missing: () => (reason.value ? undefined : 'Say why it is recalled.'),
    run: () =>
      act(
        context,
        context.api.ask('recallPurgeOrder', { names: { order }, body: { reason: reason.value }, etag }),
        back,
      ),
  });
}

/** Also the way on from an executor that is gone: it is given to the one that is named now. */
export function retry(context: Context, { order, item, etag }: Named): Promise<boolean> {
  const reason = reasonInput();
  return ask({
    title: `Try the purge of ${item} again`,
    content: [
      h('p', {}, 'The order can be claimed at once, by the executor that the kind or the vault names now.'),
      reason,
    ],
    submit: 'Try again',
    missing: () => (reason.value ? undefined : 'Say why it is tried again.'),
    run: () =>
      act(
        context,
        context.api.ask('resolvePurgeOrder', {
          names: { order },
          body: { outcome: 'retry', reason: reason.value },
          etag,
        }),
        (now) => `The purge of ${item} waits for ${(now as PurgeOrder).executor}.`,
      ),
  });
}

const OUTCOMES = [
  { value: 'confirmed', text: 'It is destroyed: I say so' },
  { value: 'abandoned', text: 'Nobody will ever confirm it' },
] as const;
type Outcome = (typeof OUTCOMES)[number]['value'];

const MEANING: { readonly [O in Outcome]: string } = {
  confirmed: 'The receipt will say that you confirmed it, and what you say was destroyed.',
  abandoned: 'The receipt will say that nobody confirmed it. The data itself may still be there.',
};

/** What nobody has touched has no value. */
const typedIn = ({ value }: Partial<Input>): string => (value ?? '').trim();

function proofFields() {
  const objects = textInput('Objects destroyed (0: it was gone already)', {
    id: 'proof-objects',
    inputmode: 'numeric',
  });
  const bytes = textInput('Bytes, if they are known', { id: 'proof-bytes', inputmode: 'numeric' });
  const method = textInput('How', { id: 'proof-method', maxlength: 200 });
  const hash = textInput('Digest of what there was (sha256:…), if there is one', { id: 'proof-hash', maxlength: 71 });
  const remaining = textArea('What lives on elsewhere, one a line', { id: 'proof-remaining' });
  const typed = () => ({
    objects: typedIn(objects),
    bytes: typedIn(bytes),
    method: typedIn(method),
    hash: typedIn(hash),
    remaining: typedIn(remaining),
  });
  const element = h('div', { class: 'form' }, objects, bytes, method, hash, remaining);
  return { element, typed };
}

/** The record goes without the word of an executor. It takes the typed name, a reason and a second factor. */
export function close(context: Context, { order, item, executor, etag }: Named): Promise<boolean> {
  const outcome = choice('What is true', OUTCOMES, 'abandoned', { id: 'order-outcome', onchange: () => explain() });
  const name = textInput(`Type the name: ${item}`, { autocomplete: 'off', spellcheck: 'false', id: 'order-name' });
  const reason = reasonInput();
  const proof = proofFields();
  const meaning = h('div', { 'aria-live': 'polite', class: 'trouble' });
  const chosen = (): Outcome => outcome.select.value as Outcome;
  function explain(): void {
    show(meaning, message('warning', MEANING[chosen()]));
    proof.element.hidden = chosen() !== 'confirmed';
  }
  explain();
  const missing = (): string | undefined => {
    if (name.value !== item) return `Type the name exactly as it is written: ${item}.`;
    if (!reason.value) return 'Say why it is closed by hand.';
    return chosen() === 'confirmed' ? wrongIn(proof.typed()) : undefined;
  };
  const body = () => ({
    outcome: chosen(),
    reason: reason.value,
    confirmName: name.value,
    ...(chosen() === 'confirmed' ? { proof: proofOf(proof.typed()) } : {}),
  });
  return ask({
    title: `Close the purge of ${item} by hand`,
    content: [
      h('p', {}, `${item} is purged for good, without a word of ${executor}. Everybody concerned is told.`),
      outcome.element,
      meaning,
      proof.element,
      name,
      reason,
    ],
    submit: 'Close the order',
    danger: true,
    missing,
    run: () =>
      act(context, context.api.ask('resolvePurgeOrder', { names: { order }, body: body(), etag }), (done) =>
        [`${item} is purged.`, (done as PurgedByOrder).receipt.statement].filter(Boolean).join(' '),
      ),
  });
}
