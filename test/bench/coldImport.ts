/** Section: what a cold start spends on importing the app, in one file and with its packages left where npm put them. */
import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { ROOT } from '../support/launch.ts';
import { median, spread, table } from './figures.ts';

const RUNS = 10;
const CEILING_MS = 250;
const BUNDLED = join(ROOT, 'dist', 'main.js');
/** Inside the checkout, so that it finds node_modules. */
const UNBUNDLED = join(ROOT, '.reprieve', 'bench', 'main.js');
const IMPORT_ONCE = join(import.meta.dirname, 'fixture', 'importOnce.ts');

const SETTINGS = {
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  DATA_STORAGE: 'UseDevelopmentStorage=true',
  IDENTITY_ISSUER: 'http://127.0.0.1:7073',
  IDENTITY_AUDIENCE: 'api://reprieve',
  IDENTITY_JWKS: 'http://127.0.0.1:7073/jwks',
};

export async function coldImport(say: (line: string) => void): Promise<string> {
  await buildUnbundled();
  const took: { readonly bundled: number[]; readonly unbundled: number[] } = { bundled: [], unbundled: [] };
  for (let run = 0; run <= RUNS; run += 1) {
    const [bundled, unbundled] = [await importOnce(BUNDLED), await importOnce(UNBUNDLED)];
    if (run === 0) continue; // the files come from the disk; from here on from memory
    took.bundled.push(bundled);
    took.unbundled.push(unbundled);
  }
  say(`${RUNS} runs each`);
  return report(took.bundled, took.unbundled);
}

/** The same app; only our own sources are in the file. */
const buildUnbundled = () =>
  build({
    entryPoints: [join(ROOT, 'src', 'main.ts')],
    outfile: UNBUNDLED,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'error',
  });

export async function importOnce(file: string): Promise<number> {
  const { stdout } = await promisify(execFile)(process.execPath, [IMPORT_ONCE, file], {
    cwd: ROOT,
    env: { ...process.env, ...SETTINGS, NODE_DISABLE_COMPILE_CACHE: '1' }, // cold is cold
  });
  return Number(stdout);
}

function report(bundled: readonly number[], unbundled: readonly number[]): string {
  const size = (statSync(BUNDLED).size / 1024 / 1024).toFixed(1);
  const row = (name: string, times: readonly number[], ceiling: string) => [
    name,
    `**${median(times).toFixed(0)}**`,
    spread(times, 0),
    ceiling,
  ];
  const rows = [
    row('one file, `dist/main.js`', bundled, String(CEILING_MS)),
    row('packages in `node_modules`', unbundled, ''),
  ];
  return `## Cold import

How long a new process takes to import the built app and to register its functions with a stand-in of the host: ${RUNS} runs each, in
turns, after a first one that does not count. The bundle has ${size} MiB. Without bundling the import takes ${(median(unbundled) / median(bundled)).toFixed(1)} × as long.

${table(['', 'median, ms', 'spread', 'ceiling'], rows)}
`;
}
