import { join } from 'node:path';
import { parts } from './parts.ts';
import { run } from './run.ts';

await run({ argv: process.argv.slice(2), root: join(import.meta.dirname, '..'), parts: parts() });
