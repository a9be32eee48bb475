/** Makes the package: one file without a dependency, and its types. `npm pack` runs this. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

await build({
  entryPoints: [here('executor.ts')],
  outfile: here('dist/executor.js'),
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'node22',
  legalComments: 'none',
  logLevel: 'error',
});
execFileSync(process.execPath, [here('../node_modules/typescript/bin/tsc'), '-p', here('declarations.json')], {
  stdio: 'inherit',
});
