import { Cron } from 'croner';
import { literal, within } from './parse.ts';
import { argumentsOf } from './template.ts';
import { type Code, type Finding, type Rule, templateAt } from './world.ts';

const TABLES: ReadonlySet<string> = new Set(['AppTraces', 'AppRequests', 'StorageQueueLogs']);
const WATCH = 'app/watch.bicep';

/** Queries speak only of what the code tells: tables, events, their fields, functions and queues. */
export const queries: Rule = (world) => {
  const texts = [...world.texts].filter(([path]) => path.endsWith('.kql'));
  return [
    ...texts.flatMap(([path, text]) => inQuery(path, text.replace(/\/\/.*$/gm, ''), world.code)),
    ...files(world),
  ];
};

function inQuery(path: string, text: string, code: Code): readonly Finding[] {
  const events = eventsIn(text);
  const told = events.flatMap((event) => code.events[event]?.fields ?? []);
  const names = [
    ...unknown('table', tablesIn(text), [...TABLES]),
    ...unknown('event', events, Object.keys(code.events)),
    ...unknown(
      'field',
      [...text.matchAll(/\be\.(\w+)/g)].map(([, name = '']) => name),
      ['event', 'requestId', ...told],
    ),
    ...unknown('function', quoted(text, /OperationName\s+in\s*(\([^)]*\))/g), code.functions),
    ...unknown('queue', quoted(text, /Uri\s+has_any\s*(\([^)]*\))/g), code.queues),
  ];
  const value = /\bvalue\b/.test(text) ? [] : ['it gives no column "value"'];
  const silent = text.includes('parse_json') && events.length === 0 ? ['it asks for no event'] : [];
  return [...names, ...value, ...silent].map((complaint) => `queries: ${path}: ${complaint}`);
}

export const eventsIn = (text: string): readonly string[] =>
  quoted(text, /tostring\(e\.event\)\s*(?:==|in)\s*(\([^)]*\)|'[^']*')/g);

const tablesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b([A-Z]\w+)\s*\n\s*\|/g)].map(([, name = '']) => name);

const quoted = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, list = '']) => [...list.matchAll(/'([^']*)'/g)].map(([, one = '']) => one));

const unknown = (what: string, found: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set(found)].filter((one) => !known.includes(one)).map((one) => `the code knows no ${what} ${one}`);

/** Each file is loaded, each file that is loaded is there, and the poison of every queue is looked for. */
function files(world: Parameters<Rule>[0]): readonly Finding[] {
  const root = templateAt(world, WATCH)?.root;
  const loaded = (root ? [...within(root)] : [])
    .filter((node) => node.childForFieldName('function')?.text === 'loadTextContent')
    .map((node) => (literal(argumentsOf(node)[0]) ?? '').replace('../', ''));
  const there = [...world.texts.keys()].filter((path) => path.startsWith('queries/'));
  const poison = world.texts.get('queries/poison.kql') ?? '';
  return [
    ...loaded.filter((path) => !there.includes(path)).map((path) => `${WATCH}: there is no ${path}`),
    ...there.filter((path) => !loaded.includes(path)).map((path) => `${path}: nobody is called and no chart shows it`),
    ...world.code.queues
      .filter((queue) => queue.endsWith('-poison') && !poison.includes(`'${queue}'`))
      .map((queue) => `queries/poison.kql: nobody looks for ${queue}`),
  ];
}

/** Somebody is called when two turns of the sweep were missed, not earlier and not much later. */
export const schedule: Rule = (world) => {
  const main = templateAt(world, 'main.bicep');
  const text = (name: string) => literal(main?.parameters.find((one) => one.name === name)?.defaultValue);
  const [first, second] = new Cron(text('sweepSchedule') ?? '', { paused: true, timezone: 'UTC' }).nextRuns(2);
  const minutes = first && second ? (2 * (second.getTime() - first.getTime())) / 60_000 : Number.NaN;
  const window = text('sweepMissingAfter');
  return window === `PT${minutes}M` || window === `PT${minutes / 60}H`
    ? []
    : [`main.bicep: sweepMissingAfter is ${window}, and twice the schedule is ${minutes} minutes`];
};
