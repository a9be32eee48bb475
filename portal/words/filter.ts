import type { Item } from '../../client/api.ts';
import { byTimeLeft } from './deletion.ts';
import { plural } from './time.ts';

/** An empty one lets everything through. */
export interface Filter {
  readonly search: string;
  readonly state: string;
  readonly workload: string;
  readonly vault: string;
}

/** Every word that was typed has to be somewhere in the item. What is soft deleted is sorted by the time that is left. */
export function filtered(items: readonly Item[], { search, state, workload, vault }: Filter): readonly Item[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = items.filter(
    (item) =>
      (state === '' || item.state === state) &&
      (workload === '' || item.workload === workload) &&
      (vault === '' || item.vault.toLowerCase() === vault.toLowerCase()) &&
      words.every((word) => `${item.name} ${item.sourceId} ${item.server ?? ''}`.toLowerCase().includes(word)),
  );
  return state === 'SoftDeleted' ? found.toSorted(byTimeLeft) : found;
}

export function tallyOf(shown: number, all: number, reading: boolean): string {
  const some = shown === all ? plural(all, 'item') : `${shown.toLocaleString('en')} of ${plural(all, 'item')}`;
  if (reading) return `${some}, reading more …`;
  return shown === 0 && all > 0 ? `${some}. Nothing fits the filters.` : some;
}
