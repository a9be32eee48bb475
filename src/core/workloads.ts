export type VaultKind = 'RecoveryServices' | 'Backup';
export type WorkloadClass = 'Cloud' | 'Hybrid';
export type Tier = 'Vault' | 'Operational';

interface WorkloadRow {
  readonly vault: VaultKind;
  readonly class: WorkloadClass;
  /** The first one is the default. */
  readonly tiers: readonly [Tier, ...Tier[]];
}

const cloud = (vault: VaultKind, ...tiers: [Tier, ...Tier[]]): WorkloadRow => ({ vault, class: 'Cloud', tiers });
const hybrid: WorkloadRow = { vault: 'RecoveryServices', class: 'Hybrid', tiers: ['Vault'] };

/** Every workload: its vault kind, its class and its tiers. A new workload is one row here. */
export const WORKLOADS = {
  AzureVM: cloud('RecoveryServices', 'Vault', 'Operational'),
  SQLInAzureVM: cloud('RecoveryServices', 'Vault'),
  SAPHanaInAzureVM: cloud('RecoveryServices', 'Vault'),
  AzureFiles: cloud('RecoveryServices', 'Vault', 'Operational'),
  AzureBlob: cloud('Backup', 'Vault', 'Operational'),
  AzureDisk: cloud('Backup', 'Operational'),
  PostgreSQL: cloud('Backup', 'Vault'),
  AKS: cloud('Backup', 'Vault'),
  MARS: hybrid,
  DPM: hybrid,
  MABS: hybrid,
} as const satisfies Record<string, WorkloadRow>;

export type Workload = keyof typeof WORKLOADS;
export const WORKLOAD_NAMES = Object.keys(WORKLOADS) as [Workload, ...Workload[]];
export const workloadRow = (workload: Workload): WorkloadRow => WORKLOADS[workload];

export const HYBRID_KINDS = ['MARS', 'DPM', 'MABS'] as const;
export type HybridKind = (typeof HYBRID_KINDS)[number];

/** Things that people mistake for backup items, and the product that protects each of them. */
export const NEIGHBOURS = {
  StorageSoftDelete:
    'Blob and file soft delete is a setting of the storage account (7 to 365 days there; a vault keeps deleted backups 14 to 180 days). ' +
    'It brings back files, but it is lost with the account. Set it on the storage account, and protect the data here as AzureBlob or AzureFiles.',
  SiteRecovery:
    'Azure Site Recovery copies machines to another region, for the day when a region fails. It keeps no recovery points of earlier days. ' +
    'Manage it in Site Recovery (to remove it: disable replication there), and protect the machine here as AzureVM.',
  Microsoft365:
    'Mailboxes and sites are backed up by Microsoft 365 Backup, with its own retention. Manage them in the Microsoft 365 admin centre.',
} as const;

export type Neighbour = keyof typeof NEIGHBOURS;
export const NEIGHBOUR_NAMES = Object.keys(NEIGHBOURS) as [Neighbour, ...Neighbour[]];
