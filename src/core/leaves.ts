import type { Belt, Pause } from './brakes.ts';
import type { Control } from './controls.ts';
import type { Guard } from './guards.ts';
import type { Hold } from './item.ts';
import type { Policy } from './policy.ts';
import type { Instant } from './time.ts';
import type { Silence, Vault } from './vault.ts';

/** Names that nobody knows beforehand. */
type AnyNames<T> = string extends keyof T ? T : never;
type Whole = string | number | boolean | Instant | readonly unknown[] | Readonly<Record<string, never>>;

/** `softDelete.state`: a way into something to a value that is looked at as a whole. */
export type LeafOf<T> = {
  [K in keyof T & string]-?: NonNullable<T[K]> extends Whole | AnyNames<NonNullable<T[K]>>
    ? K
    : `${K}.${LeafOf<NonNullable<T[K]>>}`;
}[keyof T & string];

/** Whatever it becomes, nothing is weakened. */
type Unwatched = { readonly harmless: string };
export type Watch = Control | Unwatched;

interface Kept {
  readonly vault: Vault;
  readonly policy: Policy;
  readonly guard: Guard;
  readonly silence: Silence;
  readonly hold: Hold;
  readonly pause: Pause;
  readonly belt: Belt;
}
export type KeptName = keyof Kept;

type Leaves = { readonly [K in KeptName]: { readonly [L in LeafOf<Kept[K]>]: Watch } };

const NAME = { harmless: 'It never changes.' };
const ETAG = { harmless: 'It follows every change.' };
const HEAD = { harmless: 'It follows the history.' };
const MAKER = { harmless: 'It says who did it, and is written once.' };
const WRITER = { harmless: 'It says who wrote it last.' };
const DELETION = { harmless: 'The control `vault` watches the deletion as a whole; what it says is written once.' };
const WORDS = { harmless: 'Words for people: nothing is decided by them.' };

/** Every value that a change could loosen, with the control that watches it. A new one without a word here does not compile. */
export const LEAVES = {
  vault: {
    name: NAME,
    kind: NAME,
    'softDelete.state': 'softDelete',
    'softDelete.retentionDays': 'softDeletePeriod',
    'softDelete.retentionScope': 'softDeletePeriod',
    'hybrid.state': 'hybridSecurity',
    'hybrid.portalDeleteUnderAlwaysOn': 'portalDelete',
    immutability: 'immutability',
    'alerts.recipients': 'addressees',
    'alerts.owners': 'addressees',
    'alerts.mode': 'digest',
    'alerts.onHardDelete': 'hardDeleteAlert',
    'alerts.reminderDays': 'reminders',
    coolingOffHours: 'coolingOff',
    'purge.executor': 'executor',
    'purge.parameters': 'kind',
    guard: 'guardLink',
    silences: 'silence',
    pendingChanges: { harmless: 'What was asked for does not hold yet; what is cancelled never holds.' },
    extensions: { harmless: 'They only lengthen, and go when nothing they reached is left.' },
    version: { harmless: 'It counts the changes.' },
    id: NAME,
    'deletion.at': DELETION,
    'deletion.by.tid': DELETION,
    'deletion.by.oid': DELETION,
    'deletion.reason': DELETION,
    'deletion.removeAt': DELETION,
    'deletion.removing': DELETION,
    'evidence.seq': HEAD,
    'evidence.hash': HEAD,
    etag: ETAG,
  },
  policy: {
    name: NAME,
    'retention.daily': 'policy',
    'retention.weekly': 'policy',
    'retention.monthly': 'policy',
    'retention.yearly': 'policy',
    workloads: { harmless: 'A workload that items use cannot be taken out.' },
    kinds: { harmless: 'It follows the workloads.' },
    schedule: { harmless: 'The backup engine reads it; what is kept does not depend on it.' },
    cuts: { harmless: 'They follow from the retention, and keep what a shorter one cut off.' },
    retired: { harmless: 'Only a policy that nothing uses is retired.' },
    etag: ETAG,
  },
  guard: {
    name: NAME,
    excludedOperations: 'guard',
    quorum: 'guard',
    coolingOffHours: 'guard',
    contacts: 'guard',
    coverBackupSoftDelete: 'guard',
    pendingChanges: { harmless: 'What was asked for does not hold yet; what is cancelled never holds.' },
    'createdBy.tid': MAKER,
    'createdBy.oid': MAKER,
    createdAt: MAKER,
    'evidence.seq': HEAD,
    'evidence.hash': HEAD,
    etag: ETAG,
  },
  silence: {
    name: NAME,
    from: 'silence',
    since: { harmless: 'It says when it was made; it reaches back to nothing before that.' },
    until: 'silence',
    types: 'silence',
    items: 'silence',
    reason: WORDS,
    by: WRITER,
    etag: ETAG,
  },
  hold: {
    name: NAME,
    until: 'hold',
    reason: WORDS,
    by: WRITER,
    at: WRITER,
    'madeBy.tid': MAKER,
    'madeBy.oid': MAKER,
    etag: ETAG,
  },
  pause: { until: 'pause', reason: WORDS, by: MAKER, tid: MAKER, at: MAKER, etag: ETAG },
  belt: {
    releasedUntil: 'belt',
    episodes: { harmless: 'They say what was held and how often it was mailed.' },
    holds: { harmless: 'Tokens that the version before gave out; what they release is the control `belt`.' },
  },
} as const satisfies Leaves;

const PLACE = {
  harmless: 'It says where rows and messages lie: with another one, the service finds nothing to purge.',
};
const MAILS = { harmless: 'Where mails go out is a part of the deployment, as where rows lie is.' };
const PACE = { harmless: 'It says when, how fast or how long a sweep works, and not what it may do.' };
const PAGE = { harmless: 'Pages and mails show it; nothing is decided by it.' };

/** The same of the settings with which the service is started. One without a word here does not compile, in src/config.ts. */
export const SETTING_LEAVES = {
  IDENTITY_ISSUER: 'serviceSettings',
  IDENTITY_AUDIENCE: 'serviceSettings',
  IDENTITY_JWKS: 'serviceSettings',
  IDENTITY_TENANTS: 'serviceSettings',
  IDENTITY_CLIENTS: 'serviceSettings',
  IDENTITY_SCOPE: 'serviceSettings',
  STEP_UP_CONTEXT: 'serviceSettings',
  SWEEP_MAX_PURGES: 'serviceSettings',
  SWEEP_MAX_PURGES_PER_DAY: 'serviceSettings',
  SWEEP_MAX_PERCENT: 'serviceSettings',
  PURGE_NOTICE: 'serviceSettings',
  PURGE_UNTOLD_MAX: 'serviceSettings',
  MAIL_PER_MINUTE: 'serviceSettings',
  MAIL_PER_RECIPIENT_PER_HOUR: 'serviceSettings',
  MAIL_OPERATORS: 'serviceSettings',
  DATA_STORAGE: PLACE,
  DATA_STORAGE__tableServiceUri: PLACE,
  DATA_STORAGE__queueServiceUri: PLACE,
  DATA_STORAGE__credential: PLACE,
  DATA_STORAGE__clientId: PLACE,
  MAIL_CONNECTION_STRING: MAILS,
  MAIL_ENDPOINT: MAILS,
  MAIL_SENDER: MAILS,
  PIN_PEPPER: { harmless: 'With another one, the PINs that were given out prove nothing.' },
  EVIDENCE_KEY: { harmless: 'Entries that another key sealed show as broken, and that is told.' },
  DELIVERY_WEBHOOK_KEY: { harmless: 'With another one, reports are refused, and mails count as they went out.' },
  SWEEP_SCHEDULE: PACE,
  SWEEP_BUDGET_SECONDS: PACE,
  SWEEP_HTTP_BUDGET_SECONDS: PACE,
  SWEEP_SPREAD_ABOVE: PACE,
  SWEEP_IN_FLIGHT: PACE,
  PORTAL_CLIENT_ID: PAGE,
  WEBSITE_RESOURCE_GROUP: PAGE,
  WEBSITE_HOSTNAME: PAGE,
  METRICS_ENDPOINT: { harmless: 'It gets numbers, and decides nothing.' },
  AZURE_FUNCTIONS_ENVIRONMENT: {
    harmless: 'The platform sets it; whether a run is a local one, the connection string says as well.',
  },
} as const satisfies Readonly<Record<string, Watch>>;

export type VaultLeaf = LeafOf<Vault>;
export const VAULT_LEAVES = Object.keys(LEAVES.vault) as readonly VaultLeaf[];

/** The leaves of a vault that a control watches. */
export const leavesOf = (control: string): readonly VaultLeaf[] =>
  VAULT_LEAVES.filter((leaf) => LEAVES.vault[leaf] === control);

type Tree = { readonly [name: string]: unknown };

/** What stands at a leaf; undefined where the way breaks off. */
export const valueAt = (vault: Vault, leaf: VaultLeaf): unknown =>
  leaf.split('.').reduce<unknown>((tree, name) => (tree as Tree | null)?.[name], vault);

/** The same vault with another value at a leaf. Where the way breaks off, it stays as it is. */
export function withValue(vault: Vault, leaf: VaultLeaf, value: unknown): Vault {
  const [first = '', second] = leaf.split('.');
  const branch = (vault as unknown as Tree)[first];
  if (second === undefined) return { ...vault, [first]: value };
  return branch === null ? vault : { ...vault, [first]: { ...(branch as Tree), [second]: value } };
}
