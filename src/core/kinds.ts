/** PURE. What can be protected: the workloads that are built in and the kinds of the user's own are rows of one table. */
import { keyOf } from './names.ts';
import type { Tier, VaultKind, Workload, WorkloadClass } from './workloads.ts';

export const REPRESENTS = ['Original', 'Copies'] as const;

/** What never changes about a kind. An item of a kind of your own carries it, so that no verb on it reads the kind. */
export interface KindTraits {
  readonly class: WorkloadClass;
  /** Of an item: the one kind of vault that it lies in. */
  readonly vaultKinds: readonly VaultKind[];
  /** Whether an item stands for the thing itself, or for copies of it. To purge an original destroys the thing. */
  readonly represents: (typeof REPRESENTS)[number];
  readonly recoveryPoints: boolean;
  /** The first one is the default. */
  readonly tiers: readonly Tier[];
}

/** What may change about any kind, also one that is built in. */
export interface KindSettings {
  /** An item of this kind can be undeleted for so many days at least, whatever its vault says. */
  readonly minimumRetentionDays: number;
  /** Who is asked to destroy what is due; null: whoever the vault names, or nobody. */
  readonly executor: string | null;
  /** What the executor is told beside the order. */
  readonly parameters: { readonly [name: string]: unknown } | null;
}

export interface Kind extends KindTraits, KindSettings {
  readonly name: string;
  readonly builtIn: boolean;
  /** What mails and pages call one of them, and more of them. */
  readonly title: string;
  readonly plural: string;
  /** false: retired. No new items of it, the others live on. */
  readonly active: boolean;
  readonly etag: string;
}

/** A stored row: a kind of your own, or what may change about a built-in one. */
export type OwnKind = Omit<Kind, 'builtIn' | 'tiers'>;
export type BuiltInSettings = KindSettings & Pick<Kind, 'name' | 'etag'>;
export type StoredKind = OwnKind | BuiltInSettings;

export const KIND_DAYS = { least: 14, most: 180 } as const;

/** Nothing is stored yet about a built-in kind. */
const UNCHANGED = 'built-in';

type Row = readonly [title: string, plural: string];

const builtIn = (
  name: Workload,
  [title, plural]: Row,
  traits: Pick<KindTraits, 'class' | 'vaultKinds' | 'tiers'>,
): Kind => ({
  ...{ name, builtIn: true, ...traits, represents: 'Copies', recoveryPoints: true },
  ...{ minimumRetentionDays: KIND_DAYS.least, executor: null, parameters: null },
  ...{ title, plural, active: true, etag: UNCHANGED },
});
const cloud = (name: Workload, row: Row, vaultKind: VaultKind, ...tiers: Tier[]): Kind =>
  builtIn(name, row, { class: 'Cloud', vaultKinds: [vaultKind], tiers });
const hybrid = (name: Workload, row: Row): Kind =>
  builtIn(name, row, { class: 'Hybrid', vaultKinds: ['RecoveryServices'], tiers: ['Vault'] });

/** A new workload is one row here. */
export const BUILT_IN: readonly Kind[] = [
  cloud('AzureVM', ['Azure virtual machine', 'Azure virtual machines'], 'RecoveryServices', 'Vault', 'Operational'),
  cloud('SQLInAzureVM', ['SQL in Azure VM', 'SQL databases in Azure VMs'], 'RecoveryServices', 'Vault'),
  cloud('SAPHanaInAzureVM', ['SAP HANA in Azure VM', 'SAP HANA databases in Azure VMs'], 'RecoveryServices', 'Vault'),
  cloud('AzureFiles', ['Azure Files', 'Azure file shares'], 'RecoveryServices', 'Vault', 'Operational'),
  cloud('AzureBlob', ['Azure Blobs', 'Azure Blobs'], 'Backup', 'Vault', 'Operational'),
  cloud('AzureDisk', ['Azure Disks', 'Azure Disks'], 'Backup', 'Operational'),
  cloud('PostgreSQL', ['PostgreSQL', 'PostgreSQL servers'], 'Backup', 'Vault'),
  cloud('AKS', ['Kubernetes services', 'Kubernetes services'], 'Backup', 'Vault'),
  hybrid('MARS', ['Azure Backup agent (MARS)', 'Azure Backup agents (MARS)']),
  hybrid('DPM', ['Data Protection Manager', 'Data Protection Managers']),
  hybrid('MABS', ['Azure Backup Server', 'Azure Backup Servers']),
];

export const BY_NAME: ReadonlyMap<string, Kind> = new Map(BUILT_IN.map((kind) => [keyOf(kind.name), kind]));

export const builtInKind = (name: string): Kind | undefined => BY_NAME.get(keyOf(name));

interface OfKind {
  readonly workload: string;
  readonly kind?: KindTraits;
}

/** What the kind of an item says for good: it lies in the item, or, of a built-in kind, in the table. */
export function traitsOf({ workload, kind }: OfKind): KindTraits {
  const traits = kind ?? builtInKind(workload);
  if (!traits) throw new Error(`nobody knows what ${workload} is`);
  return traits;
}

/** The kind of vault that an item lies in. */
export function vaultKindOf(item: OfKind): VaultKind {
  const [only] = traitsOf(item).vaultKinds;
  if (!only) throw new Error(`nobody knows in which vaults ${item.workload} may lie`);
  return only;
}

/** The kind that a row stands for. */
export const kindOf = (row: StoredKind): Kind =>
  'class' in row
    ? { ...row, builtIn: false, tiers: ['Vault'] }
    : { ...(builtInKind(row.name) as Kind), ...row, name: builtInKind(row.name)?.name ?? row.name };
