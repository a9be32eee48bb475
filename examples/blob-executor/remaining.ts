import type { Proof } from 'reprieve/executor';
import { hasStatus, type Place } from './blobs.ts';

export type Remaining = NonNullable<Proof['remaining']>;

/** What the account keeps of deleted blobs by itself, and until when. Its listing tells, but not to everybody who may delete. */
export async function remainingOf({ container, prefix, marker, signal }: Place): Promise<Remaining> {
  const kept = new Map<string, number>();
  const wish = { prefix, abortSignal: signal, includeDeleted: true, includeSnapshots: true, includeVersions: true };
  try {
    for await (const { segment, date = new Date() } of container.listBlobsFlat(wish).byPage())
      for (const { name, deleted, snapshot, versionId, properties } of segment.blobItems) {
        const what = deleted ? 'soft-deleted blobs' : snapshot ? 'snapshots' : versionId ? 'earlier versions' : '';
        if (name === marker || !what) continue;
        const days = properties.remainingRetentionDays;
        kept.set(what, Math.max(kept.get(what) ?? 0, days ? date.getTime() + days * 86_400_000 : 0));
      }
  } catch (error) {
    if (!hasStatus(error, 400, 403)) throw error;
    return [{ what: 'unknown: this executor may not see what the account keeps of deleted blobs' }];
  }
  return [...kept].map(([what, until]) => (until > 0 ? { what, until: new Date(until).toISOString() } : { what }));
}
