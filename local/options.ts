/** What `npm start` can be told, on the command line (`npm start -- --port 8080`) or by environment variables. */
import { parseArgs } from 'node:util';
import { isSchedule } from '../src/schedule.ts';

type Kind = 'switch' | 'port' | 'ports' | 'cron' | 'folder';

interface Row {
  readonly kind: Kind;
  readonly says: string;
}

export const OPTIONS = {
  port: { kind: 'port', says: 'where the API listens (7071)' },
  'storage-port': { kind: 'ports', says: 'blob storage; queue and table take the two next (10000)' },
  'mail-port': { kind: 'port', says: 'the mail stand-in (7072)' },
  'idp-port': { kind: 'port', says: 'the identity provider (7073)' },
  ephemeral: { kind: 'switch', says: 'all in memory, on free ports; nothing on disk' },
  json: { kind: 'switch', says: 'print the ready line as one JSON object, everything else on stderr' },
  schedule: { kind: 'cron', says: 'when the sweep runs: six fields, seconds first, UTC' },
  'no-timer': { kind: 'switch', says: 'the sweep runs only when asked' },
  'no-executor': { kind: 'switch', says: 'without the example executor, which deletes blobs' },
  func: { kind: 'switch', says: "run on Microsoft's Functions Core Tools (`func start`) instead of the built-in host" },
  data: { kind: 'folder', says: 'where data is kept between runs (.reprieve)' },
  help: { kind: 'switch', says: 'this' },
} as const satisfies Readonly<Record<string, Row>>;

type Flag = keyof typeof OPTIONS;

export interface Options {
  readonly port: number;
  readonly storagePort: number;
  readonly mailPort: number;
  readonly idpPort: number;
  readonly ephemeral: boolean;
  readonly json: boolean;
  readonly schedule?: string;
  readonly timer: boolean;
  readonly executor: boolean;
  readonly func: boolean;
  readonly data: string;
}

export type Command =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly sentence: string };

const KINDS: { readonly [K in Kind]: { readonly accepts: (text: string) => boolean; readonly wants: string } } = {
  switch: { accepts: (text) => ['0', '1', 'true', 'false'].includes(text), wants: '1 or 0' },
  port: { accepts: (text) => isNumber(text, 65_535), wants: 'a port number from 0 to 65535' },
  ports: { accepts: (text) => isNumber(text, 65_533), wants: 'a port number from 0 to 65533' },
  cron: { accepts: isSchedule, wants: 'six cron fields, such as "0 */5 * * * *"' },
  folder: { accepts: (text) => text !== '', wants: 'a folder' },
};

export const variableOf = (flag: string): string => `REPRIEVE_${flag.toUpperCase().replaceAll('-', '_')}`;

export const FLAGS: readonly Flag[] = Object.keys(OPTIONS).filter(isFlag);

function isFlag(name: string): name is Flag {
  return Object.hasOwn(OPTIONS, name);
}

/** The command line beats the environment. */
export function readCommand(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const texts = new Map<Flag, string>();
  for (const flag of FLAGS) {
    const text = env[variableOf(flag)];
    if (text === undefined || text === '') continue;
    if (!KINDS[OPTIONS[flag].kind].accepts(text)) return wrong(`${variableOf(flag)} wants`, flag, text);
    texts.set(flag, text);
  }
  const { tokens } = parseArgs({ args: [...argv], options: PARSED, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') return unknown(token.value);
    if (token.kind === 'option-terminator') continue;
    if (!isFlag(token.name)) return unknown(token.rawName);
    const isSwitch = OPTIONS[token.name].kind === 'switch';
    if (isSwitch && token.value !== undefined) return wrongSentence(`--${token.name} takes no value.`);
    const text = isSwitch ? '1' : (token.value ?? '');
    if (!KINDS[OPTIONS[token.name].kind].accepts(text)) return wrong(`--${token.name} wants`, token.name, text);
    texts.set(token.name, text);
  }
  return on(texts, 'help') ? { kind: 'help' } : { kind: 'run', options: assemble(texts) };
}

const PARSED = Object.fromEntries(
  FLAGS.map((flag) => [flag, { type: OPTIONS[flag].kind === 'switch' ? 'boolean' : 'string' } as const]),
);

function assemble(texts: ReadonlyMap<Flag, string>): Options {
  const ephemeral = on(texts, 'ephemeral');
  const port = (flag: Flag, usual: number) => Number(texts.get(flag) ?? (ephemeral ? 0 : usual));
  const schedule = texts.get('schedule');
  return {
    port: port('port', 7071),
    storagePort: port('storage-port', 10_000),
    mailPort: port('mail-port', 7072),
    idpPort: port('idp-port', 7073),
    ephemeral,
    json: on(texts, 'json'),
    ...(schedule === undefined ? {} : { schedule }),
    timer: !on(texts, 'no-timer'),
    executor: !on(texts, 'no-executor'),
    func: on(texts, 'func'),
    data: texts.get('data') ?? '.reprieve',
  };
}

const on = (texts: ReadonlyMap<Flag, string>, flag: Flag): boolean => ['1', 'true'].includes(texts.get(flag) ?? '');

const unknown = (name: string): Command => wrongSentence(`There is no option ${name}; npm start -- --help lists them.`);

const wrong = (who: string, flag: Flag, text: string): Command =>
  wrongSentence(`${who} ${KINDS[OPTIONS[flag].kind].wants}, not ${text === '' ? 'nothing' : `"${text}"`}.`);

const wrongSentence = (sentence: string): Command => ({ kind: 'wrong', sentence });

const isNumber = (text: string, max: number): boolean => /^\d{1,5}$/.test(text) && Number(text) <= max;
