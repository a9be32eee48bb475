import { parseTemplate, sameRoute, type Template } from '../http/routes.ts';
import { type Connection, connectionOf, type Environment, isDisabled, resolveSettings } from '../settings.ts';
import { parseSchedule, type Schedule } from '../timers/schedule.ts';
import type { RegisteredFunction } from './core.ts';
import type { Binding } from './protocol.ts';

export type Trigger =
  | { readonly kind: 'http'; readonly template: Template; readonly methods: readonly string[] }
  | { readonly kind: 'timer'; readonly schedule: Schedule }
  | { readonly kind: 'queue'; readonly queueName: string; readonly connection: Connection }
  | { readonly kind: 'error'; readonly sentence: string };

export interface HostedFunction extends RegisteredFunction {
  readonly triggerName: string;
  readonly triggerType: string;
  readonly trigger: Trigger;
  readonly disabled: boolean;
}

const NAME = /^[a-z][a-z0-9_-]{0,127}$/i;

/** What each registered function asks for, checked once. A function that asks for what is not there is in error; the rest run. */
export const hostedFunctions = (
  registered: readonly RegisteredFunction[],
  routePrefix: string,
  env: Environment,
): readonly HostedFunction[] => withoutConflicts(registered.map((each) => hostedFunction(each, routePrefix, env)));

function hostedFunction(registered: RegisteredFunction, routePrefix: string, env: Environment): HostedFunction {
  const [triggerName, binding] = triggerOf(registered);
  const { name } = registered;
  return {
    ...registered,
    triggerName,
    triggerType: binding.type,
    trigger: refusedOutright(registered) ?? readTrigger({ name, binding, routePrefix, env }),
    disabled: isDisabled(name, env),
  };
}

const NO_TRIGGER: readonly [string, Binding] = ['', { type: 'none', direction: 'in' }];
const triggerOf = ({ bindings }: RegisteredFunction): readonly [string, Binding] =>
  Object.entries(bindings).find(([, { type }]) => /trigger$/i.test(type)) ?? NO_TRIGGER;

/** Options that change what a trigger does, and that this host does not have. */
const FOREIGN_OPTIONS = ['runOnStartup', 'useMonitor', 'dataType'];

/** Better no function than one whose inputs stay empty, or whose outputs go nowhere. */
function refusedOutright({ name, bindings }: RegisteredFunction): Trigger | undefined {
  if (!NAME.test(name)) return inError(`'${name}' is not a valid function name.`);
  for (const [key, binding] of Object.entries(bindings)) {
    const { type, direction } = binding;
    const known =
      direction === 'out'
        ? /^http$/i.test(type) || (/^queue$/i.test(type) && key !== '$return')
        : /trigger$/i.test(type);
    if (!known) return inError(`The local host has no ${direction}put binding of type "${type}" (${key}).`);
    const option = FOREIGN_OPTIONS.find((one) => binding[one] !== undefined);
    if (option !== undefined) return inError(`The local host does not know the option "${option}" of "${type}".`);
  }
  return undefined;
}

interface Asked {
  readonly name: string;
  readonly binding: Binding;
  readonly routePrefix: string;
  readonly env: Environment;
}

const READERS: Readonly<Record<string, (asked: Asked) => Trigger>> = {
  httptrigger: readHttp,
  timertrigger: readTimer,
  queuetrigger: readQueue,
};

const readTrigger = (asked: Asked): Trigger => (READERS[asked.binding.type.toLowerCase()] ?? unsupported)(asked);

const unsupported = ({ binding: { type } }: Asked): Trigger =>
  inError(`The local host knows HTTP, timer and storage queue triggers, not "${type}".`);

function readHttp({ name, binding, routePrefix }: Asked): Trigger {
  const route = typeof binding['route'] === 'string' && binding['route'] !== '' ? binding['route'] : name;
  // Azure's sentence and Azure's rule: a plain prefix test, so "administration" is refused too
  if (/^\/*(admin|runtime)/i.test(route))
    return inError('The specified route conflicts with one or more built in routes.');
  const template = parseTemplate(`${routePrefix}/${route}`);
  if ('problem' in template) return inError(`The route "${route}" is not valid: ${template.problem}.`);
  const methods = Array.isArray(binding['methods']) ? binding['methods'].map((each) => String(each).toUpperCase()) : [];
  return { kind: 'http', template, methods };
}

function readTimer({ binding, env }: Asked): Trigger {
  const text = resolved(binding['schedule'], env);
  if ('sentence' in text) return text;
  const schedule = parseSchedule(text.value, new Date());
  if (schedule) return { kind: 'timer', schedule };
  return inError(`The schedule "${text.value}" is no cron expression of six fields, such as "0 */5 * * * *".`);
}

function readQueue({ binding, env }: Asked): Trigger {
  const queueName = resolved(binding['queueName'], env);
  if ('sentence' in queueName) return queueName;
  const connection = connectionOf(binding['connection'], env);
  if ('problem' in connection) return inError(connection.problem);
  return { kind: 'queue', queueName: queueName.value.toLowerCase(), connection };
}

const inError = (sentence: string) => ({ kind: 'error', sentence }) as const;

function resolved(text: unknown, env: Environment) {
  const found = resolveSettings(String(text ?? ''), env);
  return 'value' in found ? found : inError(`The setting '${found.missing}', written %${found.missing}%, is not set.`);
}

/** The second of two functions with one route and a common method goes into error, in Azure's words. */
function withoutConflicts(functions: readonly HostedFunction[]): readonly HostedFunction[] {
  return functions.map((one, index) => {
    const { trigger } = one;
    const isRival = (other: Trigger) => other.kind === 'http' && trigger.kind === 'http' && sameRoute(other, trigger);
    const rival = functions.slice(0, index).find((other) => isRival(other.trigger));
    if (!rival) return one;
    const sentence = `The route specified conflicts with the route defined by function '${rival.name}'.`;
    return { ...one, trigger: inError(sentence) };
  });
}

/** The list `func start` prints; functions in error and disabled ones say so. */
export const banner = (functions: readonly HostedFunction[], port: number): readonly string[] => [
  '',
  'Functions:',
  '',
  ...functions.map((each) => `\t${each.name}: ${lineOf(each, port)}`),
  '',
];

function lineOf({ trigger, triggerType, disabled }: HostedFunction, port: number): string {
  const suffix = disabled ? ' [disabled]' : '';
  if (trigger.kind === 'error') return `${triggerType} [in error: ${trigger.sentence}]`;
  if (trigger.kind !== 'http') return `${triggerType}${suffix}`;
  return `[${trigger.methods.join(',')}] http://localhost:${port}/${trigger.template.text}${suffix}`;
}
