import type { Alert, AlertType } from '../../core/alerts.ts';
import type { Facts } from '../../core/history.ts';
import { sameName } from '../../core/names.ts';
import type { Vault } from '../../core/vault.ts';
import { vaultAlert } from '../story/raise.ts';
import type { Asked } from '../story/request.ts';

type Says = (before: Vault | undefined, after: Vault) => Facts | undefined;

/** Which changes of a vault's settings somebody must hear of: a row says when, and what the mail tells. */
const WHEN: Partial<Record<AlertType, Says>> = {
  SoftDeleteDisabledForVault: (before, after) =>
    turned(before?.softDelete.state ?? 'Enabled', after.softDelete.state, 'Disabled'),
  SoftDeleteAlwaysOnEnabled: (before, after) =>
    turned(before?.softDelete.state ?? 'Enabled', after.softDelete.state, 'AlwaysOn'),
  DisableHybridSecurity: (before, after) =>
    after.hybrid ? turned(before?.hybrid?.state ?? 'Enabled', after.hybrid.state, 'Disabled') : undefined,
  RetentionChanged: (before, after) => {
    const [from, to] = [before?.softDelete.retentionDays, after.softDelete.retentionDays];
    return from === undefined || from === to ? undefined : { before: `${from} days`, after: `${to} days` };
  },
  Welcome: (before, after) => {
    const known = before ? everyone(before) : [];
    const recipients = everyone(after).filter((address) => !known.some((one) => sameName(one, address)));
    return recipients.length > 0 ? { recipients } : undefined;
  },
};

const turned = (from: string, to: string, state: string): Facts | undefined =>
  from !== to && to === state ? { from, to } : undefined;

const everyone = ({ alerts }: Vault): readonly string[] => [...new Set([...alerts.owners, ...alerts.recipients])];

export const settingsAlerts = (request: Asked, before: Vault | undefined, after: Vault): readonly Alert[] =>
  Object.entries(WHEN).flatMap(([type, says]) => {
    const facts = says(before, after);
    return facts ? [vaultAlert(type as AlertType, request, after, facts, after.version)] : [];
  });
