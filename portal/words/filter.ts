import type { Item } from '../api/types.ts';
import { plural } from './time.ts';

/** An empty one lets everything through. */
export interface Filter {
  readonly search: string;
  readonly state: string;
  readonly workload: string;
  readonly vault: string;
}

/** Every word that was typed has to be somewhere in it. */
export function filtered(items: readonly Item[], { search, state, workload, vault }: Filter): readonly Item[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter(
    (item) =>
      (state === '' || item.state === state) &&
      (workload === '' || item.workload === workload) &&
      (vault === '' || item.vault.toLowerCase() === vault.toLowerCase()) &&
      words.every((word) => `${item.name} ${item.sourceId} ${item.server ?? ''}`.toLowerCase().includes(word)),
  );
}

export function tallyOf(shown: number, all: number, reading: boolean): string {
  const some = shown === all ? plural(all, 'item') : `${shown.toLocaleString('en')} of ${plural(all, 'item')}`;
  if (reading) return `${some}, reading more …`;
  return shown === 0 && all > 0 ? `${some}. Nothing fits the filters.` : some;
}
