import { webDarkTheme, webLightTheme } from '@fluentui/tokens';
import { setTheme } from '@fluentui/web-components/theme/set-theme.js';

export type Shade = 'light' | 'dark';

const KEY = 'reprieve.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

/** What the person chose, or else what the system says. */
const wanted = (): Shade => {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return system.matches ? 'dark' : 'light';
};

function paint(): void {
  const shade = wanted();
  setTheme(shade === 'dark' ? webDarkTheme : webLightTheme);
  document.documentElement.dataset['shade'] = shade;
}

export function startTheme(): void {
  paint();
  system.addEventListener('change', paint);
}

/** Answers the shade that is now shown. */
export function toggleTheme(): Shade {
  const next: Shade = wanted() === 'dark' ? 'light' : 'dark';
  localStorage.setItem(KEY, next);
  paint();
  return next;
}
