import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fatal, messageOf } from './fatal.ts';

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

/**
 * Brings local.settings.json `Values` into the environment. What is already there wins, as with `func start`: that
 * is what lets a parent process or a shell override a checked-in default.
 */
export function applyLocalSettings(root: string, env: Environment): { readonly port: number | undefined } {
  const path = join(root, 'local.settings.json');
  const file = readJsonFile(path) ?? {};
  if (!isRecord(file)) throw fatal(`${path} must hold a JSON object.`);
  if (file['IsEncrypted'] === true)
    throw fatal(`${path} is encrypted; run "func settings decrypt" first, the local host reads plain values only.`);
  for (const [name, value] of Object.entries(isRecord(file['Values']) ? file['Values'] : {}))
    if (env[name] === undefined && value !== null) env[name] = String(value);
  env['AZURE_FUNCTIONS_ENVIRONMENT'] ??= 'Development';
  const port = isRecord(file['Host']) ? Number(file['Host']['LocalHttpPort'] ?? Number.NaN) : Number.NaN;
  return { port: Number.isInteger(port) ? port : undefined };
}

export type Resolved = { readonly value: string } | { readonly missing: string };

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

/**
 * Azure's documented name is `AzureWebJobs.<name>.Disabled`; shells that refuse dots use underscores. Names compare
 * without case, as .NET configuration does.
 */
export function isDisabled(name: string, env: Environment): boolean {
  const wanted = ['.', '_', '__'].map((dot) => `azurewebjobs${dot}${name}${dot}disabled`.toLowerCase());
  return Object.entries(env).some(
    ([key, value]) => wanted.includes(key.toLowerCase()) && /^(true|1)$/i.test((value ?? '').trim()),
  );
}
