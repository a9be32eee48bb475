export type Shade = 'light' | 'dark';

const KEY = 'reprieve.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** The person's choice, or else the system's. */
const wanted = (): Shade => {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
};

function paint(): void {
  document.documentElement.dataset['shade'] = wanted();
}

export function startTheme(): void {
  paint();
  system.addEventListener('change', paint);
}

export function toggleTheme(): void {
  const next: Shade = wanted() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  paint();
}
