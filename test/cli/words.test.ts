import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../cli/commands.ts';
import about from '../../cli/package.json' with { type: 'json' };
import { parse } from '../../cli/parse.ts';
import { type } from './io.ts';

describe('wrong usage ends with 2, says what is wrong and where to read on, and asks the service nothing', () => {
  test.each([
    [['nope'], '"nope" is not a command. There are: vaults, items, alerts'],
    [['items'], 'What about the items? There are: list, show'],
    [['items', 'nope'], '"items nope" is not a command.'],
    [['items', 'list'], 'The following arguments are required: --vault'],
    [['items', 'show', '-v', 'contoso'], 'The following arguments are required: --item'],
    [['items', 'list', '-v', 'contoso', '--nope'], "Unknown option '--nope'"],
    [['items', 'list', '-v', 'contoso', '--days', '3'], "Unknown option '--days'"],
    [['items', 'list', 'contoso', '-v', 'contoso'], 'What is "contoso"? Every value has its option.'],
    [['items', 'list', '--vault', ''], '--vault is empty.'],
    [['items', 'list', '--vault', '..'], '".." is not a name.'],
    [['items', 'stop', '-v', 'c', '-i', 'i', '--delete', '--retain-per-policy'], 'contradict each other'],
    [['items', 'stop', '-v', 'c', '-i', 'i', '--confirm-name', 'i'], '--confirm-name goes with --delete.'],
    [['forecast', '--days', '181'], '--days is a number from 1 to 180.'],
    [['forecast', '--days', '1e2'], '--days is a number from 1 to 180.'],
    [['deadletters', 'redrive'], 'Give --id or --all.'],
    [['deadletters', 'redrive', '--id', 'x', '--all'], 'Give --id or --all.'],
    [['vaults', 'undelete', '-v', 'c'], 'Say which: --all, or else'],
    [['vaults', 'undelete', '-v', 'c', '--dry-run'], 'Say which: --all, or else'],
    [['vaults', 'undelete', '-v', 'c', '--all', '--from', 'T'], 'Say which: --all, or else'],
    [['pause', '--reason', 'x'], '--until and --reason go together.'],
    [['pause', '--end', '--reason', 'x'], '--end stands alone.'],
    [['changes'], 'Say where: --vault or --guard.'],
    [
      ['grants', 'request', '--guard', 'g', '--operation', 'o', '--until', 'T', '--uses', 'x'],
      '--uses is a whole number.',
    ],
    [['executors', 'set', '--executor', 'e', '--callers', 'one'], '--callers is TENANT/ID'],
    [['executors', 'set', '--executor', 'e', '--hours', 'x'], '--hours is a whole number.'],
    [['vaults', 'executor', '-v', 'c'], 'Say what: --executor, --none or --parameters.'],
    [['vaults', 'executor', '-v', 'c', '--none', '--executor', 'e'], 'Either --executor or --none.'],
    [['vaults', 'executor', '-v', 'c', '--parameters', '[1]'], '--parameters is a JSON object.'],
    [['orders'], 'Say whose: --executor or --vault.'],
    [['orders', 'recall', '--id', 'x'], 'The following arguments are required: --reason'],
    [['orders', 'resolve', '--id', 'x', '--reason', 'r'], 'Say what is true: --retry, --confirmed or --abandoned.'],
    [
      ['orders', 'resolve', '--id', 'x', '--reason', 'r', '--retry', '--abandoned'],
      'Say what is true: --retry, --confirmed or --abandoned.',
    ],
    [['orders', 'resolve', '--id', 'x', '--reason', 'r', '--confirmed'], '--confirmed needs --proof'],
    [
      ['orders', 'resolve', '--id', 'x', '--reason', 'r', '--abandoned', '--proof', '{}'],
      '--proof goes with --confirmed.',
    ],
    [
      ['orders', 'resolve', '--id', 'x', '--reason', 'r', '--retry', '--confirm-name', 'i'],
      '--confirm-name is for closing an order.',
    ],
    [['orders', 'resolve', '--id', 'x', '--reason', 'r', '--abandoned'], 'To close an order, give --confirm-name'],
    [
      ['orders', 'resolve', '--id', 'x', '--reason', 'r', '--confirmed', '--proof', '[1]', '--confirm-name', 'i'],
      '--proof is a JSON object',
    ],
    [['vaults', '--url', 'ftp://somewhere'], '"ftp://somewhere" is not where a service is.'],
    [['vaults', '--url', 'https://me:secret@somewhere'], 'is not where a service is.'],
    [['--json'], 'Which command?'],
  ])('%j', async (line, said) => {
    const { code, out, err, sent } = await type(line);
    expect({ code, out, sent }).toEqual({ code: 2, out: '', sent: [] });
    if (!line.includes('--json')) expect(err).toMatch(/^ERROR: .*\nTry: npx reprieve .*--help\n$/);
    expect(err).toContain(said);
  });
});

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['--help', '--json']]])('of all: %j', async (line) => {
    const { code, out, err } = await type(line);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exit codes');
  });

  test.each([
    [['items', 'nope', '-h'], 'reprieve items : '],
    [['nope', '-h'], 'reprieve : '],
    [['items', 'stop', 'nope', '-h'], 'reprieve items stop : '],
    [['items', '-h', 'stop', '--vault', 'contoso'], 'reprieve items stop : '],
    [['vaults', 'list', '--version', '-h'], 'reprieve vaults list : '],
  ])('is what comes closest, whatever else was typed: %j', async (line, said) => {
    const { code, out, err, sent } = await type(line);
    expect({ code, err, sent }).toEqual({ code: 0, err: '', sent: [] });
    expect(out).toContain(said);
  });

  test('of a group names its commands', async () => {
    const { code, out } = await type(['items', '--help']);
    expect(code).toBe(0);
    for (const word of ['list', 'show', 'stop', 'undelete', 'resume', 'explain'])
      expect(out).toMatch(new RegExp(`^    ${word} `, 'm'));
  });

  test.each(COMMANDS.map((command) => [command.words.join(' '), command] as const))(
    'of %s has its options and examples that can be typed',
    async (words, { needs = [], takes = [], examples }) => {
      const { code, out } = await type([...words.split(' '), '-h']);
      expect(code).toBe(0);
      for (const name of needs) expect(out).toMatch(new RegExp(`--${name} .*\\[Required\\]`));
      for (const name of takes) expect(out).toContain(`--${name}`);
      expect(examples.length).toBeGreaterThan(0);
      for (const example of examples) expect(parse(wordsOf(example)).kind, example).toBe('command');
    },
  );

  test('stays readable: no line is longer than a wide terminal', async () => {
    for (const { words } of COMMANDS) {
      const { out } = await type([...words, '-h']);
      for (const line of out.split('\n')) expect(line.length, line).toBeLessThanOrEqual(140);
    }
  });
});

describe('the version', () => {
  test.each([[['--version']], [['items', '--version']], [['items', 'stop', '--version']], [['nope', '--version']]])(
    'after any word: %j',
    async (line) => {
      expect(await type(line)).toMatchObject({ code: 0, out: `${about.version}\n`, err: '', sent: [] });
    },
  );
});

/** As a shell would cut it, up to a pipe. */
const wordsOf = (line: string): readonly string[] =>
  (line.split(' | ')[0] ?? '').match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
