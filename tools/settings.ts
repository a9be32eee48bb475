/** Writes the tables of settings, limits, events and metrics in docs/operations.md from src, host.json and infra/. With `--check` it only says whether they are stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SETTINGS } from '../src/config.ts';
import { EVENTS, METRICS } from '../src/telemetry/names.ts';
import { costRows } from './costs.ts';
import { limitRows } from './infra/limits.ts';
import { readCode, readTexts, worldOf } from './infra/world.ts';

const ROOT = join(import.meta.dirname, '..');
const PAGE = join(ROOT, 'docs', 'operations.md');

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
  return `| \`${name}\` | ${meaning} | ${standard(name, rest)} | ${bounds(rest)} |`;
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

const cells = (rows: readonly (readonly string[])[]): readonly string[] => rows.map((row) => `| ${row.join(' | ')} |`);

const TABLES: Readonly<Record<string, readonly string[]>> = {
  settings: ['| name | meaning | default | bounds |', '|---|---|---|---|', ...rows],
  limits: [
    '| limit | as deployed | where it is set |',
    '|---|---|---|',
    ...cells(limitRows(worldOf(readTexts(ROOT), readCode(ROOT)))),
  ],
  costs: [
    '| items | table requests | executions | mails | tables, $ | storage, $ | queues, $ | compute, $ | mails, $ | logs, $ | sum, $ | history grows by, $ |',
    `|${'---|'.repeat(12)}`,
    ...cells(costRows()),
  ],
  events: [
    '| event | when | fields |',
    '|---|---|---|',
    ...cells(
      Object.entries(EVENTS).map(([name, { says, fields }]) => [
        `\`${name}\``,
        says,
        fields.map((field) => `\`${field}\``).join(', '),
      ]),
    ),
  ],
  metrics: [
    '| metric | what | kind |',
    '|---|---|---|',
    ...cells(Object.entries(METRICS).map(([name, { says, kind }]) => [`\`${name}\``, says, kind])),
  ],
};

const page = readFileSync(PAGE, 'utf8');
const written = Object.entries(TABLES).reduce((text, [name, table]) => {
  const [begin, end] = [`<!-- ${name}: npm run settings -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/operations.md has no place for ${name}: ${begin} … ${end}`);
  return text.slice(0, from) + [begin, '', ...table, '', ''].join('\n') + text.slice(to);
}, page);

if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (page !== written) {
  process.stderr.write(
    'docs/operations.md does not show the settings, limits, events and metrics as they are: run "npm run settings".\n',
  );
  process.exitCode = 1;
}
