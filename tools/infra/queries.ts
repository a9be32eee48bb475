import { Cron } from 'croner';
import { ALERT_TYPES } from '../../src/core/alertTypes.ts';
import { CONTROLS } from '../../src/core/controls.ts';
import { isSchedule } from '../../src/schedule.ts';
import { type Code, type Finding, POISON, type Rule, templateOf } from './world.ts';

const TABLES: ReadonlySet<string> = new Set(['AppTraces', 'AppRequests', 'StorageQueueLogs', 'StorageTableLogs']);
const FOLDER = 'infra/queries/';
const WATCH = 'watch';

/** Queries speak only of what the code tells: tables, events, their fields, functions and queues. */
export const queries: Rule = (world) => {
  const texts = [...world.texts].filter(([path]) => path.startsWith(FOLDER));
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
    ...unknown('alert', alertsIn(text), ALERT_TYPES),
    ...unknown('queue', quoted(text, /Uri\s+has_any\s*(\([^)]*\))/g), code.queues),
  ];
  const value = /\bvalue\b/.test(text) ? [] : ['it gives no column "value"'];
  const silent = text.includes('parse_json') && events.length === 0 ? ['it asks for no event'] : [];
  return [...names, ...value, ...silent].map((complaint) => `${path}: ${complaint}`);
}

export const eventsIn = (text: string): readonly string[] =>
  quoted(text, /tostring\(e\.event\)\s*(?:==|in)\s*(\([^)]*\)|'[^']*')/g);

const alertsIn = (text: string): readonly string[] => quoted(text, /tostring\(e\.type\)\s+in\s*(\([^)]*\))/g);

const tablesIn = (text: string): readonly string[] =>
  [...text.matchAll(/\b([A-Z]\w+)\s*\n\s*\|/g)].map(([, name = '']) => name);

const quoted = (text: string, pattern: RegExp): readonly string[] =>
  [...text.matchAll(pattern)].flatMap(([, list = '']) => [...list.matchAll(/'([^']*)'/g)].map(([, one = '']) => one));

const unknown = (what: string, found: readonly string[], known: readonly string[]): readonly string[] =>
  [...new Set(found)].filter((one) => !known.includes(one)).map((one) => `the code knows no ${what} ${one}`);

/** Each query is in the template word for word, and the poison of every queue is looked for. */
function files(world: Parameters<Rule>[0]): readonly Finding[] {
  const loaded = Object.values(templateOf(world, WATCH).variables).filter((one) => typeof one === 'string');
  const there = [...world.texts].filter(([path]) => path.startsWith(FOLDER));
  const weakened = alertsIn(world.texts.get(`${FOLDER}weakenedControls.kql`) ?? '');
  const weakening = new Set(Object.values(CONTROLS).map(({ alert }) => alert));
  const poison = world.texts.get(`${FOLDER}poison.kql`) ?? '';
  return [
    ...loaded
      .filter((text) => text.includes('\n') && !there.some(([, one]) => one === text.replaceAll('\r\n', '\n')))
      .map((text) => `${WATCH}: no file has the query that begins ${text.slice(0, 40).split('\n')[0]}`),
    ...there
      .filter(([, text]) => !loaded.some((one) => one.replaceAll('\r\n', '\n') === text))
      .map(([path]) => `${path}: nobody is called and no chart shows it`),
    ...[...weakening]
      .filter((alert) => !weakened.includes(alert))
      .map((alert) => `${FOLDER}weakenedControls.kql: nobody looks for ${alert}`),
    ...world.code.queues
      .filter((queue) => queue.endsWith(POISON) && !poison.includes(`'${queue}'`))
      .map((queue) => `${FOLDER}poison.kql: nobody looks for ${queue}`),
  ];
}

/** Somebody is called when two turns of the sweep were missed, not earlier and not much later. */
export const schedule: Rule = (world) => {
  const { parameters } = templateOf(world, 'main');
  const text = (name: string) => String(parameters[name]?.defaultValue ?? '');
  const cron = text('sweepSchedule');
  const [first, second] = isSchedule(cron) ? new Cron(cron, { paused: true, timezone: 'UTC' }).nextRuns(2) : [];
  const minutes = first && second ? (2 * (second.getTime() - first.getTime())) / 60_000 : Number.NaN;
  const window = text('sweepMissingAfter');
  return window === `PT${minutes}M` || window === `PT${minutes / 60}H`
    ? []
    : [`main: sweepMissingAfter is ${window}, and twice the schedule is ${minutes} minutes`];
};
