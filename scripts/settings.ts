/** Writes the table of settings in docs/operations.md from src/config.ts. With `--check` it only says whether the page is stale. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { SETTINGS } from '../src/config.ts';

const PAGE = join(import.meta.dirname, '..', 'docs', 'operations.md');
const [BEGIN, END] = ['<!-- settings: npm run settings -->', '<!-- /settings -->'];

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
  if (maxLength !== undefined) return `${minLength} to ${maxLength} characters`;
  return minLength === undefined || minLength === 1 ? '–' : `at least ${minLength} characters`;
}

const table = [BEGIN, '', '| name | meaning | default | bounds |', '|---|---|---|---|', ...rows, '', END].join('\n');
const page = readFileSync(PAGE, 'utf8');
const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)];
if (from < 0 || to < from) throw new Error(`docs/operations.md has no place for the settings: ${BEGIN} … ${END}`);
const written = page.slice(0, from) + table + page.slice(to + END.length);

if (!process.argv.includes('--check')) writeFileSync(PAGE, written);
else if (page !== written) {
  process.stderr.write(
    'docs/operations.md does not show the settings as src/config.ts reads them: run "npm run settings".\n',
  );
  process.exitCode = 1;
}
