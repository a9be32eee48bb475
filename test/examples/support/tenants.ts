/** Tenants whose data the example executor may delete: prefixes with five blobs and a marker. */
import { createHash } from 'node:crypto';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { anAccount } from '../../support/azurite.ts';
import { eventually } from '../../support/eventually.ts';

export const CONTAINER = 'reprieve-demo';
export const VAULT = 'contoso';
export const TEXTS = ['one', 'two', 'three', 'four', 'five'];
/** Storage tells seconds: what is so old was certainly written two seconds ago. */
const OLD_MS = 3000;

export interface Tenant {
  readonly item: string;
  readonly prefix: string;
  readonly sourceId: string;
  /** What its proof has to say. */
  readonly totals: { readonly objects: number; readonly bytes: number; readonly hash: string };
}

export interface Tenants {
  readonly connection: string;
  readonly container: ContainerClient;
  /** One that no other test has. Its blobs are old enough to be deleted at once. */
  next(): Tenant;
}

/** `item-0`, `item-1`, … as the fake door calls its items. `areOld`: the test deletes, and does not say itself what time it is. */
export async function someTenants(count: number, areOld = true): Promise<Tenants> {
  const connection = await anAccount();
  const container = BlobServiceClient.fromConnectionString(connection).getContainerClient(CONTAINER);
  await container.create();
  const made = await Promise.all(Array.from({ length: count }, (_, number) => aTenant(container, `item-${number}`)));
  const written = Date.now();
  await eventually(
    async () => !areOld || ((await container.getProperties()).date?.getTime() ?? 0) >= written + OLD_MS,
    () => 'blobs that are old enough',
  );
  const unused = made.values();
  return {
    connection,
    container,
    next() {
      const { value } = unused.next();
      if (!value) throw new Error(`There are ${count} tenants: make more`);
      return value;
    },
  };
}

export async function aTenant(container: ContainerClient, item: string): Promise<Tenant> {
  const prefix = `${item}/`;
  await mark(container, prefix, { vault: VAULT, item });
  const etags = await Promise.all(TEXTS.map((text, number) => write(container, `${prefix}${number}.txt`, text)));
  const lines = TEXTS.map((text, number) => `${prefix}${number}.txt\t${etags[number]}\t${text.length}\n`);
  const hash = `sha256:${createHash('sha256').update(lines.join('')).digest('hex')}`;
  return {
    item,
    prefix,
    sourceId: `${CONTAINER}/${prefix}`,
    totals: { objects: TEXTS.length, bytes: TEXTS.join('').length, hash },
  };
}

export const mark = (container: ContainerClient, prefix: string, says: unknown): Promise<string> =>
  write(container, `${prefix}.reprieve`, typeof says === 'string' ? says : JSON.stringify(says));

/** Answers its etag, as a listing would. */
export async function write(container: ContainerClient, name: string, text: string): Promise<string> {
  const { etag = '' } = await container.getBlockBlobClient(name).upload(text, text.length);
  return etag.replaceAll('"', '');
}

/** What lies under the prefix: names without it, and texts. */
export async function dataUnder(container: ContainerClient, prefix: string): Promise<Record<string, string>> {
  const texts: Record<string, string> = {};
  for await (const { name } of container.listBlobsFlat({ prefix }))
    texts[name.slice(prefix.length)] = (await container.getBlobClient(name).downloadToBuffer()).toString();
  return texts;
}

/** The blobs of these numbers, as `aTenant` made them. */
export const left = (...numbers: number[]) =>
  Object.fromEntries(numbers.map((number) => [`${number}.txt`, TEXTS[number]]));

export const without = ({ '.reprieve': _, ...rest }: Record<string, string>) => rest;

/** The same container by a client that tries again at once. */
export const containerOf = (connection: string): ContainerClient =>
  BlobServiceClient.fromConnectionString(connection, {
    retryOptions: { retryDelayInMs: 1, maxRetryDelayInMs: 1 },
  }).getContainerClient(CONTAINER);
