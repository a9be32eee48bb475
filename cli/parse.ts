import { parseArgs } from 'node:util';
import { type Command, optionsOf } from './command.ts';
import { COMMANDS, GROUPS } from './commands.ts';
import { ALL, type Given, GLOBAL, type OptionName, parsable } from './options.ts';
import { WrongUsage } from './trouble.ts';

export type Asked =
  | { readonly kind: 'version' }
  | { readonly kind: 'help'; readonly of: Command | string | undefined }
  | { readonly kind: 'command'; readonly command: Command; readonly given: Given };

/** Which command, with which options. Throws what is wrong with them. */
export function parse(args: readonly string[]): Asked {
  const { words, wantsHelp, wantsVersion } = glance(args);
  if (wantsHelp || args.length === 0) return { kind: 'help', of: helpOf(words) };
  if (wantsVersion) return { kind: 'version' };
  if (words.length === 0) throw new WrongUsage('Which command?');
  const command = commandOf(words);
  if (!command) throw unknown(words);
  return { kind: 'command', command, given: givenTo(command, args, words) };
}

/** A first look that accepts every option there is: it only tells words from values. */
function glance(args: readonly string[]) {
  const { positionals, values } = parseArgs({
    args: [...args],
    options: parsable(ALL),
    strict: false,
    allowPositionals: true,
  });
  return { words: positionals, wantsHelp: values['help'] === true, wantsVersion: values['version'] === true };
}

/** The help that comes closest: of the command, else of its group, else of all. */
function helpOf(words: readonly string[]): Command | string | undefined {
  const [first] = words;
  if (words.length === 1 && isGroupName(first)) return first;
  return commandOf(words) ?? (isGroupName(first) ? first : undefined);
}

const isGroupName = (word: string | undefined): word is string => word !== undefined && Object.hasOwn(GROUPS, word);

const commandOf = (words: readonly string[]): Command | undefined =>
  COMMANDS.find((one) => one.words.every((word, index) => words[index] === word)) ??
  COMMANDS.find((one) => one.isDefault && words.length === 1 && one.words[0] === words[0]);

function unknown([first = '', second]: readonly string[]): Error {
  if (!isGroupName(first)) {
    const names = [...Object.keys(GROUPS), ...COMMANDS.flatMap(({ words }) => (words.length === 1 ? words : []))];
    return new WrongUsage(`"${first}" is not a command. There are: ${names.join(', ')}`);
  }
  const names = COMMANDS.flatMap(({ words: [group, name] }) => (group === first && name ? [name] : []));
  const said = second === undefined ? `What about the ${first}?` : `"${first} ${second}" is not a command.`;
  return new WrongUsage(`${said} There are: ${names.join(', ')}`, `reprieve ${first} --help`);
}

function givenTo(command: Command, args: readonly string[], words: readonly string[]): Given {
  const help = `reprieve ${command.words.join(' ')} --help`;
  const [file, ...more] = command.file ? words.slice(command.words.length) : [];
  const extra = command.file ? more : words.slice(command.words.length);
  if (extra.length > 0) throw new WrongUsage(`What is "${extra.join(' ')}"? Every value has its option.`, help);
  const given = strictly(args, [...optionsOf(command), ...GLOBAL], help);
  const missing = (command.needs ?? []).filter((name) => given[name] === undefined);
  if (missing.length > 0)
    throw new WrongUsage(
      `The following arguments are required: ${missing.map((name) => `--${name}`).join(', ')}`,
      help,
    );
  const empty = optionsOf(command).find((name) => given[name] === '');
  if (empty) throw new WrongUsage(`--${empty} is empty.`, help);
  const complaint = command.check?.(given);
  if (complaint) throw new WrongUsage(complaint, help);
  return file === undefined ? given : { ...given, file };
}

function strictly(args: readonly string[], names: readonly OptionName[], help: string): Given {
  try {
    return parseArgs({ args: [...args], options: parsable(names), strict: true, allowPositionals: true }).values;
  } catch (error) {
    // its first sentence says what is wrong; the rest explains positionals, and no command takes any
    throw new WrongUsage(
      error instanceof Error ? (error.message.split(/(?<=[.'])\s(?=[A-Z])/)[0] ?? '') : String(error),
      help,
    );
  }
}
