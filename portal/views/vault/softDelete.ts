import type { SwitchState, Vault } from '../../../client/api.ts';
import { h } from '../../dom/h.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { choice, type Input, textInput, tick } from '../../parts/controls.ts';
import { ask, tell } from '../../parts/dialog.ts';
import { message } from '../../parts/messages.ts';

const FREE_DAYS = 14;
const ON_OFF = [
  { value: 'Enabled', text: 'On' },
  { value: 'Disabled', text: 'Off: deleted data is gone at once' },
];

const namesOf = ({ name }: Vault) => ({ vault: name });
const locked = (state: SwitchState | undefined): boolean => state === 'AlwaysOn';

const daysField = (vault: Vault): Input =>
  textInput('Days that deleted data is kept (14 to 180)', {
    type: 'number',
    min: 14,
    max: 180,
    value: `${vault.softDelete.retentionDays}`,
    id: 'days',
  });

const costs = (): HTMLElement =>
  h(
    'p',
    { class: 'quiet' },
    `The first ${FREE_DAYS} days are free; every day after that is charged as stored data. The period is the same for cloud and hybrid workloads of the vault.`,
  );

/** The switches and the period. Always on has a dialog of its own. */
export function softDeleteSettings(context: Context, vault: Vault): Promise<boolean> {
  const state = choice('Soft delete for cloud workloads', ON_OFF, vault.softDelete.state, { id: 'soft-delete' });
  const hybrid = choice(
    'Security for hybrid workloads: soft delete, second factor and alerts',
    ON_OFF,
    vault.hybrid?.state ?? 'Disabled',
    { id: 'hybrid' },
  );
  const scope = choice(
    'A longer period holds for',
    [
      { value: 'ExtendExisting', text: 'items that are deleted already, too' },
      { value: 'FutureDeletions', text: 'later deletions only' },
    ],
    vault.softDelete.retentionScope,
  );
  const days = daysField(vault);
  const body = () => ({
    softDelete: {
      retentionDays: Number(days.value),
      retentionScope: scope.select.value as Vault['softDelete']['retentionScope'],
      ...(locked(vault.softDelete.state) ? {} : { state: state.select.value as SwitchState }),
    },
    ...(vault.hybrid && !locked(vault.hybrid.state) && hybrid.select.value !== vault.hybrid.state
      ? { hybrid: { state: hybrid.select.value as SwitchState } }
      : {}),
  });
  return ask({
    title: `Soft delete of ${vault.name}`,
    content: [
      locked(vault.softDelete.state)
        ? message('info', 'Soft delete is always on in this vault. Nobody can switch it off.')
        : state.element,
      vault.hybrid && !locked(vault.hybrid.state) && hybrid.element,
      days,
      costs(),
      scope.element,
    ],
    submit: 'Save',
    run: () =>
      act(
        context,
        context.api.ask('patchVault', { names: namesOf(vault), body: body(), etag: vault.etag }),
        ({ pendingChanges }) =>
          pendingChanges.length > vault.pendingChanges.length
            ? `What weakens ${vault.name} cools off first: see its pending changes. The rest is saved.`
            : `The settings of ${vault.name} are saved.`,
      ),
  });
}

/** Irreversible: the dialog says so and wants a tick, and then tells what it means for the registered servers. */
export async function alwaysOn(context: Context, vault: Vault): Promise<void> {
  const days = daysField(vault);
  const sure = tick('I understand that nobody can ever undo this for this vault.');
  let warnings: readonly string[] = [];
  const done = await ask({
    title: `Make soft delete always on in ${vault.name}`,
    content: [
      message(
        'warning',
        h('strong', {}, 'This is irreversible. '),
        'Once it is always on, nobody can switch off soft delete of this vault again.',
      ),
      vault.hybrid &&
        h(
          'p',
          {},
          'After that the portal can no longer deregister servers with MARS, DPM or MABS, or delete their backups. Before you retire such a server, stop its protection with delete data.',
        ),
      days,
      costs(),
      sure.element,
    ],
    submit: 'Make always on',
    danger: true,
    missing: () => (sure.isOn() ? undefined : 'Tick the box to confirm.'),
    run: () => {
      const softDelete = { state: 'AlwaysOn', retentionDays: Number(days.value) } as const;
      const wish = { names: namesOf(vault), body: { softDelete, confirmAlwaysOn: true }, etag: vault.etag };
      return act(context, context.api.ask('patchVault', wish), (changed) => {
        warnings = changed.warnings ?? [];
        return `Soft delete of ${vault.name} is always on now.`;
      });
    },
  });
  if (done && warnings.length > 0)
    await tell('What to know now', h('ul', {}, ...warnings.map((warning) => h('li', {}, warning))));
}
