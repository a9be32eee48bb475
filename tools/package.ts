/**
 * Makes what is deployed from the built app: the folder `dist/package`, which azd packs, and `dist/reprieve.zip`, the same as one file.
 * Fails when it is larger than its budget. With `--check` nothing but the budget and `.funcignore` are looked at.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importOnce } from '../test/bench/coldImport.ts';
import { BUDGET, measure, over } from './package/budget.ts';
import { contents, ignoreFile } from './package/contents.ts';
import { zip } from './package/zip.ts';

const root = join(import.meta.dirname, '..');
const isCheck = process.argv.includes('--check');
const say = (line: string): void => void process.stderr.write(`package: ${line}\n`);

const files = contents(root);
const archive = zip(files);
const found = measure(root, archive, files);
for (const [name, value] of Object.entries(found)) say(`${name} ${value} of ${BUDGET[name as keyof typeof BUDGET]}`);
say(
  `an import of dist/main.js takes ${Math.round(await importOnce(join(root, 'dist', 'main.js')))} ms here, now: no budget`,
);
const complaints = [...over(found), ...(isCheck ? stale() : [])];
for (const complaint of complaints) say(complaint);
if (complaints.length > 0) process.exitCode = 1;
if (!isCheck) write();

function stale(): readonly string[] {
  const is = readFileSync(join(root, '.funcignore'), 'utf8');
  return is === ignoreFile()
    ? []
    : ['.funcignore lets through something else than what is packed: run "npm run package"'];
}

function write(): void {
  const folder = join(root, 'dist', 'package');
  rmSync(folder, { recursive: true, force: true });
  for (const { path, bytes } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  writeFileSync(join(root, 'dist', 'reprieve.zip'), archive);
  writeFileSync(join(root, '.funcignore'), ignoreFile());
  say(`dist/package and dist/reprieve.zip: ${files.length} files`);
}
