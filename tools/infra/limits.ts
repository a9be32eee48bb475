import { z } from 'zod';
import { SETTINGS } from '../../src/config.ts';
import { MAX_RETENTION_DAYS } from '../../src/core/retention.ts';
import { MAX_BODY } from '../../src/http/parse.ts';
import { at, parameterIn, type Value } from './template.ts';
import { type Finding, type Rule, resourcesOf, templateOf, type World } from './world.ts';

/** Azure's front end cuts an answer off after this, whatever host.json says. */
const ANSWER_SECONDS = 230;

interface Numeric {
  readonly description?: string;
  readonly default?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

const { properties = {} } = z.toJSONSchema(SETTINGS, { io: 'output', unrepresentable: 'any' });
/** Every setting that is a number between two others is a limit. */
const NUMBERS = Object.entries(properties)
  .map(([name, schema]) => ({ name, ...(schema as Numeric) }))
  .filter(({ minimum, maximum }) => minimum !== undefined && maximum !== undefined);

const hostJson = ({ texts }: World): Value => JSON.parse(texts.get('host.json') ?? '{}') as Value;

/** What a parameter of a module is when nobody passes anything: the default in main.bicep. */
function standard(world: World, module: string, value: Value | undefined): Value | undefined {
  const passed = templateOf(world, 'main').modules.find(({ name }) => name === module)?.passed;
  const inMain = parameterIn(at(passed, parameterIn(value) ?? '', 'value'));
  return templateOf(world, 'main').parameters[inMain ?? '']?.defaultValue;
}

const ofSetting = (world: World, name: string): Value | undefined =>
  standard(world, 'settings', at(resourcesOf(world, 'Microsoft.Web/sites/config')[0]?.body, 'properties', name));

function scale(world: World) {
  const app = resourcesOf(world, 'Microsoft.Web/sites')[0]?.body;
  const given = at(app, 'properties', 'functionAppConfig', 'scaleAndConcurrency');
  const of = (...path: readonly string[]) => standard(world, 'functions', at(given, ...path));
  return [
    ['instances that always wait for HTTP requests', of('alwaysReady'), '`ALWAYS_READY`'],
    [
      'HTTP requests that one instance works on at once',
      of('triggers', 'http', 'perInstanceConcurrency'),
      '`HTTP_CONCURRENCY`',
    ],
    ['instances of each function that scales by itself', of('maximumInstanceCount'), '`MAXIMUM_INSTANCES`'],
    ['memory of an instance, MB', at(given, 'instanceMemoryMB'), '`infra/app/functions.bicep`'],
  ] as const;
}

function ofEventGrid(world: World) {
  const body = resourcesOf(world, 'Microsoft.EventGrid/systemTopics/eventSubscriptions')[0]?.body;
  const of = (...path: readonly string[]) => at(body, 'properties', ...path);
  return [
    ['tries of a delivery report', of('retryPolicy', 'maxDeliveryAttempts')],
    ['minutes after which Event Grid drops a report', of('retryPolicy', 'eventTimeToLiveInMinutes')],
  ] as const;
}

const logDays = (world: World): Value | undefined =>
  at(resourcesOf(world, 'Microsoft.OperationalInsights/workspaces')[0]?.body, 'properties', 'retentionInDays');

const bodyLimit = (world: World): Value | undefined => templateOf(world, 'settings').variables['bodyLimit'];

/** What limits a deployment, as it is deployed when nobody passes anything else. */
export function limitRows(world: World): readonly (readonly string[])[] {
  const host = hostJson(world);
  const queues = (name: string) => at(host, 'extensions', 'queues', name);
  const rows: readonly (readonly [string, Value | undefined, string])[] = [
    ['seconds until Azure gives an HTTP answer up', ANSWER_SECONDS, 'Azure'],
    ['the longest that a function may run', at(host, 'functionTimeout'), '`host.json`'],
    ...NUMBERS.map(
      ({ name, description = '', minimum, maximum, default: own }) =>
        [description, ofSetting(world, name) ?? own, `\`${name}\`, ${minimum} to ${maximum}`] as const,
    ),
    ['bytes of a request that the app reads', MAX_BODY, '`src/http/parse.ts`'],
    ['bytes of a request that the host takes', bodyLimit(world), '`infra/app/settings.bicep`'],
    ...scale(world),
    ['messages that an instance takes from a queue at once', queues('batchSize'), '`host.json`'],
    ['messages in work below which it takes more', queues('newBatchThreshold'), '`host.json`'],
    ['the longest pause between two looks at an empty queue', queues('maxPollingInterval'), '`host.json`'],
    ['the pause before a failed message is tried again', queues('visibilityTimeout'), '`host.json`'],
    ['tries of a message, then it is poison', queues('maxDequeueCount'), '`host.json`'],
    ['days for which logs are kept', logDays(world), '`infra/app/monitor.bicep`'],
    ...ofEventGrid(world).map(([what, value]) => [what, value, '`infra/app/deliveryReports.bicep`'] as const),
  ];
  return rows.map(([what, value, place]) => [what, value === undefined ? '–' : `${value}`, place]);
}

const secondsOf = (span: Value | undefined): number => {
  const [hours = Number.NaN, minutes = 0, seconds = 0] = String(span ?? '')
    .split(':')
    .map(Number);
  return (hours * 60 + minutes) * 60 + seconds;
};

/** No limit makes another one pointless. */
export const limits: Rule = (world) => {
  const timeout = secondsOf(at(hostJson(world), 'functionTimeout'));
  const most = (name: string) => NUMBERS.find((one) => one.name === name)?.maximum ?? 0;
  const timer = most('SWEEP_BUDGET_SECONDS');
  const answer = most('SWEEP_HTTP_BUDGET_SECONDS');
  const missing = limitRows(world).filter(([, value]) => value === '–');
  return [
    ...(timer < timeout ? [] : [`a sweep may take ${timer} s, and host.json ends a function after ${timeout} s`]),
    ...(answer < ANSWER_SECONDS
      ? []
      : [`a sweep by HTTP may take ${answer} s, and Azure ends it after ${ANSWER_SECONDS} s`]),
    ...(Number(bodyLimit(world)) > MAX_BODY ? [] : ['the host refuses bodies that the app would read']),
    ...(Number(logDays(world)) > MAX_RETENTION_DAYS
      ? []
      : [
          `logs are gone after ${logDays(world)} days, and an item may be purged ${MAX_RETENTION_DAYS} days after its deletion`,
        ]),
    ...missing.map(([what]): Finding => `nothing says: ${what}`),
  ];
};
