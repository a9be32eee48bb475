import type { StoppedItem, Tombstone } from '../../../client/api.ts';
import { h, show } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import { choice, textArea, textInput, tick } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';
import { hasPoints } from '../../words/labels.ts';
import type { Open } from './open.ts';

type Mode = 'retain' | 'retainPerPolicy' | 'delete';

const MODES = [
  { value: 'retain', text: 'Retain backup data' },
  { value: 'retainPerPolicy', text: 'Retain as per policy' },
  { value: 'delete', text: 'Delete backup data' },
] as const;

const MEANING: { readonly [M in Mode]: string } = {
  retain: 'No new backups. Every recovery point is kept until somebody resumes or deletes.',
  retainPerPolicy: 'No new backups. Recovery points expire as their policy says; the newest is kept for ever.',
  delete: '',
};

const REASONS = ['Decommissioned', 'Test or development', 'Moved elsewhere', 'Wrong policy or vault', 'Cost', 'Other'];

const deletes = ({ item }: Open): string =>
  item.tier === 'Operational'
    ? 'Operational backups have no soft delete: they are gone at once and for good.'
    : 'All recovery points are deleted together. If soft delete is on, the item can be undeleted until its days are over. If it is off, nobody can undelete it.';

/** The fields of the form. Each mode shows only those that it needs. */
function fieldsOf(open: Open, first: Mode) {
  const { item, context } = open;
  const isOffered = ({ value }: (typeof MODES)[number]) =>
    value === 'delete' ? context.may('Contributor') : value === 'retain' || hasPoints(item);
  const modes = MODES.filter(isOffered);
  const reasons = REASONS.map((text) => ({ value: text, text }));
  const mode = choice('What becomes of the backups', modes, first, { onchange: () => explain(), id: 'stop-mode' });
  const name = textInput(`Type the name: ${item.name}`, { autocomplete: 'off', spellcheck: 'false', id: 'stop-name' });
  const reason = choice('Reason', reasons, REASONS[0] ?? '', { id: 'stop-reason' });
  const comment = textArea('Comment', { maxlength: 1024, id: 'stop-comment' });
  const pin = textInput('Security PIN (only if you were given one)', { autocomplete: 'off', id: 'stop-pin' });
  const cancel = tick('Cancel the job that is running');
  const meaning = h('div');
  const chosen = (): Mode => mode.select.value as Mode;

  function explain(): void {
    const isDelete = chosen() === 'delete';
    show(meaning, isDelete ? message('warning', deletes(open)) : h('p', { class: 'quiet' }, MEANING[chosen()]));
    name.hidden = !isDelete;
    pin.hidden = !isDelete || item.class !== 'Hybrid';
  }
  explain();
  return {
    content: [mode.element, meaning, name, reason.element, comment, pin, item.activeJob && cancel.element],
    isUnnamed: () => chosen() === 'delete' && name.value !== item.name,
    pin: () => pin.value || undefined,
    body: () => ({
      mode: chosen(),
      reason: reason.select.value,
      ...(comment.value ? { comment: comment.value } : {}),
      ...(chosen() === 'delete' ? { confirmName: name.value } : {}),
      ...(cancel.isOn() ? { cancelActiveJob: true } : {}),
    }),
  };
}

/** Retain or delete. To delete, the person has to type the name exactly and to give a reason. */
export function stop(open: Open, first: Mode = 'retain'): Promise<boolean> {
  const { context, item, names } = open;
  const { content, isUnnamed, pin, body } = fieldsOf(open, first);
  const send = () => context.api.ask('stopItem', { names, body: body(), etag: item.etag, securityPin: pin() });
  return ask({
    title: `Stop backup of ${item.name}`,
    content,
    submit: 'Stop backup',
    danger: true,
    missing: () => (isUnnamed() ? `Type the name exactly as it is written: ${item.name}.` : undefined),
    run: () => act(context, send(), told),
  });
}

const told = (stopped: StoppedItem | Tombstone): string => {
  const { name, state } = stopped;
  if (state === 'Purging')
    return stopped.purgeOrder
      ? `${name} is gone from the trash at once, and ${stopped.purgeOrder.executor} is asked to destroy its data.`
      : `${name} is being deleted permanently.`;
  if (state !== 'Purged' && stopped.softDelete)
    return `${name} is soft deleted and can be undeleted for ${stopped.softDelete.daysLeft} days.`;
  return state === 'ProtectionStopped' || state === 'BackupsSuspended'
    ? `Backup of ${name} is stopped; its data is kept.`
    : `${name} is permanently deleted.`;
};
