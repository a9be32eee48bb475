/** PURE. What people would otherwise pick, measured once beside this service, and what this service asks for today. */
import { table } from '../pages/sections.ts';
import { COUNTED, type Cost, LIFE, LONGER } from './counted.ts';
import { PRICES } from './prices.ts';
import { QUIET_MINUTE } from './quiet.ts';

const MILLION = 1_000_000;
const WAITING = 100_000;

/** Requests of the same kinds as the others': to tables, and messages that are put. */
function today(name: string, { requests, sends }: Cost): readonly string[] {
  const [tables, queue] = [requests, sends].map((one) => one.toFixed(2));
  return [`**${name}, today**`, `**${(requests + sends).toFixed(2)}** (${tables} + ${queue} + 0)`, '–', '–'];
}

const PURGES: readonly (readonly string[])[] = [
  today('Reprieve, one due a vault', COUNTED.purgeAlone),
  ['the same when it was measured', '3.09 (2.09 + 1 + 0)', '3.4 (2.4 to 4.8)', '107 (72 to 155)'],
  today('Reprieve, fifty due a vault', COUNTED.purgeTogether),
  ['the same when it was measured', '0.29 (0.23 + 0.06 + 0)', '0.8 (0.6 to 1.3)', '645 (290 to 964)'],
  ['naive timer, one a vault', '7.00 (6 + 1 + 0)', '5.0 (3.6 to 5.8)', '72 (66 to 105)'],
  ['naive timer, fifty a vault', '6.02 (5.02 + 1 + 0)', '4.0 (2.9 to 5.1)', '111 (17 to 154)'],
  [
    'Durable Functions, one timer (up to 6 days), firing only',
    '25.6 (11.1 + 14.5 + 0.01)',
    '21 (18 to 23)',
    '4.8 (3.7 to 6.0)',
  ],
  ['Durable Functions, 14 days (5 timers), firing only', '49.4 (23.3 + 26.1 + 0.02)', '50', '–'],
  ['pg-boss, fifty in a batch, 2 workers', '0.144 round trips', '0.26', '219'],
  ['pg-boss, one at a time, 10 workers', '7.1 round trips', '3.3', '20'],
];

/** Its deletion puts a message, and it shares those of its reminder and of its purge with others. */
function lifeToday(name: string, requests: number, { sends }: Cost): readonly string[] {
  const messages = COUNTED.stop.sends + 2 * sends;
  const dollars = MILLION * (requests * PRICES.table.is + messages * PRICES.queue.is);
  return [`**${name}, today**`, `**${requests.toFixed(1)}**`, `**${dollars.toFixed(2)}**`];
}

const LIVES: readonly (readonly string[])[] = [
  lifeToday('Reprieve, one a vault', LIFE.alone, COUNTED.purgeAlone),
  ['the same when it was measured', '51.7', '2.66'],
  lifeToday('Reprieve, fifty a vault', LIFE.together, COUNTED.purgeTogether),
  ['the same when it was measured', '33.0', '1.64'],
  ['Durable Functions, 14 days', '63.4', '13.57'],
  ['Durable Functions, up to 6 days', '40.3', '8.80'],
  [
    'pg-boss, to schedule and to purge in batches',
    '4.1 round trips',
    'a server by the hour; its price was not looked up',
  ],
  ['naive timer, the purge only', '6.0 to 7.0', '0.58 to 0.62'],
];

const PROMISES: readonly (readonly string[])[] = [
  [
    'undelete against purge',
    'one conditional write decides',
    'safe only if the activity itself checks the tag of the row; an event comes too late once the timer fired',
    'safe, one transaction',
    'lost: the points go before the check',
  ],
  [
    'a mail for each purge, once',
    'put at least once, told once',
    'at least once: one kill doubled 2 of 200',
    'put once, sent at least once',
    'none if it dies between the two',
  ],
  [
    'after `kill -9`',
    'the next sweep purges the rest',
    'the last after 5 minutes',
    'the last after 15 minutes, by default',
    'the next run; mails are lost',
  ],
  [
    'while an item waits',
    'nothing, or a request or two a day where points age',
    'nothing for 6 days, then a timer of 5.8 requests every 3 days',
    'nothing',
    'a scan of the table',
  ],
  [
    'a longer retention for 100,000 that wait',
    `4 requests a vault at once; then an operation brings the hints after it, ${LONGER} requests an item: ${(LONGER * WAITING).toLocaleString('en')}; none when the old dates come`,
    '710,000 requests now and 454,000 later; none now, where the orchestration was written for it',
    'one transaction of 4.7 s, past the API of the library',
    'nothing, where it is derived from the vault',
  ],
  [
    'a quiet hour',
    `${Math.round(QUIET_MINUTE)} requests a minute; 106 when it was measured`,
    '42 requests a minute',
    '310 round trips a minute',
    'one scan in five minutes',
  ],
  ['scales to zero', 'yes', 'yes', 'no: a server', 'yes'],
];

export const PEERS: readonly string[] = [
  ...table(
    ['a purge', 'requests (tables + queues + blobs)', "ms of the client's processor", 'purges a second'],
    PURGES,
  ),
  '',
  ...table(['a whole life', 'requests of an item', '$ for a million'], LIVES),
  '',
  ...table(['what is promised', 'Reprieve', 'Durable Functions', 'pg-boss', 'naive timer'], PROMISES),
];
