import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, fatal, isFatal, type Print, stamp } from '../output.ts';
import { isRecord, readJsonFile } from '../settings.ts';
import type { Registered, RegisteredFunction } from './core.ts';
import type { ProgrammingModel } from './protocol.ts';

export interface App {
  readonly functions: readonly RegisteredFunction[];
  readonly model: ProgrammingModel;
}

/**
 * The worker's start: import what `main` names, run appStart hooks, exchange capabilities, take no more functions.
 * An app that throws while it is imported has no function; the real host runs on then, and so do we.
 */
export async function loadApp(root: string, registered: Registered, print: Print): Promise<App> {
  const pattern = mainOf(root);
  const files = filesOf(root, pattern);
  try {
    for (const file of files) await import(pathToFileURL(file).href);
  } catch (error) {
    print(stamp(`The app could not be loaded: ${isFatal(error) ? error.message : describe(error)}`));
    print(stamp('0 functions found.'));
    return NOTHING;
  }
  await registered.run('appStart', root);
  const model = registered.model();
  const functions = registered.functions();
  if (!model || functions.length === 0)
    throw fatal(
      `The app registered no function: "${pattern}" was loaded and nothing in it called app.http, app.timer or the like.`,
    );
  const capabilities = await model.getCapabilities?.({});
  if (capabilities && 'HttpUri' in capabilities)
    throw fatal(
      'The app asks for HTTP streams (app.setup with enableHttpStream), which the local host does not offer.',
    );
  registered.close();
  return { functions, model };
}

const NOTHING: App = {
  functions: [],
  model: {
    getInvocationModel() {
      throw new Error('There is no function.');
    },
  },
};

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
