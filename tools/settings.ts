/** Writes the tables of settings, limits, events and metrics in docs/operations.md from src, host.json and infra/. With `--check` it only says whether they are stale. */
import { join } from 'node:path';
import { z } from 'zod';
import { SETTINGS } from '../src/config.ts';
import { EVENTS, METRICS } from '../src/telemetry/names.ts';
import { limitRows } from './infra/limits.ts';
import { readCode, readTexts, worldOf } from './infra/world.ts';
import { keepSections, table } from './pages/sections.ts';

const ROOT = join(import.meta.dirname, '..');

interface Described {
  readonly description?: string;
  readonly givenBy?: string;
  readonly default?: string | number;
  readonly format?: string;
  readonly const?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
}

const { properties = {}, required = [] } = z.toJSONSchema(SETTINGS, { io: 'output', unrepresentable: 'any' });

const rows = Object.entries(properties).map(([name, schema]) => {
  const { description = '', givenBy, ...rest } = schema as Described;
  const meaning = givenBy === undefined ? description : `${description} (set by ${givenBy})`;
  return [`\`${name}\``, meaning, standard(name, rest), bounds(rest)];
});

function standard(name: string, { default: value }: Described): string {
  if (value !== undefined) return value === '' ? 'none' : `\`${value}\``;
  return required.includes(name) ? '**needed**' : '–';
}

function bounds({ minimum, maximum, minLength, maxLength, format, const: fixed }: Described): string {
  if (fixed !== undefined) return `\`${fixed}\``;
  if (format === 'uri') return 'a URL';
  if (minimum !== undefined) return `${minimum} to ${maximum}`;
  if (maxLength !== undefined) return `${minLength === undefined ? 'up' : minLength} to ${maxLength} characters`;
  return minLength === undefined || minLength === 1 ? '–' : `at least ${minLength} characters`;
}

const events = Object.entries(EVENTS).map(([name, { says, fields }]) => [
  `\`${name}\``,
  says,
  fields.map((field) => `\`${field}\``).join(', '),
]);
const metrics = Object.entries(METRICS).map(([name, { says, kind }]) => [`\`${name}\``, says, kind]);

keepSections('operations.md', 'settings', {
  settings: table(['name', 'meaning', 'default', 'bounds'], rows),
  limits: table(['limit', 'as deployed', 'where it is set'], limitRows(worldOf(readTexts(ROOT), readCode(ROOT)))),
  events: table(['event', 'when', 'fields'], events),
  metrics: table(['metric', 'what', 'kind'], metrics),
});
