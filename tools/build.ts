/** Bundles the function app into one file, as it is deployed and as the local host loads it; the portal; and the command line. */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { writeDocuments } from './api/write.ts';
import { buildPortal } from './portal.ts';

const root = join(import.meta.dirname, '..');
const fingerprint = process.argv[2] ?? 'unknown';
const dist = join(root, 'dist');
const aside = join(dist, `.main-${process.pid}.js`);

// The Functions library is CommonJS: inside an ESM bundle it needs a `require`, through which the host offers its core.
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/** The oldest Node that the app runs on, as package.json says it. An older one would load the app and fail at the first sweep. */
const OLDEST = Number(/\d+/.exec(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).engines.node)?.[0]);
const REFUSE_OLDER = `if (parseInt(process.versions.node) < ${OLDEST}) throw new Error('Reprieve needs Node ${OLDEST} or newer, and this is ' + process.versions.node + '.');`;

const bundle = (entry: string, outfile: string, banner: string) =>
  build({
    entryPoints: [join(root, 'src', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: `node${OLDEST}`,
    sourcemap: 'external',
    external: ['@azure/functions-core'],
    banner: { js: banner },
    logLevel: 'error',
  });

/** Not beside its bundle: Core Tools would publish it, because its name begins like the bundle's. */
function mapAside(bundled: string, name: string): void {
  renameSync(`${bundled}.map`, join(dist, 'maps', `${name}.js.map`));
  rmSync(join(dist, `${name}.js.map`), { force: true });
}

mkdirSync(join(dist, 'maps'), { recursive: true });
try {
  await buildPortal(root);
  await import('../cli/bundle.ts');
  writeDocuments(dist);
  // only loaded where metrics are exported
  await bundle(join('telemetry', 'export.ts'), join(dist, 'export.js'), REQUIRE);
  await bundle('main.ts', aside, `// sources ${fingerprint}\n${REFUSE_OLDER}\n${REQUIRE}`);
  // the maps first: main.js bears the fingerprint, so once it stands all of it stands
  mapAside(join(dist, 'export.js'), 'export');
  mapAside(aside, 'main');
  renameSync(aside, join(dist, 'main.js'));
} catch (error) {
  // esbuild has said what is wrong with a source; all else says so itself
  if (error instanceof Error && !('errors' in error)) process.stderr.write(`${error.stack}\n`);
  process.stderr.write('The function app could not be built: see the errors above.\n');
  process.exitCode = 1;
}
