import { createHash } from 'node:crypto';
import type { Proof } from 'reprieve/executor';
import { bare, type Place, pagesOf } from './blobs.ts';
import type { Marker } from './marker.ts';

/** What lay under the prefix when storage's clock said `at`. The hash is of the sorted lines `name TAB etag TAB length LF`. */
export type Manifest = Required<Pick<Proof, 'objects' | 'bytes' | 'hash'>> & { readonly at: string };

/** Last-Modified has whole seconds: a younger blob could have been written before the listing or after it. */
const [SETTLED_MS, LISTINGS] = [2000, 5];

export async function manifestOf(place: Place, marker: Marker): Promise<Manifest> {
  for (let listing = 1; listing <= LISTINGS; listing += 1) {
    const at = await marker.renew();
    const lines: Buffer[] = [];
    let [bytes, newest] = [0, 0];
    for await (const page of pagesOf(place)) {
      for (const { name, properties } of page) {
        const { etag, lastModified, contentLength = 0 } = properties;
        lines.push(Buffer.from(`${name}\t${bare(etag)}\t${contentLength}\n`));
        bytes += contentLength;
        newest = Math.max(newest, lastModified.getTime());
      }
      await marker.renew();
    }
    const early = newest + SETTLED_MS - at.getTime();
    const hash = createHash('sha256').update(Buffer.concat(lines.sort(Buffer.compare)));
    if (early <= 0) return { objects: lines.length, bytes, hash: `sha256:${hash.digest('hex')}`, at: at.toISOString() };
    await place.wait(early, place.signal);
  }
  throw new Error(`Blobs are still being written under ${place.prefix}.`);
}

/** No blob of the manifest is so young; every blob that was written after it is. */
export const isNewer = (written: Date, { at }: Manifest): boolean => written.getTime() > Date.parse(at) - SETTLED_MS;
