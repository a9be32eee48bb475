/** The API as these tests speak it: paths below /api, and answers with whatever a test looks into. */
import { call, type Reply, type Request } from '../../support/call.ts';

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly target: string;
}

/** Any answer's body. Which fields are there is what the tests find out. */
export interface Body {
  readonly name: string;
  readonly vault: string;
  readonly id: string;
  readonly state: string;
  readonly status: string;
  readonly etag: string;
  readonly generation: number;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly softDelete: Readonly<Record<string, unknown>>;
  readonly hybrid: Readonly<Record<string, unknown>>;
  readonly counts: { readonly protected: number; readonly stopped: number; readonly softDeleted: number };
  readonly warnings?: readonly string[];
  readonly activeJob: { readonly id: string } | null;
  readonly recoveryPoints: { readonly count: number };
  readonly holds: readonly Body[];
  readonly operation: string;
  readonly outcome: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly code?: string;
  readonly at: string;
  readonly createdAt: string;
  readonly deletedAt: string;
  readonly deletedBy: string;
  readonly removeAt: string;
  readonly item: string;
  readonly order: string;
  readonly requestId: string;
  readonly now: string;
  readonly offset: string;
  readonly value: readonly Body[];
  readonly nextLink?: string;
  readonly results: readonly { readonly item: string; readonly outcome: string; readonly code?: string }[];
  readonly error: Complaint & {
    readonly details?: readonly Complaint[];
    readonly innererror?: Readonly<Record<string, unknown>>;
  };
}

export type Door = (method: string, path: string, request?: Request) => Promise<Reply<Body>>;

export const doorOf =
  (api: string): Door =>
  (method, path, request) =>
    call<Body>(api, method, new URL(path, `${api}/api/`).href, request);

/** What a refusal looks like, for `toMatchObject`. */
export const refused = (status: number, code: string, error: object = {}) => ({
  status,
  body: { error: { code, ...error } },
});

/** The targets that a 400 complains about. */
export const targetsOf = ({ body }: Reply<Body>): readonly string[] =>
  (body.error.details ?? []).map(({ target }) => target).toSorted();

export async function done(answer: Promise<Reply<Body>>): Promise<Body> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status} ${JSON.stringify(body)}`);
  return body;
}

let made = 0;
/** A name that no other test uses. */
export const fresh = (what: string): string => `${what}-${++made}`;

interface VaultWish {
  readonly kind?: 'RecoveryServices' | 'Backup';
  readonly settings?: object;
}

export const RETENTION = { daily: 30, weekly: 12, monthly: 12, yearly: 1 };
export const WORKLOADS = ['AzureVM', 'SQLInAzureVM', 'SAPHanaInAzureVM', 'AzureFiles', 'MARS', 'DPM', 'MABS'];
const BACKUP_WORKLOADS = ['AzureBlob', 'AzureDisk', 'PostgreSQL', 'AKS'];

/** A vault with the policies "daily" and "other", for all that it takes. */
export async function aVault(
  door: Door,
  { kind = 'RecoveryServices', settings = {} }: VaultWish = {},
): Promise<string> {
  const vault = fresh('vault');
  await done(door('PUT', `vaults/${vault}`, { body: { kind, ...settings } }));
  const workloads = kind === 'Backup' ? BACKUP_WORKLOADS : WORKLOADS;
  const body = { workloads, schedule: '0 0 2 * * *', retention: RETENTION };
  for (const policy of ['daily', 'other']) await done(door('PUT', `vaults/${vault}/policies/${policy}`, { body }));
  return vault;
}

/** A kind of your own, of things without recovery points. */
export async function aKind(door: Door, body: object = {}): Promise<string> {
  const kind = fresh('kind');
  await done(door('PUT', `kinds/${kind}`, { body }));
  return kind;
}

export const protection = (vault: string, item: string, more: object = {}) => ({
  workload: 'AzureVM',
  policy: 'daily',
  sourceId: `/${vault}/${item}`,
  ...more,
});

/** A protected item; the answer is its path. */
export async function anItem(door: Door, vault: string, item = fresh('item'), more: object = {}): Promise<string> {
  const path = `vaults/${vault}/items/${item}`;
  await done(door('PUT', path, { body: protection(vault, item, more) }));
  return path;
}

export const deletion = (path: string) => ({ mode: 'delete', confirmName: path.split('/').at(-1) });

/** A soft-deleted item; the answer is its path. */
export async function inTrash(door: Door, vault: string, item = fresh('item'), more: object = {}): Promise<string> {
  const path = await anItem(door, vault, item, more);
  await done(door('POST', `${path}/stop`, { body: deletion(path) }));
  return path;
}

/** The id of the alert about the deletion of an item that had no other. */
export async function deletionOf(door: Door, vault: string, item: string): Promise<string> {
  const { id } = await done(door('GET', `vaults/${vault}`));
  return `${vault}~${item}~DeleteBackupData~1.${id}`;
}

export const aPoint = (door: Door, path: string, name = fresh('point'), more: object = {}): Promise<Body> =>
  done(
    door('PUT', `${path}/recoveryPoints/${name}`, {
      body: { createdAt: new Date().toISOString(), rung: 'daily', ...more },
    }),
  );

export const aServer = async (door: Door, vault: string, token?: string): Promise<string> => {
  const server = fresh('server');
  const body = { kind: 'MARS', agentVersion: '2.0.9260' };
  await done(door('PUT', `vaults/${vault}/servers/${server}`, { body, ...(token === undefined ? {} : { token }) }));
  return server;
};

/** An executor that nothing names, for the app `blobs`. */
export const anExecutor = async (door: Door): Promise<string> => {
  const executor = fresh('executor');
  await done(door('PUT', `executors/${executor}`, { body: { callers: [{ tid: 'local', oid: 'blobs' }] } }));
  return executor;
};

const MOST_PAGES = 300;

/** All pages of a list, by its own links; `between` runs after each page. */
export async function pagesOf(
  door: Door,
  path: string,
  between: (page: number) => Promise<unknown> = async () => {},
): Promise<Body[][]> {
  const pages: Body[][] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const { value, nextLink }: Body = await done(door('GET', next));
    pages.push([...value]);
    if (pages.length > MOST_PAGES) throw new Error(`The list ${path} does not end.`);
    next = nextLink;
    await between(pages.length);
  }
  return pages;
}

export const namesIn = (pages: Body[][]): readonly string[] => pages.flat().map(({ name }) => name);
export const numbered = (count: number, what = 'n'): string[] =>
  Array.from({ length: count }, (_, at) => `${what}-${at + 100}`);
