import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from './zip.ts';

export interface Measured {
  readonly zipBytes: number;
  readonly mainBytes: number;
  readonly mainModules: number;
}

/**
 * What a cold start pays for: the package is fetched, one file is read, its modules run. Sizes and counts are the same on every
 * machine, so they are held; how long the import takes is not, so it is only measured (`npm run bench`). The zip holds the portal and the
 * API document, too: each new thing to ask for makes it a little larger.
 */
export const BUDGET: Measured = { zipBytes: 1_500_000, mainBytes: 3_500_000, mainModules: 1_000 };

export function measure(root: string, archive: Uint8Array, files: readonly Packed[]): Measured {
  const { sources }: { readonly sources: readonly string[] } = JSON.parse(
    readFileSync(join(root, 'dist', 'maps', 'main.js.map'), 'utf8'),
  );
  const main = files.find(({ path }) => path === 'dist/main.js');
  return { zipBytes: archive.length, mainBytes: main?.bytes.length ?? 0, mainModules: sources.length };
}

export const over = (found: Measured, budget: Measured = BUDGET): readonly string[] =>
  (Object.keys(budget) as (keyof Measured)[])
    .filter((name) => found[name] > budget[name])
    .map((name) => `${name} is ${found[name]}, and the budget is ${budget[name]}`);
