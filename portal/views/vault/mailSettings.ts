import type { Vault } from '../../../client/api.ts';
import { act } from '../../parts/act.ts';
import type { Context } from '../../parts/context.ts';
import { choice, textInput, tick } from '../../parts/controls.ts';
import { ask } from '../../parts/dialog.ts';

const parts = (text: string): readonly string[] => text.split(/[\s,;]+/).filter(Boolean);

export function mailSettings(context: Context, vault: Vault): Promise<boolean> {
  const recipients = textInput('Recipients (addresses, separated by commas)', {
    value: vault.alerts.recipients.join(', '),
    id: 'recipients',
  });
  const owners = textInput('Owners, who are also told when data is destroyed', {
    value: vault.alerts.owners.join(', '),
    id: 'owners',
  });
  const mode = choice(
    'Mails',
    [
      { value: 'PerAlert', text: 'one mail for each alert, at once' },
      { value: 'HourlyDigest', text: 'one mail every hour with all its alerts' },
    ],
    vault.alerts.mode,
  );
  const hard = tick('Also when backups are deleted with soft delete off', vault.alerts.onHardDelete);
  const days = textInput('Reminders: so many days before a purge, separated by commas', {
    value: vault.alerts.reminderDays.join(', '),
    id: 'reminder-days',
  });
  return ask({
    title: `Mails and alerts of ${vault.name}`,
    content: [recipients, owners, mode.element, days, hard.element],
    submit: 'Save',
    run: () => {
      const alerts = {
        recipients: parts(recipients.value),
        owners: parts(owners.value),
        mode: mode.select.value as Vault['alerts']['mode'],
        onHardDelete: hard.isOn(),
        reminderDays: parts(days.value).map(Number),
      };
      return act(
        context,
        context.api.ask('patchVault', { names: { vault: vault.name }, body: { alerts }, etag: vault.etag }),
        () => `The mails of ${vault.name} are set.`,
      );
    },
  });
}
