import { usage } from './trouble.ts';

/** `path`vaults/${vault}``: what is put in stays one step of the path, whatever it is. */
export function path(steps: TemplateStringsArray, ...names: readonly (string | undefined)[]): string {
  return steps.reduce((done, step, index) => `${done}${stepOf(names[index - 1])}${step}`);
}

function stepOf(name: string | undefined): string {
  if (!name || /^\.{1,2}$/.test(name)) throw usage(`"${name ?? ''}" is not a name.`);
  return encodeURIComponent(name);
}
