/** How far a page and the long list in it were scrolled. */
export interface Scrolled {
  readonly page: number;
  readonly list: number;
}

const TOP: Scrolled = { page: 0, list: 0 };

const shownNow = (): Scrolled => ({ page: scrollY, list: document.querySelector('.long')?.scrollTop ?? 0 });

/** Each entry of the browser's history bears a name, so that Back finds what belongs to it. */
function nameOfEntry(): string {
  const state: { readonly entry?: unknown } | null = history.state;
  if (typeof state?.entry === 'string') return state.entry;
  const entry = crypto.randomUUID();
  history.replaceState({ entry }, '');
  return entry;
}

export interface ScrollMemory {
  /** Keeps how far the page that is still shown is scrolled. The address may have changed already. */
  keep(): void;
  /** How far the page of this address was scrolled when it was left. */
  recall(): Scrolled;
}

/** The browser restores a place before a page has read its rows, which is too early. So the portal does it. */
export function scrollMemory(): ScrollMemory {
  history.scrollRestoration = 'manual';
  const kept = new Map<string, Scrolled>();
  let entry = nameOfEntry();
  return {
    keep() {
      kept.set(entry, shownNow());
      entry = nameOfEntry();
    },
    recall: () => kept.get(entry) ?? TOP,
  };
}
