import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed } from './zip.ts';

/** What is deployed: the bundles, the portal, the API document, the host's settings. No package of npm: the bundles hold what they need. */
const FILES = ['host.json', 'dist/main.js', 'dist/export.js'] as const;
const FOLDERS = ['dist/portal', 'dist/api'] as const;

/** The same for tools that zip the checkout by themselves, by git's rules or by those of Core Tools. */
export const ignoreFile = (): string =>
  [
    '# Written by `npm run package`: everything stays here but what is named.',
    "# [t] opens a folder by git's rules; Core Tools reads no brackets, and would take all that lies in it.",
    '*',
    opened('dist'),
    ...['package.json', ...FILES].map((path) => `!/${path}`),
    ...FOLDERS.flatMap((path) => [opened(path), `!/${path}/*`]),
    '',
  ].join('\n');

const opened = (path: string): string => `!/${path.slice(0, -1)}[${path.slice(-1)}]/`;

export function contents(root: string): readonly Packed[] {
  const paths = [
    ...FILES,
    ...FOLDERS.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`)),
  ];
  const packed = paths.map((path) => ({ path, bytes: readFileSync(join(root, path)) }));
  return [...packed, { path: 'package.json', bytes: Buffer.from(manifest(root)) }].toSorted((a, b) =>
    a.path < b.path ? -1 : 1,
  );
}

/** Where the host begins. What npm would do with the rest is done: a build in the cloud would find nothing to install. */
function manifest(root: string): string {
  const { name, version, type, main }: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  );
  return `${JSON.stringify({ name, version, private: true, type, main }, undefined, 2)}\n`;
}
