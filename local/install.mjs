/** Does node_modules hold what package-lock.json says? npm's own record inside node_modules answers without a stamp. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runStep } from './step.mjs';

export const bin = (root, name) => join(root, 'node_modules', '.bin', name);

export function isInstalled(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  if (!wanted || !present || !existsSync(bin(root, 'node'))) return false;
  const same = (path) => wanted[path]?.version === present[path]?.version;
  // packages for other platforms are optional and rightly absent
  const missing = Object.keys(wanted).some((path) => path !== '' && !wanted[path].optional && !same(path));
  return !missing && Object.keys(present).every(same);
}

export async function install(root) {
  const { command, args } = npm();
  // its warnings are about the Node that npm runs on; the packages run on the Node 24 that comes with them
  const code = await runStep({ command, args: [...args, 'ci', '--loglevel=error'], cwd: root });
  if (code !== 0) return code;
  if (existsSync(bin(root, 'node'))) return 0;
  process.stderr.write(
    'npm ci left no Node 24 in node_modules: allow install scripts (npm config set ignore-scripts false).\n',
  );
  return 1;
}

/** The npm that started us, on the node that it runs on: node_modules, and the node in it, are about to be replaced. */
function npm() {
  const { npm_execpath: cli, npm_node_execpath: node } = process.env;
  const outside = node && !node.includes('node_modules') ? node : 'node';
  return cli?.endsWith('.js') && cli.includes('npm') ? { command: outside, args: [cli] } : { command: 'npm', args: [] };
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined; // absent or half written: not installed
  }
}
