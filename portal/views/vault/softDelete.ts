import { at } from '../../api/client.ts';
import type { SwitchState, Vault } from '../../api/types.ts';
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

const path = ({ name }: Vault): string => at('vaults', name);
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
    `The first ${FREE_DAYS} days are free; longer ones are charged as stored data. The period holds for cloud and hybrid workloads of the vault alike.`,
  );

/** The switches and the period. Always on is a question of its own. */
export function softDeleteSettings(context: Context, vault: Vault): Promise<boolean> {
  const state = choice('Soft delete for cloud workloads', ON_OFF, vault.softDelete.state, { id: 'soft-delete' });
  const hybrid = choice(
    'Security for hybrid workloads: soft delete, second factor and alerts',
    ON_OFF,
    vault.hybrid?.state ?? '',
    { id: 'hybrid' },
  );
  const scope = choice(
    'A longer period holds for',
    [
      { value: 'ExtendExisting', text: 'what is deleted already, too' },
      { value: 'FutureDeletions', text: 'later deletions only' },
    ],
    vault.softDelete.retentionScope,
  );
  const days = daysField(vault);
  const body = () => ({
    softDelete: {
      retentionDays: Number(days.value),
      retentionScope: scope.select.value,
      ...(locked(vault.softDelete.state) ? {} : { state: state.select.value }),
    },
    ...(vault.hybrid && !locked(vault.hybrid.state) && hybrid.select.value !== vault.hybrid.state
      ? { hybrid: { state: hybrid.select.value } }
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
        context.api.send<Vault>('PATCH', path(vault), { body: body(), etag: vault.etag }),
        () => `The settings of ${vault.name} are saved.`,
      ),
  });
}

/** Irreversible: said plainly, ticked, and answered with what it means for servers that are registered. */
export async function alwaysOn(context: Context, vault: Vault): Promise<void> {
  const days = daysField(vault);
  const sure = tick('I understand that this can never be undone, by nobody, for this vault.');
  let warnings: readonly string[] = [];
  const done = await ask({
    title: `Make soft delete always on in ${vault.name}`,
    content: [
      message(
        'warning',
        h('strong', {}, 'This is irreversible. '),
        'Once always on, soft delete of this vault cannot be switched off again, whoever asks.',
      ),
      vault.hybrid &&
        h(
          'p',
          {},
          'With it, the portal no longer deregisters servers with MARS, DPM or MABS, nor deletes their backups. Stop protection with delete data before you retire such a server.',
        ),
      days,
      costs(),
      sure.element,
    ],
    submit: 'Make always on',
    danger: true,
    missing: () => (sure.isOn() ? undefined : 'Tick the box to confirm.'),
    run: () => {
      const body = { softDelete: { state: 'AlwaysOn', retentionDays: Number(days.value) }, confirmAlwaysOn: true };
      return act(context, context.api.send<Vault>('PATCH', path(vault), { body, etag: vault.etag }), (changed) => {
        warnings = changed.warnings ?? [];
        return `Soft delete of ${vault.name} is always on now.`;
      });
    },
  });
  if (done && warnings.length > 0)
    await tell('What to know now', h('ul', {}, ...warnings.map((warning) => h('li', {}, warning))));
}
