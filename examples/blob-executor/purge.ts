/** The deed, step by step. It may be killed at any line: the next executor goes on, and proves the same. */
import { type Failure, type Handler, type Hands, type Order, type Proof, Refuse } from 'reprieve/executor';
import { deleteListed, isEmpty, type Place, pagesOf } from './blobs.ts';
import { isNewer, type Manifest, manifestOf } from './manifest.ts';
import { takeMarker } from './marker.ts';
import { type Remaining, remainingOf } from './remaining.ts';

/** Stored before the first delete; stored again, with what remains, before the marker is deleted. */
type Saved = { readonly manifest: Manifest; readonly marker?: { readonly remaining: Remaining } };
type Setup = Pick<Place, 'container' | 'pageSize' | 'wait'> & { readonly roots: readonly string[] };

export const blobHandler = ({ roots, ...setup }: Setup): Handler => {
  return async (order, hands) => {
    const prefix = prefixOf(order.sourceId, setup.container.containerName, roots);
    const place = { ...setup, prefix, marker: `${prefix}.reprieve`, signal: hands.signal };
    const attempt = { destroyed: 'nothing' }; // as long as that is true, the order can still be recalled
    return purge(place, order, hands, attempt).catch((error) => {
      throw Object.assign(hands.signal.aborted ? hands.signal.reason : error, attempt);
    });
  };
};

/** Anybody who may protect an item chooses its `sourceId`. A part `..` would name another blob in a URL than in a listing. */
function prefixOf(sourceId: string, container: string, roots: readonly string[]): string {
  const prefix = sourceId.startsWith(`${container}/`) ? sourceId.slice(container.length + 1) : '';
  const isPlain = /^(?:(?!\.{1,2}\/)[^/]+\/)+$/.test(prefix);
  if (isPlain && roots.some((root) => prefix.startsWith(root) && prefix !== root)) return prefix;
  throw new Refuse(`${sourceId} is not a prefix that this executor may touch.`);
}

async function purge(
  place: Place,
  order: Order,
  { checkpoint }: Hands,
  attempt: { destroyed: string },
): Promise<Proof> {
  const before = order.checkpoint as Saved | null;
  const marker = await takeMarker(place, order);
  if (!marker) return withoutMarker(place, order, before);
  const saved = before ?? { manifest: await manifestOf(place, marker) };
  if (!before) await checkpoint(saved);

  for await (const page of pagesOf(place)) {
    const newer = page.find(({ properties }) => isNewer(properties.lastModified, saved.manifest));
    if (newer) throw newData(newer.name);
    for (const blob of page) {
      place.signal.throwIfAborted();
      attempt.destroyed = 'some';
      if (!(await deleteListed(place, blob))) throw newData(blob.name);
    }
    await marker.renew();
    await checkpoint(saved);
  }

  if (!(await isEmpty(place))) throw newData(place.prefix);
  const remaining = saved.marker?.remaining ?? (await remainingOf(place));
  await checkpoint({ manifest: saved.manifest, marker: { remaining } });
  await marker.remove();
  return proofOf(saved.manifest, remaining);
}

async function withoutMarker(place: Place, { vault, item }: Order, saved: Saved | null): Promise<Proof> {
  if (saved?.marker) return proofOf(saved.manifest, saved.marker.remaining); // what lies here now is somebody else's
  if (!(await isEmpty({ ...place, marker: '' })))
    throw new Refuse(`Blobs lie under ${place.prefix}, and no marker there names ${vault}/${item}.`);
  const remaining = await remainingOf(place);
  if (saved) return proofOf(saved.manifest, remaining);
  return { objects: 0, bytes: 0, method: 'none: nothing was there', remaining };
}

const proofOf = ({ at, ...totals }: Manifest, remaining: Remaining): Proof => {
  return { ...totals, method: 'each listed blob by Delete Blob with If-Match', remaining, details: { listedAt: at } };
};

const NEW_DATA: Failure = { code: 'NewData', permanent: true };
const newData = (where: string): Error => Object.assign(new Error(`new data under the prefix: ${where}`), NEW_DATA);
