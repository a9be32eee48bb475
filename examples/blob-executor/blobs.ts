import type { BlobItem, ContainerClient, RestError } from '@azure/storage-blob';

export interface Place {
  readonly container: ContainerClient;
  readonly prefix: string;
  readonly marker: string;
  readonly pageSize: number;
  readonly wait: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
}

/** What lies under the prefix, page by page, without the marker. A page may be empty. */
export async function* pagesOf({ container, prefix, marker, pageSize, signal }: Place): AsyncGenerator<BlobItem[]> {
  const pages = container.listBlobsFlat({ prefix, abortSignal: signal }).byPage({ maxPageSize: pageSize });
  for await (const { segment } of pages) yield segment.blobItems.filter(({ name }) => name !== marker);
}

export async function isEmpty(place: Place): Promise<boolean> {
  for await (const page of pagesOf(place)) if (page.length > 0) return false;
  return true;
}

/** True: the blob that was listed is gone, by us or before. False: another one bears its name by now, and stays. */
export async function deleteListed({ container, signal }: Place, { name, properties }: BlobItem): Promise<boolean> {
  const blob = container.getBlobClient(name);
  const conditions = { ifMatch: `"${bare(properties.etag)}"` };
  try {
    await blob.deleteIfExists({ conditions, deleteSnapshots: 'include', abortSignal: signal });
    return true;
  } catch (error) {
    if ((error as RestError).code !== 'ConditionNotMet') throw error;
    return !(await blob.exists({ abortSignal: signal })); // what is gone does not meet the condition either
  }
}

/** An etag has quotes in a header and none in a listing. */
export const bare = (etag: string): string => etag.replaceAll('"', '');

export const hasStatus = (error: unknown, ...of: number[]) => of.includes((error as RestError).statusCode ?? 0);
