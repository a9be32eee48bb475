import type { Item, ItemState, Policy, SwitchState } from '../../client/api.ts';

export type Tone = 'danger' | 'warning' | 'success' | 'informative' | 'subtle' | 'severe';
interface Label {
  readonly text: string;
  readonly tone: Tone;
}

/** In the words of the Backup centre. */
export const STATES: { readonly [S in ItemState]: Label } = {
  Protected: { text: 'Protected', tone: 'success' },
  ProtectionStopped: { text: 'Protection stopped', tone: 'warning' },
  BackupsSuspended: { text: 'Backups suspended', tone: 'warning' },
  SoftDeleted: { text: 'Soft deleted', tone: 'danger' },
  Purging: { text: 'Being purged', tone: 'danger' },
};

const WORKLOADS: Readonly<Record<string, string>> = {
  AzureVM: 'Azure virtual machine',
  SQLInAzureVM: 'SQL in Azure VM',
  SAPHanaInAzureVM: 'SAP HANA in Azure VM',
  AzureFiles: 'Azure Files',
  AzureBlob: 'Azure Blobs',
  AzureDisk: 'Azure Disks',
  PostgreSQL: 'PostgreSQL',
  AKS: 'Kubernetes services',
  MARS: 'Azure Backup agent (MARS)',
  DPM: 'Data Protection Manager',
  MABS: 'Azure Backup Server',
};

export const isBuiltIn = (workload: string): boolean => Object.hasOwn(WORKLOADS, workload);
/** A kind of your own has no other words than its name here. */
export const workloadOf = (name: string): string => WORKLOADS[name] ?? name;

/** Items of some kinds of your own have no recovery points, and so no policy and no backups. */
export const hasPoints = ({ lastBackup }: Pick<Item, 'lastBackup'>): boolean => lastBackup.status !== 'NotApplicable';

export const VAULT_KINDS = {
  RecoveryServices: 'Recovery Services vault',
  Backup: 'Backup vault',
  Generic: 'Generic vault',
} as const;

export const SWITCHES: { readonly [S in SwitchState]: Label } = {
  Disabled: { text: 'Off', tone: 'danger' },
  Enabled: { text: 'On', tone: 'success' },
  AlwaysOn: { text: 'Always on', tone: 'success' },
};

/** `SoftDeleteDisabledForVault` → `Soft delete disabled for vault`. */
export const spaced = (name: string): string => {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export const inTrash = ({ state }: Pick<Item, 'state'>): boolean => state === 'SoftDeleted' || state === 'Purging';

/** `30 daily, 12 weekly` */
export const kept = ({ retention }: Policy): string =>
  Object.entries(retention)
    .map(([rung, count]) => `${count} ${rung}`)
    .join(', ');
