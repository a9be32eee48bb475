import { join } from 'node:path';
import { fatal } from './output.ts';
import { type Environment, isRecord, readJsonFile } from './settings.ts';

export interface QueueOptions {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
  readonly maxPollingInterval: number;
  readonly visibilityTimeout: number;
  readonly maxDequeueCount: number;
  /** How the text of a message is read and written. */
  readonly messageEncoding: 'base64' | 'none';
}

export interface HostConfig {
  readonly routePrefix: string;
  readonly queues: QueueOptions;
}

/** Names of settings that begin so stand for a place in host.json, and beat what is written there. */
const OVER = 'AzureFunctionsJobHost__';

/** What host.json and the settings say, with Azure's own defaults. What Azure would refuse, or what this host does not have, is fatal. */
export function readHostJson(root: string, env: Environment): HostConfig {
  const path = join(root, 'host.json');
  const written = readJsonFile(path);
  if (written === undefined) throw fatal(`There is no host.json in ${root}: --root must name a function app.`);
  if (!isRecord(written)) throw fatal(`${path} must hold a JSON object.`);
  const file = Object.entries(env)
    .filter(([name]) => name.startsWith(OVER))
    .reduce((all, [name, value]) => put(all, name.slice(OVER.length).split('__'), value), written);
  if (file['version'] !== '2.0') throw fatal(`${path} must say "version": "2.0".`);
  const extensions = section(file, 'extensions', path);
  const prefix = section(extensions, 'http', path)['routePrefix'] ?? 'api';
  if (typeof prefix !== 'string') throw fatal(`${path}: extensions.http.routePrefix must be a string.`);
  return {
    routePrefix: prefix.replace(/^\/+|\/+$/g, ''),
    queues: queueOptions(section(extensions, 'queues', path), `${path}, extensions.queues`),
  };
}

function put(all: Record<string, unknown>, path: readonly string[], value: unknown): Record<string, unknown> {
  const [name = '', ...deeper] = path;
  const there = all[name];
  return { ...all, [name]: deeper.length === 0 ? value : put(isRecord(there) ? there : {}, deeper, value) };
}

function section(of: Record<string, unknown>, name: string, path: string): Record<string, unknown> {
  const value = of[name] ?? {};
  if (isRecord(value)) return value;
  throw fatal(`${path}: "${name}" must be an object.`);
}

function queueOptions(queues: Record<string, unknown>, where: string): QueueOptions {
  const whole = (name: string, fallback: number, least: number, most: number): number => {
    const value = Number(queues[name] ?? fallback);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw fatal(`${where}.${name} must be a whole number from ${least} to ${most}.`);
  };
  const span = (name: string, fallback: string, least: number): number => {
    const value = parseTimeSpan(String(queues[name] ?? fallback));
    if (value !== undefined && value >= least) return value;
    throw fatal(`${where}.${name} must be a time span "hh:mm:ss" of at least ${least} ms.`);
  };
  const encoding = String(queues['messageEncoding'] ?? 'base64').toLowerCase();
  if (encoding !== 'base64' && encoding !== 'none') throw fatal(`${where}.messageEncoding must be "base64" or "none".`);
  const batchSize = whole('batchSize', 16, 1, 32);
  return {
    batchSize,
    newBatchThreshold: whole('newBatchThreshold', Math.floor(batchSize / 2), 0, 1_000),
    maxPollingInterval: span('maxPollingInterval', '00:01:00', 100),
    visibilityTimeout: span('visibilityTimeout', '00:00:00', 0),
    maxDequeueCount: whole('maxDequeueCount', 5, 1, 1_000_000),
    messageEncoding: encoding,
  };
}

/** Of .NET's time spans the plain ones, in milliseconds. What .NET reads in its own way, as `24:00:00` for 24 days, is refused. */
function parseTimeSpan(text: string): number | undefined {
  const [, hours, minutes, seconds, fraction = ''] = /^(\d\d):(\d\d):(\d\d)(\.\d{1,3})?$/.exec(text) ?? [];
  if (hours === undefined || Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(`${seconds}${fraction}`)) * 1_000;
}
