import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, fatal, isFatal } from '../fatal.ts';
import { isRecord, readJsonFile } from '../settings.ts';
import { type Hooks, readOnly } from './hooks.ts';
import type { ProgrammingModel } from './protocol.ts';
import type { RegisteredFunction, Registry } from './registry.ts';

export interface App {
  readonly functions: readonly RegisteredFunction[];
  readonly model: ProgrammingModel;
}

/** The worker's start: import what `main` names, run appStart hooks, exchange capabilities, close the registry. */
export async function loadApp(root: string, registry: Registry, hooks: Hooks): Promise<App> {
  const pattern = mainOf(root);
  for (const file of filesOf(root, pattern)) await importFile(file);
  await hooks.run('appStart', appContext(hooks, root));
  const { model } = registry;
  const functions = registry.functions();
  if (!model || functions.length === 0)
    throw fatal(
      `The app registered no function: "${pattern}" was loaded and nothing in it called app.http, app.timer or the like.`,
    );
  const capabilities = await model.getCapabilities?.({});
  if (capabilities && 'HttpUri' in capabilities)
    throw fatal(
      'The app asks for HTTP streams (app.setup with enableHttpStream), which the local host does not offer.',
    );
  registry.close();
  return { functions, model };
}

export const appContext = (hooks: Hooks, root: string): object =>
  readOnly({ functionAppDirectory: root }, { hookData: hooks.appLevelHookData, appHookData: hooks.appHookData });

function mainOf(root: string): string {
  const path = join(root, 'package.json');
  const file = readJsonFile(path);
  const main = isRecord(file) ? file['main'] : undefined;
  if (typeof main === 'string' && main !== '') return main;
  throw fatal(`${path} must have a "main" that names the app's entry, for example "dist/main.js".`);
}

function filesOf(root: string, pattern: string): string[] {
  const found = isFile(join(root, pattern)) ? [pattern] : globSync(pattern, { cwd: root }).sort();
  const files = found.map((file) => join(root, file)).filter(isFile);
  if (files.length === 0) throw fatal(`package.json "main" is "${pattern}", and no file in ${root} matches it.`);
  return files;
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

async function importFile(file: string): Promise<void> {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    if (isFatal(error)) throw error;
    throw fatal(`The app could not be loaded: ${describe(error)}`);
  }
}
