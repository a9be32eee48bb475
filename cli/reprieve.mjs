#!/usr/bin/env node
// npm links a command only to a file that is there when it installs. The bundle is made later: by `npm run build` or `npm pack`.
import { existsSync } from 'node:fs';

const bundle = new URL('dist/reprieve.mjs', import.meta.url);
if (existsSync(bundle)) await import(bundle);
else {
  process.stderr.write('The command line is not built yet: run "npm run build".\n');
  process.exitCode = 1;
}
