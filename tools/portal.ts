/** Bundles the portal into a flat folder of files: what bears a hash in its name never changes, and each is there packed as well. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gzipSync } from 'node:zlib';
import { webDarkTheme, webLightTheme } from '@fluentui/tokens';
import { build, type Plugin } from 'esbuild';

type Theme = Readonly<Record<string, string | number>>;

const rule = (selector: string, theme: Theme): string =>
  `${selector} {\n${Object.entries(theme)
    .map(([name, value]) => `  --${name}: ${value};`)
    .join('\n')}\n}\n`;

/** Fluent's tokens as a style: in the script they would be a tenth of it. In the dark only what differs is said again. */
function themes(): string {
  const light: Theme = { ...webLightTheme };
  const dark = Object.entries<string | number>({ ...webDarkTheme }).filter(([name, value]) => light[name] !== value);
  return rule(':root', light) + rule(':root[data-shade="dark"]', Object.fromEntries(dark));
}

const themesAsStyle: Plugin = {
  name: 'themes',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^themes\.css$/ }, ({ path }) => ({ path, namespace: 'themes' }));
    onLoad({ filter: /.*/, namespace: 'themes' }, () => ({ contents: themes(), loader: 'css' }));
  },
};

export async function buildPortal(root: string): Promise<void> {
  const folder = join(root, 'dist', 'portal');
  const aside = join(root, 'dist', `.portal-${process.pid}`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  const { metafile } = await build({
    entryPoints: [join(root, 'portal', 'main.ts')],
    outdir: aside,
    absWorkingDir: root,
    entryNames: '[name]-[hash]',
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    logLevel: 'error',
    plugins: [themesAsStyle],
  });
  writeFileSync(join(aside, 'index.html'), pageOf(root, Object.entries(metafile.outputs)));
  copyFileSync(join(root, 'portal', 'icon.svg'), join(aside, 'icon.svg'));
  for (const name of readdirSync(aside))
    writeFileSync(
      join(aside, `${name}.gz`),
      gzipSync(readFileSync(join(aside, name)), { level: constants.Z_BEST_COMPRESSION }),
    );
  rmSync(folder, { recursive: true, force: true });
  renameSync(aside, folder);
}

/** The page names the script and the style of this very build. */
function pageOf(
  root: string,
  outputs: readonly (readonly [string, { entryPoint?: string; cssBundle?: string }])[],
): string {
  const [script = '', { cssBundle = '' } = {}] =
    outputs.find(([, { entryPoint }]) => entryPoint === 'portal/main.ts') ?? [];
  const address = (path: string): string => `/portal/${path.split('/').at(-1)}`;
  return readFileSync(join(root, 'portal', 'index.html'), 'utf8')
    .replaceAll('{{script}}', address(script))
    .replace('{{style}}', address(cssBundle));
}
