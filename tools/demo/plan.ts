/** The estate of the demo, as data: what there is, and what happened to it in a fortnight. */
import type { Operations } from '../../client/api.ts';
import type { Operation, Wish } from '../../client/client.ts';
import type { Workload } from '../../src/core/workloads.ts';
import type { Name } from './people.ts';
import type { Demo } from './service.ts';

export const SHOP = 'northwind-prod';
export const APPS = 'northwind-apps';
/** The vault that is made last: if it is complete, the demo is. */
export const LAST = 'northwind-branches';
export const DAYS = 13;

type Body<O extends Operation> = NonNullable<Operations[O]['body']>;

export const TOLD = { recipients: ['ops@northwind.example'], owners: ['owner@northwind.example'] };
const CLOUD: readonly Workload[] = ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles'];
const MODERN: readonly Workload[] = ['AzureBlob', 'AzureDisk', 'PostgreSQL', 'AKS'];
const HYBRID: readonly Workload[] = ['MARS', 'DPM', 'MABS'];
const LONG = { daily: 30, weekly: 12, monthly: 12, yearly: 3 };
const SHORT = { daily: 14, weekly: 4 };

export const VAULTS = [
  { name: SHOP, body: { kind: 'RecoveryServices', alerts: TOLD } },
  { name: APPS, body: { kind: 'Backup', alerts: TOLD } },
  { name: LAST, body: { kind: 'RecoveryServices', alerts: TOLD, softDelete: { retentionDays: 30 } } },
] as const;

const policy = (
  vault: string,
  name: string,
  workloads: readonly Workload[],
  retention: NonNullable<Body<'putPolicy'>['retention']>,
) => ({
  names: { vault, policy: name },
  body: { workloads, schedule: '0 0 2 * * *', retention },
});

export const POLICIES = [
  policy(SHOP, 'daily', CLOUD, LONG),
  policy(SHOP, 'short', CLOUD, SHORT),
  policy(APPS, 'daily', MODERN, LONG),
  policy(LAST, 'daily', HYBRID, LONG),
];

const SERVERS: Readonly<Record<string, Body<'putServer'>>> = {
  'files-berlin': { kind: 'MARS', agentVersion: '2.0.9260' },
  'files-madrid': { kind: 'MARS', agentVersion: '2.0.9260' },
  'files-oslo': { kind: 'MARS', agentVersion: '2.0.9263' },
  'dpm-01': { kind: 'DPM', agentVersion: '10.22.148.0' },
  'mabs-01': { kind: 'MABS', agentVersion: '14.0.30.0' },
};
export const SERVER_ROWS = Object.entries(SERVERS).map(([server, body]) => ({ names: { vault: LAST, server }, body }));

interface Group {
  readonly vault: string;
  readonly workload: Workload;
  readonly of: string;
  readonly count: number;
  readonly server?: string;
}

const GROUPS: readonly Group[] = [
  { vault: SHOP, workload: 'AzureVM', of: 'web', count: 24 },
  { vault: SHOP, workload: 'AzureVM', of: 'app', count: 20 },
  { vault: SHOP, workload: 'AzureVM', of: 'build', count: 12 },
  { vault: SHOP, workload: 'AzureVM', of: 'dc', count: 4 },
  { vault: SHOP, workload: 'SQLInAzureVM', of: 'sql', count: 24 },
  { vault: SHOP, workload: 'SAPHanaInAzureVM', of: 'hana', count: 8 },
  { vault: SHOP, workload: 'AzureFiles', of: 'share', count: 18 },
  { vault: APPS, workload: 'AzureBlob', of: 'media', count: 10 },
  { vault: APPS, workload: 'AzureBlob', of: 'logs', count: 8 },
  { vault: APPS, workload: 'AzureDisk', of: 'disk', count: 15 },
  { vault: APPS, workload: 'PostgreSQL', of: 'orders', count: 10 },
  { vault: APPS, workload: 'AKS', of: 'shop', count: 8 },
  { vault: LAST, workload: 'MARS', of: 'berlin', count: 8, server: 'files-berlin' },
  { vault: LAST, workload: 'MARS', of: 'madrid', count: 8, server: 'files-madrid' },
  { vault: LAST, workload: 'MARS', of: 'oslo', count: 8, server: 'files-oslo' },
  { vault: LAST, workload: 'DPM', of: 'volume', count: 8, server: 'dpm-01' },
  { vault: LAST, workload: 'MABS', of: 'exchange', count: 8, server: 'mabs-01' },
];

export interface Place {
  readonly vault: string;
  readonly item: string;
}

export interface DemoItem {
  readonly names: Place;
  readonly body: Body<'protectItem'>;
}

const numbered = (of: string, index: number): string => `${of}-${String(index).padStart(2, '0')}`;

export const ITEMS: readonly DemoItem[] = GROUPS.flatMap(({ vault, workload, of, count, server }) =>
  Array.from({ length: count }, (_, index): DemoItem => {
    const item = numbered(of, index + 1);
    const sourceId = `/northwind/${workload}/${item}`;
    const body = { workload, policy: 'daily', sourceId, ...(server ? { server } : {}) };
    return { names: { vault, item }, body };
  }),
);

/** One disk has its snapshots beside it, so soft delete does not apply: once deleted it is not listed any more. */
export const LISTED = ITEMS.length - 1;

/** The items that are backed up every night; the others only in the last one. */
export const NIGHTLY: readonly Place[] = ['web-01', 'web-02', 'sql-01', 'sql-03', 'hana-01', 'dc-04'].map((item) => ({
  vault: SHOP,
  item,
}));

interface Older {
  readonly name: string;
  /** How many days before the demo began. */
  readonly age: number;
  readonly rung: 'daily' | 'weekly';
}

/** Older recovery points by item. Those of stopped items are older than a policy would keep them. */
export const OLDER: Readonly<Record<string, readonly Older[]>> = {
  ...Object.fromEntries(NIGHTLY.map(({ item }) => [item, [{ name: 'week', age: 7, rung: 'weekly' }]])),
  ...Object.fromEntries(
    ['app-18', 'app-19', 'app-20'].map((item) => [
      item,
      [29, 26, 23, 20, 2].map((age) => ({ name: `before-${age}`, age, rung: 'daily' })),
    ]),
  ),
};

/** One call of the service. Who makes it is said when it is made. */
export type Step = (demo: Demo, who: Name) => Promise<unknown>;

const step =
  <O extends Operation>(operation: O, wish: Wish<O>): Step =>
  (demo, who) =>
    demo.send(who, operation, wish);

export interface Deed {
  readonly day: number;
  readonly who: Name;
  readonly step: Step;
}

type Items = readonly [vault: string, of: string, ...numbers: readonly number[]];
const placesOf = ([vault, of, ...numbers]: Items): readonly Place[] =>
  numbers.map((number) => ({ vault, item: numbered(of, number) }));

/** One deed for each of the items. */
const each = (day: number, who: Name, items: Items, stepOf: (names: Place) => Step): readonly Deed[] =>
  placesOf(items).map((names) => ({ day, who, step: stepOf(names) }));

const deleted = (day: number, who: Name, items: Items, reason: string): readonly Deed[] =>
  each(day, who, items, (names) =>
    step('stopItem', { names, body: { mode: 'delete', confirmName: names.item, reason } }),
  );

const stopped = (day: number, who: Name, items: Items, reason: string): readonly Deed[] =>
  each(day, who, items, (names) => step('stopItem', { names, body: { mode: 'retain', reason } }));

const undeleted = (day: number, who: Name, items: Items): readonly Deed[] =>
  each(day, who, items, (names) => step('undeleteItem', { names, body: {} }));

const under = (
  policy: string,
  operation: 'resumeItem' | 'changePolicy',
  ...[day, who, items]: [number, Name, Items]
): readonly Deed[] => each(day, who, items, (names) => step(operation, { names, body: { policy } }));

const held = (day: number, who: Name, items: Items, hold: string, reason: string): readonly Deed[] =>
  each(day, who, items, (names) => step('putHold', { names: { ...names, hold }, body: { reason } }));

export const DEEDS: readonly Deed[] = [
  ...deleted(0, 'dana', [SHOP, 'web', 21, 22, 23], 'moved to AKS'),
  ...deleted(0, 'lin', [SHOP, 'sql', 24], 'copy of sql-23'),
  ...deleted(1, 'dana', [LAST, 'oslo', 7, 8], 'office closed'),
  ...stopped(2, 'omar', [SHOP, 'app', 18, 19, 20], 'switched off until spring'),
  ...deleted(3, 'lin', [SHOP, 'sql', 15], 'looked unused'),
  ...undeleted(4, 'omar', [SHOP, 'sql', 15]),
  ...deleted(4, 'dana', [APPS, 'disk', 15], 'detached'),
  ...under('daily', 'resumeItem', 5, 'omar', [SHOP, 'sql', 15]),
  // a Friday night: one mail for all of them
  ...deleted(6, 'sam', [APPS, 'logs', 1, 2, 3, 4, 5, 6, 7, 8], 'cleaning up'),
  ...deleted(6, 'sam', [APPS, 'media', 7, 8, 9, 10], 'cleaning up'),
  {
    day: 7,
    who: 'dana',
    step: step('undeleteItems', {
      names: { vault: APPS },
      body: { items: ['logs-01', 'logs-02', 'logs-03', 'logs-04', 'logs-05', 'logs-06'] },
    }),
  },
  ...under('daily', 'resumeItem', 7, 'omar', [APPS, 'logs', 1, 2, 3, 4]),
  ...deleted(8, 'lin', [SHOP, 'dc', 4], 'replaced by dc-03'),
  ...held(8, 'dana', [SHOP, 'dc', 4], 'legal', 'Case 2026-118'),
  ...held(8, 'dana', [SHOP, 'hana', 1], 'audit', 'Closing of the year'),
  ...under('short', 'changePolicy', 9, 'omar', [SHOP, 'build', 10, 11, 12]),
  ...deleted(10, 'lin', [APPS, 'orders', 10], 'test data'),
  ...deleted(11, 'dana', [APPS, 'shop', 8], 'cluster rebuilt'),
  ...deleted(12, 'dana', [LAST, 'volume', 8], 'moved to the cloud'),
];

/** The jobs that are running when the demo is ready. */
export const RUNNING: readonly Step[] = [
  step('startBackup', { names: { vault: SHOP, item: 'web-01' }, body: {} }),
  step('restoreItem', { names: { vault: SHOP, item: 'sql-02' }, body: { recoveryPoint: 'night-14' } }),
];
/** The items whose last backup failed. */
export const FAILING: readonly string[] = ['sql-03'];
/** The deletion whose mail the mail service refuses: it becomes a dead letter. */
export const TURNED_AWAY = deleted(DAYS, 'lin', [SHOP, 'app', 17], 'switched off');
