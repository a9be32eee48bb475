/** `npm run parts`: what `func start` needs beside it, as far as it does not run yet, where local.settings.json looks for it. */
import { join } from 'node:path';
import { PARTS } from './parts.ts';
import { run } from './run.ts';

await run({ argv: process.argv.slice(2), root: join(import.meta.dirname, '..'), parts: PARTS, missingOnly: true });
