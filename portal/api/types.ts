/** What the API answers, as far as the portal shows it (API.md). */
export type SwitchState = 'Disabled' | 'Enabled' | 'AlwaysOn';

export interface Vault {
  readonly name: string;
  readonly kind: 'RecoveryServices' | 'Backup';
  readonly softDelete: { readonly state: SwitchState; readonly retentionDays: number; readonly retentionScope: string };
  readonly hybrid: { readonly state: SwitchState; readonly portalDeleteUnderAlwaysOn: string } | null;
  readonly immutability: 'Disabled' | 'Unlocked' | 'Locked';
  readonly alerts: {
    readonly recipients: readonly string[];
    readonly owners: readonly string[];
    readonly mode: string;
    readonly onHardDelete: boolean;
  };
  readonly guard: string | null;
  readonly counts: { readonly protected: number; readonly stopped: number; readonly softDeleted: number };
  readonly warnings?: readonly string[];
  readonly etag: string;
}

export type ItemState = 'Protected' | 'ProtectionStopped' | 'BackupsSuspended' | 'SoftDeleted' | 'Purging';

export interface Item {
  readonly name: string;
  readonly vault: string;
  readonly workload: string;
  readonly class: 'Cloud' | 'Hybrid';
  readonly tier: 'Vault' | 'Operational';
  readonly sourceId: string;
  readonly server: string | null;
  readonly state: ItemState;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly lastBackup: { readonly status: string; readonly at: string | null };
  readonly activeJob: { readonly id: string; readonly operation: string; readonly startedAt: string } | null;
  readonly recoveryPoints: { readonly count: number };
  readonly softDelete: Deletion | null;
  readonly holds: readonly Hold[];
  readonly etag: string;
}

export interface Deletion {
  readonly deletedAt: string;
  readonly purgeAt: string;
  readonly retentionDays: number;
  readonly daysLeft: number;
  readonly purgeUpcoming: boolean;
  readonly billingEndsAt: string;
  readonly chargeableDays: number;
  readonly deletedBy: string;
  readonly reason: string | null;
  readonly comment: string | null;
}

export interface Hold {
  readonly name: string;
  readonly reason: string;
  readonly until: string | null;
  readonly by: string;
  readonly etag: string;
}

export interface Point {
  readonly name: string;
  readonly createdAt: string;
  readonly rung: string;
  readonly expiresAt: string | null;
  readonly state: string;
}

export interface Entry {
  readonly at: string;
  readonly caller: { readonly oid: string; readonly channel: string };
  readonly operation: string;
  readonly outcome: 'Succeeded' | 'Refused';
  readonly code?: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
}

export interface Explanation {
  readonly state: string;
  readonly notBefore: string | null;
  readonly expectedBy: string | null;
  readonly blockers: readonly { readonly code: string; readonly message: string; readonly until?: string }[];
  readonly can: readonly string[];
}

export interface Policy {
  readonly name: string;
  readonly workloads: readonly string[];
  readonly schedule: string;
  readonly retention: Readonly<Record<string, number>>;
}

export interface Server {
  readonly name: string;
  readonly kind: string;
  readonly agentVersion: string;
  readonly registration: string;
  readonly registeredAt: string;
  readonly passphraseChangedAt: string | null;
  readonly etag: string;
}

export interface Job {
  readonly id: string;
  readonly operation: string;
  readonly status: string;
}
