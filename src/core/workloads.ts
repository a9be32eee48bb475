export const VAULT_KINDS = ['RecoveryServices', 'Backup', 'Generic'] as const;
export type VaultKind = (typeof VAULT_KINDS)[number];
export const WORKLOAD_CLASSES = ['Cloud', 'Hybrid'] as const;
export type WorkloadClass = (typeof WORKLOAD_CLASSES)[number];
export const TIERS = ['Vault', 'Operational'] as const;
export type Tier = (typeof TIERS)[number];

/** The workloads that are built in: `kinds.ts` says what each of them is. */
export const WORKLOAD_NAMES = [
  'AzureVM',
  'SQLInAzureVM',
  'SAPHanaInAzureVM',
  'AzureFiles',
  'AzureBlob',
  'AzureDisk',
  'PostgreSQL',
  'AKS',
  'MARS',
  'DPM',
  'MABS',
] as const;
export type Workload = (typeof WORKLOAD_NAMES)[number];

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
