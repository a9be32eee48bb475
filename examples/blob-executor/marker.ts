import { randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import type { Order } from 'reprieve/executor';
import { hasStatus, type Place } from './blobs.ts';

const [LEASE_SECONDS, ROUNDS] = [60, 5];

/** The marker, held by a blob lease. Both calls fail when an executor with a greater token has taken it. */
export interface Marker {
  renew(): Promise<Date>; // what time it is for storage
  remove(): Promise<unknown>;
}

/** Leases the marker and writes the token on it. Undefined: no marker that names vault and item of the order lies there. */
export async function takeMarker({ container, marker, signal }: Place, order: Order): Promise<Marker | undefined> {
  const blob = container.getBlobClient(marker);
  const lease = blob.getBlobLeaseClient(randomUUID());
  const holder = { leaseId: lease.leaseId };
  for (let round = 1; round <= ROUNDS; round += 1) {
    const found = await blob.download(0, 1024, { abortSignal: signal }).catch((error: unknown) => {
      if (!hasStatus(error, 404, 416)) throw error; // 416: it is there, and has no byte
    });
    if (!found?.readableStreamBody || !names(await text(found.readableStreamBody), order)) return undefined;
    if (Number(found.metadata?.['token']) > order.token)
      throw new Error('An executor with a greater token works here.');
    const unchanged = { ifMatch: found.etag ?? '' };
    const metadata = { ...found.metadata, token: `${order.token}` };
    try {
      if (found.leaseStatus === 'locked') await lease.breakLease(0, { conditions: unchanged, abortSignal: signal });
      await lease.acquireLease(LEASE_SECONDS, { conditions: unchanged, abortSignal: signal });
      await blob.setMetadata(metadata, { conditions: { ...unchanged, ...holder }, abortSignal: signal });
    } catch (error) {
      if (hasStatus(error, 404, 409, 412)) continue; // written since: by another, or by us, and the answer was lost
      throw error;
    }
    return {
      renew: async () => (await lease.renewLease({ abortSignal: signal })).date ?? new Date(Number.NaN),
      remove: () => blob.deleteIfExists({ conditions: holder, deleteSnapshots: 'include', abortSignal: signal }),
    };
  }
  throw new Error(`${marker} was written by others ${ROUNDS} times.`);
}

/** `{"vault":"…","item":"…"}`, without regard to case, as the service compares names. */
function names(content: string, order: Order): boolean {
  try {
    const { vault, item } = JSON.parse(content);
    return `${vault}/${item}`.toLowerCase() === `${order.vault}/${order.item}`.toLowerCase();
  } catch {
    return false;
  }
}
