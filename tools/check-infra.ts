/** Holds the compiled template, and what else people deploy with, against the code. `npm run bicep` compiles it; docs/deploy.md says more. */
import { join } from 'node:path';
import { findings } from './infra/rules.ts';
import { readCode, readTexts, worldOf } from './infra/world.ts';

const root = join(import.meta.dirname, '..');

for (const { rule, finding } of findings(worldOf(readTexts(root), readCode(root)))) {
  process.stderr.write(`${rule}: ${finding}\n`);
  process.exitCode = 1;
}
