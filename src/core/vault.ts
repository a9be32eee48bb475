import type { AlertType } from './alertTypes.ts';
import type { ChainHead, Identity } from './caller.ts';
import { keyOf, named } from './names.ts';
import type { Policy } from './policy.ts';
import { Unreadable } from './problems.ts';
import { NO_PURGE, type PurgeSettings } from './purgeSettings.ts';
import { type Extension, USUAL_REMINDER } from './retention.ts';
import type { Instant } from './time.ts';
import type { VaultKind, WorkloadClass } from './workloads.ts';

/** No mails about these alerts for a time. The alerts are raised all the same. */
export interface Silence {
  readonly name: string;
  readonly from: Instant;
  /** When it was made or changed last: what happened before that it does not silence. */
  readonly since: Instant;
  readonly until: Instant;
  /** null stands for every type that can be silenced, and below for every item. */
  readonly types: readonly AlertType[] | null;
  readonly items: readonly string[] | null;
  readonly reason: string;
  readonly by: string;
  readonly etag: string;
}

export const MAX_SILENCE_DAYS = 30;

export const SWITCH_STATES = ['Disabled', 'Enabled', 'AlwaysOn'] as const;
export type SwitchState = (typeof SWITCH_STATES)[number];
export const RETENTION_SCOPES = ['ExtendExisting', 'FutureDeletions'] as const;
export const IMMUTABILITY_STATES = ['Disabled', 'Unlocked', 'Locked'] as const;
export const PORTAL_DELETE = ['block', 'softDelete'] as const;
export const ALERT_MODES = ['PerAlert', 'HourlyDigest'] as const;

export interface AlertSettings {
  readonly recipients: readonly string[];
  readonly owners: readonly string[];
  readonly mode: (typeof ALERT_MODES)[number];
  readonly onHardDelete: boolean;
  /** How many days before a purge people are reminded of it. */
  readonly reminderDays: readonly number[];
}

export interface Settings {
  readonly softDelete: {
    readonly state: SwitchState;
    readonly retentionDays: number;
    readonly retentionScope: (typeof RETENTION_SCOPES)[number];
  };
  /**
   * One switch for soft delete, second factor and alerts of on-premises workloads. null on a Backup vault, which holds no
   * on-premises backups.
   */
  readonly hybrid: {
    readonly state: SwitchState;
    readonly portalDeleteUnderAlwaysOn: (typeof PORTAL_DELETE)[number];
  } | null;
  readonly immutability: (typeof IMMUTABILITY_STATES)[number];
  readonly alerts: AlertSettings;
  /** For so long a weakening that cools off is only announced, and can be cancelled. 0: it holds at once. */
  readonly coolingOffHours: number;
  /** Who is asked to destroy what is purged. */
  readonly purge: PurgeSettings;
}

export const MAX_COOLING_OFF_HOURS = 720;

/** A weakening that was asked for, proved and announced, and that does not hold yet. */
export interface PendingChange {
  readonly id: string;
  /** A row of the table of controls. */
  readonly control: string;
  readonly before: string | number | null;
  readonly after: string | number | null;
  /** What it would write, by leaf of the vault. */
  readonly values: Readonly<Record<string, string | number | null>>;
  readonly requestedBy: Identity;
  readonly requestedAt: Instant;
  /** The first sweep at this time or later decides it anew and lets it hold. */
  readonly effectiveAt: Instant;
}

/** A vault that was deleted. It can be restored until its time has come; then a sweep removes it. */
export interface VaultDeletion {
  readonly at: Instant;
  readonly by: Identity;
  readonly reason: string | null;
  readonly removeAt: Instant;
  /** Its rows are being removed: there is no way back. */
  readonly removing?: true;
}

export const DELETED_VAULT_DAYS = 14;

/** As the list of deleted vaults tells of it. */
export type DeletedVault = Pick<Vault, 'name' | 'id' | 'kind' | 'etag'> & { readonly deletion: VaultDeletion };

/** What is left of a vault that was removed, beside its history. */
export interface Grave {
  readonly id: string;
  readonly removedAt: Instant;
  /** The last entry of its history. */
  readonly evidence?: ChainHead;
}

export interface Vault extends Settings {
  readonly name: string;
  /** Another one for each creation under the same name. */
  readonly id: string;
  readonly kind: VaultKind;
  readonly extensions: readonly Extension[];
  /** Counts the changes of the vault's head, which is its settings and policies. */
  readonly version: number;
  readonly guard: string | null;
  readonly silences: readonly Silence[];
  readonly pendingChanges: readonly PendingChange[];
  /** null: it is open. */
  readonly deletion: VaultDeletion | null;
  readonly etag: string;
  /** The entry of its history that its last change wrote. */
  readonly evidence?: ChainHead;
}

/** The guard that it is under, and those that it is going to be under when an exchange has cooled off. */
export const guardsOf = ({ guard, pendingChanges }: Vault): readonly string[] =>
  [guard, ...pendingChanges.map(({ values }) => values['guard'])].filter((name) => typeof name === 'string');

/** Everything that decisions about a vault's items depend on. `fence` names this version of it. */
export interface Head {
  readonly vault: Vault;
  readonly policies: readonly Policy[];
  /** The names, in lower case, of those that are there and cannot be read. */
  readonly unreadablePolicies?: readonly string[] | undefined;
  readonly fence: string;
}

type Policies = Pick<Head, 'policies' | 'unreadablePolicies'>;

export const isUnreadablePolicy = ({ unreadablePolicies = [] }: Policies, name: string): boolean =>
  unreadablePolicies.includes(keyOf(name));

/** The policy of that name. Where it is there and cannot be read nobody may go by it, nor take its name for free. */
export function policyNamed(head: Policies, name: string): Policy | undefined {
  if (isUnreadablePolicy(head, name)) throw new Unreadable(`unreadable policy ${name}`);
  return named(head.policies, name);
}

/** A deleted vault has no fence: there is nothing left in it that a decision could rest on. */
export const fenceOf = (head: Head | null | undefined): string | undefined =>
  head && head.vault.deletion === null ? head.fence : undefined;

export interface Counts {
  readonly protected: number;
  readonly stopped: number;
  readonly softDeleted: number;
}

export const NO_COUNTS: Counts = { protected: 0, stopped: 0, softDeleted: 0 };

export const hybridSecurityOn = (vault: Pick<Vault, 'hybrid'>): boolean =>
  vault.hybrid !== null && vault.hybrid.state !== 'Disabled';

/** Under AlwaysOn what came from on premises is deleted from there only, unless the vault allows it. */
export const isClosedToPortal = ({ hybrid }: Pick<Vault, 'hybrid'>): boolean =>
  hybrid?.state === 'AlwaysOn' && hybrid.portalDeleteUnderAlwaysOn === 'block';

/** For cloud items the vault's soft delete decides, for hybrid items the hybrid switch. */
export const softDeleteOn = (vault: Vault, workloadClass: WorkloadClass): boolean =>
  workloadClass === 'Hybrid' ? hybridSecurityOn(vault) : vault.softDelete.state !== 'Disabled';

export const newSettings = (kind: VaultKind): Settings => ({
  softDelete: { state: 'Enabled', retentionDays: 14, retentionScope: 'ExtendExisting' },
  hybrid: kind === 'RecoveryServices' ? { state: 'Enabled', portalDeleteUnderAlwaysOn: 'block' } : null,
  immutability: 'Disabled',
  alerts: { recipients: [], owners: [], mode: 'PerAlert', onHardDelete: true, reminderDays: [USUAL_REMINDER] },
  coolingOffHours: 0,
  purge: NO_PURGE,
});
