import { FLAGS, OPTIONS, variableOf } from './options.ts';

const VALUE = { switch: '', port: ' <port>', ports: ' <port>', cron: ' "<cron>"', folder: ' <folder>' } as const;

export const help = (): string =>
  [
    'npm start -- [options]    runs Reprieve and all it needs on this machine',
    '',
    ...FLAGS.map((flag) => `  ${`--${flag}${VALUE[OPTIONS[flag].kind]}`.padEnd(26)}${OPTIONS[flag].says}`),
    '',
    'Port 0 takes a free one. Every option is also an environment variable; the command line beats it:',
    ...FLAGS.filter((flag) => flag !== 'help').map((flag) => `  ${variableOf(flag)}`),
    'Switches are on with 1.',
  ].join('\n');
