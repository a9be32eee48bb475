import { parseArgs } from 'node:util';
import { type Command, optionsOf } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { ALL, type Given, GLOBAL, type OptionName, parsable } from './options.ts';
import { usage } from './trouble.ts';

export type Asked =
  | { readonly kind: 'help'; readonly of: Command | string | undefined }
  | { readonly kind: 'command'; readonly command: Command; readonly given: Given };

/** Which command, with which options; throws what is wrong with them. */
export function parse(args: readonly string[]): Asked {
  const { words, wantsHelp } = glance(args);
  const command = commandOf(words);
  if (words.length === 0) {
    if (args.length === 0 || wantsHelp) return { kind: 'help', of: undefined };
    throw usage('Which command?');
  }
  if (wantsHelp) {
    const isGroup = words.length === 1 && isGroupName(words[0]);
    if (isGroup || command) return { kind: 'help', of: isGroup ? words[0] : command };
  }
  if (!command) throw unknown(words);
  return { kind: 'command', command, given: givenTo(command, args, words) };
}

/** A first look that complains of nothing, with all options there are: it only tells words from values. */
function glance(args: readonly string[]) {
  const { positionals, values } = parseArgs({
    args: [...args],
    options: parsable(ALL),
    strict: false,
    allowPositionals: true,
  });
  return { words: positionals, wantsHelp: values['help'] === true };
}

const isGroupName = (word: string | undefined): word is string => word !== undefined && Object.hasOwn(GROUPS, word);

const commandOf = (words: readonly string[]): Command | undefined =>
  COMMANDS.find((one) => one.words.every((word, index) => words[index] === word)) ??
  COMMANDS.find((one) => one.isDefault && words.length === 1 && one.words[0] === words[0]);

function unknown([first = '', second]: readonly string[]): Error {
  if (!isGroupName(first)) {
    const names = [...Object.keys(GROUPS), ...COMMANDS.flatMap(({ words }) => (words.length === 1 ? words : []))];
    return usage(`"${first}" is not a command. There are: ${names.join(', ')}`);
  }
  const names = COMMANDS.flatMap(({ words: [group, name] }) => (group === first && name ? [name] : []));
  const said = second === undefined ? `What about the ${first}?` : `"${first} ${second}" is not a command.`;
  return usage(`${said} There are: ${names.join(', ')}`, `reprieve ${first} --help`);
}

function givenTo(command: Command, args: readonly string[], words: readonly string[]): Given {
  const help = `reprieve ${command.words.join(' ')} --help`;
  const extra = words.slice(command.words.length);
  if (extra.length > 0) throw usage(`What is "${extra.join(' ')}"? Every value has its option.`, help);
  const given = strictly(args, [...optionsOf(command), ...GLOBAL], help);
  const missing = (command.needs ?? []).filter((name) => given[name] === undefined);
  if (missing.length > 0)
    throw usage(`The following arguments are required: ${missing.map((name) => `--${name}`).join(', ')}`, help);
  const empty = optionsOf(command).find((name) => given[name] === '');
  if (empty) throw usage(`--${empty} is empty.`, help);
  const complaint = command.check?.(given);
  if (complaint) throw usage(complaint, help);
  return given;
}

function strictly(args: readonly string[], names: readonly OptionName[], help: string): Given {
  try {
    return parseArgs({ args: [...args], options: parsable(names), strict: true, allowPositionals: true }).values;
  } catch (error) {
    // its first sentence says what is wrong, the rest how to pass positionals, which there are none of
    throw usage(error instanceof Error ? (error.message.split(/(?<=[.'])\s(?=[A-Z])/)[0] ?? '') : String(error), help);
  }
}
