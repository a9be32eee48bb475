import type { Executor, Vault } from '../../../client/api.ts';
import { h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { choice, textArea } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';
import { membersIn, patchTo } from '../../words/members.ts';

/** Whom the purges of a vault ask to destroy. */
export function purgeSettings(context: Context, vault: Vault, executors: readonly Executor[]): Promise<boolean> {
  const { executor, parameters } = vault.purge;
  const options = [
    { value: '', text: 'nobody, unless the kind of the item names one' },
    ...executors.map(({ name }) => ({ value: name, text: name })),
  ];
  const who = choice('Executor', options, executor ?? '', { id: 'executor' });
  const told = textArea('What it is told beside the order (JSON, without keys or signatures)', {
    value: parameters ? JSON.stringify(parameters, null, 2) : '',
    id: 'parameters',
  });
  const wished = () => (told.value.trim() === '' ? null : membersIn(told.value));
  return ask({
    title: `Purges of ${vault.name}`,
    content: [
      h(
        'p',
        {},
        'Without an executor a purge removes the record of this service only; nobody is asked to delete the data itself.',
      ),
      who.element,
      told,
    ],
    submit: 'Save',
    missing: () => (wished() === undefined ? 'What it is told has to be a JSON object.' : undefined),
    run: () => {
      const after = wished();
      const purge = { executor: who.select.value || null, parameters: after ? patchTo(parameters ?? {}, after) : null };
      return act(
        context,
        context.api.ask('patchVault', { names: { vault: vault.name }, body: { purge }, etag: vault.etag }),
        () => `The purges of ${vault.name} are set. Everybody concerned is told.`,
      );
    },
  });
}
