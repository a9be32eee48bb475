import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { SETTINGS } from '../../src/config.ts';
import { ROLES } from '../../src/core/caller.ts';
import { TABLES } from '../../src/store/azure.ts';
import { EVENTS, METRICS } from '../../src/telemetry/names.ts';
import { type Template, templatesOf } from './template.ts';

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

/** Both sides as they are held against each other. Texts by their path, so that a test can break a copy. */
export interface World {
  readonly texts: ReadonlyMap<string, string>;
  readonly templates: readonly Template[];
  readonly code: Code;
}

export type Rule = (world: World) => readonly Finding[];

const INFRA = 'infra/';
const COMPILED = 'infra/main.json';
/** What people deploy with. The sources of the template are left to its compiler. */
const READ: readonly string[] = [INFRA, '.github/', 'host.json'];

export const readTexts = (root: string): ReadonlyMap<string, string> =>
  new Map(READ.flatMap((place) => filesIn(join(root, place)).map((path) => [relativeTo(root, path), textOf(path)])));

const textOf = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
const relativeTo = (root: string, path: string): string => relative(root, path).replaceAll('\\', '/');

function filesIn(place: string): readonly string[] {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export const worldOf = (texts: ReadonlyMap<string, string>, code: Code): World => ({
  texts,
  templates: templatesOf(texts.get(COMPILED) ?? '{"resources":[]}'),
  code,
});

/** Most of it is data in the code; functions, queues and the webhook are read from the text where they are registered. */
export function readCode(root: string): Code {
  const main = textOf(join(root, 'src', 'functions.ts'));
  const mails = textOf(join(root, 'src', 'http', 'alerts', 'routes.ts'));
  const queues = all(main, /queueName: '([^']+)'/g);
  return {
    settings: new Map(
      Object.entries(SETTINGS.shape).map(([name, setting]) => [
        name,
        setting.meta()?.['givenBy'] === undefined ? 'azure' : 'elsewhere',
      ]),
    ),
    tables: TABLES,
    queues: [...new Set(queues.flatMap((queue) => [queue, queue.endsWith(POISON) ? queue : `${queue}${POISON}`]))],
    functions: all(main, /app\.(?:timer|storageQueue)\('([^']+)'/g),
    roles: ROLES,
    webhook: {
      path: all(mails, /at: 'POST (alerts\/[^']+)'/g)[0] ?? '',
      header: all(mails, /KEY_HEADER = '([^']+)'/g)[0] ?? '',
    },
    told: toldIn(join(root, 'src')),
    events: EVENTS,
    metrics: Object.keys(METRICS),
  };
}

export const POISON = '-poison';
const NAMES = join('telemetry', 'names.ts');

/** A name between quotes is taken for telling: what a host really wrote down is proved by its own test. */
function toldIn(src: string): ReadonlySet<string> {
  const sources = filesIn(src).filter((path) => !path.endsWith(NAMES));
  const text = sources.map(textOf).join('\n');
  return new Set([...Object.keys(EVENTS), ...Object.keys(METRICS)].filter((name) => text.includes(`'${name}'`)));
}

const all = (text: string, pattern: RegExp): readonly string[] => [
  ...new Set([...text.matchAll(pattern)].map(([, found = '']) => found)),
];

/** The template of that name, or an empty one: each rule says what it misses. */
export const templateOf = ({ templates }: World, name: string): Template =>
  templates.find((template) => template.name === name) ?? {
    name,
    parameters: {},
    variables: {},
    resources: [],
    modules: [],
    outputs: {},
  };

/** Every resource of a type, with where it stands. */
export const resourcesOf = ({ templates }: World, type: string) =>
  templates.flatMap((template) =>
    template.resources.filter((one) => one.type === type).map(({ body }) => ({ template, where: template.name, body })),
  );

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
