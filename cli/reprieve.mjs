#!/usr/bin/env node
/**
 * `npx reprieve`. Plain JavaScript without a dependency, because it runs on whatever Node npx has (18 or later). A Node that
 * reads TypeScript (22.18 or later) runs the command line as it lies here, with nothing installed or built; an older one hands
 * over to the Node 24 in node_modules, which it installs first as `npm start` does.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(import.meta.url);
const root = dirname(dirname(here));

async function runHere() {
  process.removeAllListeners('warning'); // Node 22 calls its TypeScript experimental, in the middle of our answers
  const [{ run }, { terminal }] = await Promise.all([import('./run.ts'), import('./io.ts')]);
  process.exitCode = await run(process.argv.slice(2), terminal());
}

async function handOver() {
  const [{ bin, install, isInstalled }, { takeTurn }] = await Promise.all([
    import('../local/install.mjs'),
    import('../local/turn.mjs'),
  ]);
  const say = (line) => process.stderr.write(`reprieve: ${line}\n`);
  if (!isInstalled(root)) {
    say('installing packages (npm ci), once: this Node is older than 22.18');
    const lock = join(root, '.reprieve', 'setup.lock');
    const code = await takeTurn(lock, say, async () => (isInstalled(root) ? 0 : install(root)));
    if (code !== 0) return 1;
  }
  return new Promise((resolve) => {
    const child = spawn(bin(root, 'node'), [here, ...process.argv.slice(2)], { stdio: 'inherit' });
    child.once('error', (error) => {
      say(`the Node of node_modules could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

if (process.features.typescript) await runHere();
else process.exitCode = await handOver();
