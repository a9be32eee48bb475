import { parseTemplate, type Template } from '../http/template.ts';
import { type Connection, connectionOf } from '../queues/connection.ts';
import { type Environment, isDisabled, resolveSettings } from '../settings.ts';
import { parseSchedule, type Schedule } from '../timers/schedule.ts';
import type { Binding } from './protocol.ts';
import type { RegisteredFunction } from './registry.ts';

export type Trigger =
  | { readonly kind: 'http'; readonly template: Template; readonly methods: readonly string[] }
  | {
      readonly kind: 'timer';
      readonly schedule: Schedule;
      readonly runOnStartup: boolean;
      readonly useMonitor: boolean;
    }
  | { readonly kind: 'queue'; readonly queueName: string; readonly connection: Connection }
  | { readonly kind: 'error'; readonly sentence: string };

export interface HostedFunction extends RegisteredFunction {
  readonly triggerName: string;
  readonly triggerType: string;
  readonly trigger: Trigger;
  readonly disabled: boolean;
}

const NAME = /^[a-z][a-z0-9_-]{0,127}$/i;

/** What each registered function asks for, checked once. A function that asks for nonsense is in error; the rest run. */
export const hostedFunction = (registered: RegisteredFunction, env: Environment): HostedFunction => {
  const [triggerName, binding] = triggerOf(registered);
  return {
    ...registered,
    triggerName,
    triggerType: binding.type,
    trigger: refusedOutright(registered) ?? readTrigger(registered.name, binding, env),
    disabled: isDisabled(registered.name, env),
  };
};

/** Better no function than one whose inputs stay empty, or whose outputs go nowhere. */
function refusedOutright({ name, bindings }: RegisteredFunction): Trigger | undefined {
  if (!NAME.test(name)) return inError(`'${name}' is not a valid function name.`);
  const foreign = Object.values(bindings).find(({ type, direction }) =>
    direction === 'out' ? !/^(http|queue)$/i.test(type) : !/trigger$/i.test(type),
  );
  return foreign && inError(`The local host has no ${foreign.direction}put binding of type "${foreign.type}".`);
}

function triggerOf({ bindings }: RegisteredFunction): readonly [string, Binding] {
  const found = Object.entries(bindings).find(([, binding]) => /trigger$/i.test(binding.type));
  return found ?? ['', { type: 'none', direction: 'in' }];
}

const READERS: Readonly<Record<string, (name: string, binding: Binding, env: Environment) => Trigger>> = {
  httptrigger: readHttp,
  timertrigger: readTimer,
  queuetrigger: readQueue,
};

const readTrigger = (name: string, binding: Binding, env: Environment): Trigger =>
  (READERS[binding.type.toLowerCase()] ?? unsupported)(name, binding, env);

const unsupported = (_name: string, { type }: Binding): Trigger =>
  inError(`The local host knows HTTP, timer and storage queue triggers, not "${type}".`);

function readHttp(name: string, binding: Binding): Trigger {
  const route = typeof binding['route'] === 'string' && binding['route'] !== '' ? binding['route'] : name;
  const template = parseTemplate(route);
  if ('problem' in template) return inError(`The route "${route}" is not valid: ${template.problem}.`);
  // Azure's sentence and Azure's rule: a plain prefix test, so "administration" is refused too
  if (/^\/*(admin|runtime)/i.test(route))
    return inError('The specified route conflicts with one or more built in routes.');
  const methods = Array.isArray(binding['methods']) ? binding['methods'].map((each) => String(each).toUpperCase()) : [];
  return { kind: 'http', template, methods };
}

/** A missing setting puts the function in error; a schedule that cannot be understood is a mistake in the app: fatal. */
function readTimer(name: string, binding: Binding, env: Environment): Trigger {
  const text = resolved(binding['schedule'], env);
  if ('sentence' in text) return text;
  const schedule = parseSchedule(text.value, name, new Date());
  return {
    kind: 'timer',
    schedule,
    runOnStartup: binding['runOnStartup'] === true,
    useMonitor: binding['useMonitor'] !== false && !schedule.severalAMinute,
  };
}

function readQueue(_name: string, binding: Binding, env: Environment): Trigger {
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
