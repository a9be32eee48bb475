import { join } from 'node:path';
import { fatal } from './fatal.ts';
import { type Environment, isRecord, readJsonFile } from './settings.ts';
import { parseTimeSpan } from './timeSpan.ts';

export interface QueueOptions {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxPollingInterval: number;
  readonly visibilityTimeout: number;
  readonly maxDequeueCount: number;
  readonly base64: boolean;
}

export interface HostConfig {
  readonly routePrefix: string;
  readonly queues: QueueOptions;
}

export function readHostJson(root: string, env: Environment): HostConfig {
  const path = join(root, 'host.json');
  const file = readJsonFile(path);
  if (file === undefined) throw fatal(`There is no host.json in ${root}: --root must name a function app.`);
  if (!isRecord(file)) throw fatal(`${path} must hold a JSON object.`);
  if (pick(file, 'version') !== '2.0') throw fatal(`${path} must say "version": "2.0".`);
  return interpret(override(file, env), path);
}

/** Azure lets any host.json value be set from outside: `AzureFunctionsJobHost__extensions__queues__batchSize=1`. */
function override(file: Record<string, unknown>, env: Environment): Record<string, unknown> {
  const copy: Record<string, unknown> = structuredClone(file);
  for (const [key, value] of Object.entries(env)) {
    const [head, ...path] = key.split(/__|:/);
    if (head?.toLowerCase() === 'azurefunctionsjobhost' && path.length > 0 && value !== undefined)
      assign(copy, path, value);
  }
  return copy;
}

/** .NET configuration compares names without case. */
const keyIn = (record: Record<string, unknown>, name: string): string =>
  Object.keys(record).find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
const pick = (record: Record<string, unknown>, name: string): unknown => record[keyIn(record, name)];

function assign(target: Record<string, unknown>, path: readonly string[], value: string): void {
  const [wanted = '', ...rest] = path;
  const key = keyIn(target, wanted);
  if (key === '__proto__') return;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const inner = target[key];
  const next = isRecord(inner) ? inner : {};
  target[key] = next;
  assign(next, rest, value);
}

function interpret(file: Record<string, unknown>, path: string): HostConfig {
  const extensions = section(file, 'extensions', path);
  const http = section(extensions, 'http', path);
  const queues = section(extensions, 'queues', path);
  const read = reader(queues, `${path}, extensions.queues`);
  const prefix = pick(http, 'routePrefix') ?? 'api';
  if (typeof prefix !== 'string') throw fatal(`${path}: extensions.http.routePrefix must be a string.`);
  const batchSize = read.whole('batchSize', 16, 1, 32);
  return {
    routePrefix: prefix.replace(/^\/+|\/+$/g, ''),
    queues: {
      batchSize,
      newBatchThreshold: read.whole('newBatchThreshold', Math.floor(batchSize / 2), 0, 1_000),
      maxPollingInterval: read.span('maxPollingInterval', '00:01:00', 100),
      visibilityTimeout: read.span('visibilityTimeout', '00:00:00', 0),
      maxDequeueCount: read.whole('maxDequeueCount', 5, 1, 1_000_000),
      base64: read.encoding(),
    },
  };
}

function section(of: Record<string, unknown>, name: string, path: string): Record<string, unknown> {
  const value = pick(of, name) ?? {};
  if (isRecord(value)) return value;
  throw fatal(`${path}: "${name}" must be an object.`);
}

const reader = (from: Record<string, unknown>, where: string) => ({
  whole(name: string, fallback: number, least: number, most: number): number {
    const value = Number(pick(from, name) ?? fallback);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw fatal(`${where}.${name} must be a whole number from ${least} to ${most}.`);
  },
  span(name: string, fallback: string, least: number): number {
    const value = parseTimeSpan(String(pick(from, name) ?? fallback));
    if (value !== undefined && value >= least) return value;
    throw fatal(`${where}.${name} must be a time span "hh:mm:ss" of at least ${least} ms.`);
  },
  encoding(): boolean {
    const value = String(pick(from, 'messageEncoding') ?? 'base64').toLowerCase();
    if (value === 'base64' || value === 'none') return value === 'base64';
    throw fatal(`${where}.messageEncoding must be "base64" or "none".`);
  },
});
