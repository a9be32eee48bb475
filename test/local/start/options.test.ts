import { describe, expect, test } from 'vitest';
import { help } from '../../../local/help.ts';
import { FLAGS, readCommand } from '../../../local/options.ts';

const USUAL = {
  port: 7071,
  storagePort: 10_000,
  mailPort: 7072,
  idpPort: 7073,
  ephemeral: false,
  json: false,
  timer: true,
  executor: true,
  func: false,
  data: '.reprieve',
};
const FREE = { port: 0, storagePort: 0, mailPort: 0, idpPort: 0 };

describe('a start is what the command line says', () => {
  const cases: readonly [string, string[], Record<string, string>, object][] = [
    ['nothing said: the usual ports', [], {}, {}],
    [
      'each port by itself',
      ['--port', '1', '--mail-port=2', '--idp-port', '3'],
      {},
      { port: 1, mailPort: 2, idpPort: 3 },
    ],
    ['port 0 is a port', ['--storage-port', '0'], {}, { storagePort: 0 }],
    ['ephemeral takes free ports', ['--ephemeral'], {}, { ...FREE, ephemeral: true }],
    ['ephemeral keeps a given port', ['--ephemeral', '--port', '8080'], {}, { ...FREE, ephemeral: true, port: 8080 }],
    [
      'the environment says the same',
      [],
      { REPRIEVE_EPHEMERAL: '1', REPRIEVE_JSON: 'true' },
      { ...FREE, ephemeral: true, json: true },
    ],
    ['a switch can be off', [], { REPRIEVE_EPHEMERAL: '0', REPRIEVE_PORT: '' }, {}],
    ['the command line beats the environment', ['--port', '2'], { REPRIEVE_PORT: '1' }, { port: 2 }],
    ['a schedule', ['--schedule', '*/5 * * * * *'], {}, { schedule: '*/5 * * * * *' }],
    ['no timer', ['--no-timer'], {}, { timer: false }],
    ['no executor', [], { REPRIEVE_NO_EXECUTOR: '1' }, { executor: false }],
    ['the last of two counts', ['--port', '1', '--port', '2'], {}, { port: 2 }],
    ['another data folder', ['--data', 'elsewhere', '--func'], {}, { data: 'elsewhere', func: true }],
  ];
  test.each(cases)('%s', (_, argv, env, expected) => {
    expect(readCommand(argv, env)).toEqual({ kind: 'run', options: { ...USUAL, ...expected } });
  });
});

describe('what cannot be meant is refused in one sentence', () => {
  const cases: readonly [string[], Record<string, string>, string][] = [
    [['--prot', '1'], {}, 'There is no option --prot; npm start -- --help lists them.'],
    [['-x'], {}, 'There is no option -x; npm start -- --help lists them.'],
    [['now'], {}, 'There is no option now; npm start -- --help lists them.'],
    [['--port', 'http'], {}, '--port wants a port number from 0 to 65535, not "http".'],
    [['--port', '65536'], {}, '--port wants a port number from 0 to 65535, not "65536".'],
    [['--port', '-1'], {}, '--port wants a port number from 0 to 65535, not "-1".'],
    [['--port'], {}, '--port wants a port number from 0 to 65535, not nothing.'],
    [['--storage-port', '65534'], {}, '--storage-port wants a port number from 0 to 65533, not "65534".'],
    [['--json=yes'], {}, '--json takes no value.'],
    [['--schedule', '* * * * *'], {}, '--schedule wants six cron fields, such as "0 */5 * * * *", not "* * * * *".'],
    [
      ['--schedule', '61 * * * * *'],
      {},
      '--schedule wants six cron fields, such as "0 */5 * * * *", not "61 * * * * *".',
    ],
    [[], { REPRIEVE_JSON: 'maybe' }, 'REPRIEVE_JSON wants 1 or 0, not "maybe".'],
    [[], { REPRIEVE_IDP_PORT: '1.5' }, 'REPRIEVE_IDP_PORT wants a port number from 0 to 65535, not "1.5".'],
  ];
  test.each(cases)('%j %j', (argv, env, sentence) => {
    expect(readCommand(argv, env)).toEqual({ kind: 'wrong', sentence });
  });
});

test('the help names every option', () => {
  expect(readCommand(['--help'], {})).toEqual({ kind: 'help' });
  for (const flag of FLAGS) expect(help()).toContain(`--${flag}`);
});
