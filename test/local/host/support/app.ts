import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { atEnd } from '../../../support/atEnd.ts';

const FIXTURES = resolve(import.meta.dirname, '../fixtures');
const MODULES = resolve(import.meta.dirname, '../../../../node_modules');

interface Shape {
  /** A file of fixtures/, or the source of an app. */
  readonly fixture?: string;
  readonly source?: string;
  readonly main?: string;
  readonly queues?: object;
  readonly hostJson?: string;
  readonly settings?: Record<string, unknown>;
  readonly routePrefix?: string;
}

/** A function app of its own in a temporary folder, with the real library within reach. */
export function functionApp(shape: Shape): string {
  const root = mkdtempSync(join(tmpdir(), 'host-test-'));
  atEnd(() => rmSync(root, { recursive: true, force: true }));
  symlinkSync(MODULES, join(root, 'node_modules'));
  mkdirSync(join(root, 'dist'));
  const file = join(root, 'dist', 'main.mjs');
  if (shape.fixture !== undefined) copyFileSync(join(FIXTURES, basename(shape.fixture)), file);
  else writeFileSync(file, shape.source ?? '');
  const main = shape.main ?? 'dist/*.mjs';
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name: 'fixture', type: 'module', main }));
  const extensions = { http: { routePrefix: shape.routePrefix ?? 'api' }, queues: shape.queues ?? {} };
  writeFileSync(join(root, 'host.json'), shape.hostJson ?? JSON.stringify({ version: '2.0', extensions }));
  if (shape.settings)
    writeFileSync(join(root, 'local.settings.json'), JSON.stringify({ IsEncrypted: false, Values: shape.settings }));
  return root;
}
