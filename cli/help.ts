import type { Command } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { GLOBAL, type OptionName, rowOf } from './options.ts';

const WIDTH = 30;
const line = (left: string, right: string): string => `    ${left.padEnd(WIDTH)} ${right}`;

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? ['', title, ...lines] : [];

const called = (words: readonly string[]): string => ['reprieve', ...words].join(' ');

function option(name: OptionName, isNeeded = false): string {
  const { short, value, help } = rowOf(name);
  const left = `--${name}${short ? ` -${short}` : ''}${value ? ` ${value}` : ''}`;
  return line(left, isNeeded ? `[Required] ${help}` : help);
}

const globals = (): readonly string[] =>
  section(
    'Global Arguments',
    GLOBAL.map((name) => option(name)),
  );

export function helpOfCommand({ words, help, file, needs = [], takes = [], examples }: Command): string {
  return [
    'Command',
    `    ${called(words)}${file ? ' FILE' : ''} : ${help}`,
    ...section('File', file ? [`    ${file}`] : []),
    ...section('Arguments', [...needs.map((name) => option(name, true)), ...takes.map((name) => option(name))]),
    ...globals(),
    ...section(
      'Examples',
      examples.map((example) => `    npx reprieve ${example}`),
    ),
  ].join('\n');
}

const under = (group: string): readonly Command[] => COMMANDS.filter(({ words }) => words[0] === group);

export const helpOfGroup = (group: string): string =>
  [
    'Group',
    `    ${called([group])} : ${GROUPS[group]}`,
    ...section(
      'Commands',
      under(group).map(({ words, help, isDefault }) => line(words[1] ?? '', isDefault ? `${help} (default)` : help)),
    ),
    ...globals(),
    '',
    `For more about a command: npx ${called([group])} <command> --help`,
  ].join('\n');

export const helpOfAll = (): string =>
  [
    'reprieve : soft delete that people trust with their last copy',
    ...section(
      'Groups',
      Object.entries(GROUPS).map(([group, help]) => line(group, help)),
    ),
    ...section(
      'Commands',
      COMMANDS.filter(({ words }) => words.length === 1).map(({ words, help }) => line(words[0] ?? '', help)),
    ),
    ...globals(),
    ...section('Environment', [
      line('REPRIEVE_URL', 'Where the service is.'),
      line('REPRIEVE_TOKEN', 'Your access token. Without it the Azure CLI is asked for one.'),
      line('REPRIEVE_RESOURCE', 'Application that the Azure CLI gets a token for: api://<id>.'),
      line('REPRIEVE_SECURITY_PIN', 'Security PIN for deleting hybrid backups.'),
      line('NO_COLOR', 'Set it to anything for output without colours.'),
    ]),
    ...section('Exit codes', ['    0 done   1 refused by the service   2 wrong usage   3 service not reachable']),
    '',
    'For more: npx reprieve <group or command> --help',
  ].join('\n');
