/** Where the host learns what to do: JSON files of the app, and settings, from the environment or local.settings.json. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { fatal, messageOf } from './output.ts';

export type Environment = Record<string, string | undefined>;

/** Reads a JSON file a human edits; undefined when there is none, one clear sentence when it cannot be read. */
export function readJsonFile(path: string): unknown {
  const text = readText(path);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw fatal(`${path} is not valid JSON: ${messageOf(error)}.`);
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw fatal(`${path} cannot be read: ${messageOf(error)}.`);
  }
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Brings local.settings.json `Values` into the environment. What is already there wins, as with `func start`. */
export function applyLocalSettings(root: string, env: Environment): void {
  const path = join(root, 'local.settings.json');
  const file = readJsonFile(path) ?? {};
  if (!isRecord(file)) throw fatal(`${path} must hold a JSON object.`);
  for (const [name, value] of Object.entries(isRecord(file['Values']) ? file['Values'] : {}))
    if (env[name] === undefined && value !== null) env[name] = String(value);
  env['AZURE_FUNCTIONS_ENVIRONMENT'] ??= 'Development';
}

type Resolved = { readonly value: string } | { readonly missing: string };

/** Replaces every `%NAME%` by its setting. One missing name spoils the whole text. */
export function resolveSettings(text: string, env: Environment): Resolved {
  let missing: string | undefined;
  const value = text.replace(/%([^%]+)%/g, (whole, name: string) => {
    const found = env[name];
    if (found === undefined) missing ??= name;
    return found ?? whole;
  });
  return missing === undefined ? { value } : { missing };
}

export const isDisabled = (name: string, env: Environment): boolean =>
  /^(true|1)$/i.test((env[`AzureWebJobs.${name}.Disabled`] ?? '').trim());

export const hasHomepage = (env: Environment): boolean => !/^true$/i.test(env['AzureWebJobsDisableHomepage'] ?? '');

export interface Connection {
  readonly setting: string;
  readonly text: string;
}

/** As WebJobs looks it up: `AzureWebJobs<name>` first, then the name itself; no name means AzureWebJobsStorage. */
export function connectionOf(named: unknown, env: Environment): Connection | { readonly problem: string } {
  const name = typeof named === 'string' && named !== '' ? named : 'AzureWebJobsStorage';
  for (const setting of [`AzureWebJobs${name}`, name]) {
    const text = env[setting];
    if (text) return { setting, text };
  }
  return { problem: `The storage connection setting '${name}' is not set.` };
}

/** Names this app's corner in storage, so that two apps may share an account. The setting is Azure's own. */
export function hostIdOf(root: string, env: Environment): string {
  const chosen = env['AzureFunctionsWebHost__hostid'];
  if (chosen) return chosen.toLowerCase();
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 18);
  return `${machine || 'local'}-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
}
