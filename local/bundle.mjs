/** Is dist/main.js made from the sources as they are? Its first line bears their fingerprint, so file and stamp cannot part. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join, relative } from 'node:path';
import { bin } from './install.mjs';
import { runStep } from './step.mjs';

const INPUTS = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  join('tools', 'build.ts'),
  join('tools', 'portal.ts'),
];

export const isBuilt = (root) => firstLine(join(root, 'dist', 'main.js')) === `// sources ${fingerprint(root)}`;

export const build = (root) =>
  runStep({ command: bin(root, 'node'), args: [join('tools', 'build.ts'), fingerprint(root)], cwd: root });

function fingerprint(root) {
  const hash = createHash('sha256');
  for (const file of [
    ...INPUTS.map((name) => join(root, name)),
    ...['src', 'client', 'portal', 'cli'].flatMap((folder) => filesUnder(join(root, folder))),
    ...filesUnder(join(root, 'tools', 'api')),
  ]) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(folder) {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const sources = entries.filter(({ name }) => name !== 'dist');
  return sources.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function firstLine(file) {
  try {
    const handle = openSync(file, 'r');
    const start = Buffer.alloc(100);
    const length = readSync(handle, start, 0, start.length, 0);
    closeSync(handle);
    return start.toString('utf8', 0, length).split('\n')[0];
  } catch {
    return undefined; // never built
  }
}
