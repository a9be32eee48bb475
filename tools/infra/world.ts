import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Node } from 'web-tree-sitter';
import { SETTINGS } from '../../src/config.ts';
import { ROLES } from '../../src/core/caller.ts';
import { TABLES } from '../../src/store/azure.ts';
import { EVENTS, METRICS } from '../../src/telemetry/names.ts';
import { type Template, templateOf } from './template.ts';

export type Finding = string;

/** What the code says it needs. */
export interface Code {
  /** By name: must Azure be told, or does a local run or the platform say it? */
  readonly settings: ReadonlyMap<string, 'azure' | 'elsewhere'>;
  readonly tables: readonly string[];
  readonly queues: readonly string[];
  readonly functions: readonly string[];
  readonly roles: readonly string[];
  /** Where reports of deliveries are taken, and by what header they are believed. */
  readonly webhook: { readonly path: string; readonly header: string };
  /** Events and metrics that some source names. */
  readonly told: ReadonlySet<string>;
  readonly metrics: readonly string[];
  readonly events: { readonly [name: string]: { readonly fields: readonly string[] } };
}

/** Both sides as they are held against each other. Texts by path inside infra/, so that a test can break a copy. */
export interface World {
  readonly texts: ReadonlyMap<string, string>;
  readonly templates: readonly Template[];
  readonly code: Code;
}

export type Rule = (world: World) => readonly Finding[];

export function readTexts(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return new Map(paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}

export const worldOf = (texts: ReadonlyMap<string, string>, parse: (text: string) => Node, code: Code): World => ({
  texts,
  templates: [...texts].flatMap(([path, text]) => (path.endsWith('.bicep') ? [templateOf(path, parse(text))] : [])),
  code,
});

/** Most of it is data in the code; functions, queues and the webhook are read from the text where they are registered. */
export function readCode(root: string): Code {
  const main = readFileSync(join(root, 'src', 'functions.ts'), 'utf8');
  const mails = readFileSync(join(root, 'src', 'http', 'alerts', 'routes.ts'), 'utf8');
  const queues = all(main, /queueName: '([^']+)'/g);
  return {
    settings: new Map(
      Object.entries(SETTINGS.shape).map(([name, setting]) => [
        name,
        setting.meta()?.['givenBy'] === undefined ? 'azure' : 'elsewhere',
      ]),
    ),
    tables: TABLES,
    queues: queues.flatMap((queue) => [queue, `${queue}-poison`]),
    functions: all(main, /app\.(?:timer|storageQueue)\('([^']+)'/g),
    roles: ROLES,
    webhook: {
      path: all(mails, /at: 'POST (alerts\/[^']+)'/g)[0] ?? '',
      header: all(mails, /KEY_HEADER = '([^']+)'/g)[0] ?? '',
    },
    told: toldIn(readTexts(join(root, 'src'))),
    events: EVENTS,
    metrics: Object.keys(METRICS),
  };
}

const NAMES = 'telemetry/names.ts';

/** A name between quotes is taken for telling: what a host really wrote down is proved by its own test. */
function toldIn(sources: ReadonlyMap<string, string>): ReadonlySet<string> {
  const text = [...sources].flatMap(([path, source]) => (path === NAMES ? [] : [source])).join('\n');
  return new Set([...Object.keys(EVENTS), ...Object.keys(METRICS)].filter((name) => text.includes(`'${name}'`)));
}

const all = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found = '']) => found)),
];

/** The template of that path. Which files there are is checked by the rule on modules. */
export const templateAt = (world: World, path: string): Template | undefined =>
  world.templates.find((template) => template.path === path);

/** What only one side has, in words. */
export function difference(
  what: string,
  wanted: Iterable<string>,
  found: Iterable<string>,
  [here, there]: readonly [string, string],
): readonly Finding[] {
  const [left, right] = [new Set(wanted), new Set(found)];
  return [
    ...[...left].filter((one) => !right.has(one)).map((one) => `${what} ${one} is in ${here} and not in ${there}`),
    ...[...right].filter((one) => !left.has(one)).map((one) => `${what} ${one} is in ${there} and not in ${here}`),
  ];
}
