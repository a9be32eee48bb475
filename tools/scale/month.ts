/** What a month costs, from counted requests and one table of prices. */
import { COUNTED } from './counted.ts';
import { FREE, PRICES } from './prices.ts';
import { POLL_SECONDS, QUEUE_FUNCTIONS, SWEEP_MINUTES } from './quiet.ts';

const DAYS = 30;
const SECONDS = DAYS * 86_400;
/** One backup and one expired point an item a day; two of a hundred items deleted and as many protected, three alerts each to two people. */
const CHURN = 0.02;
const ALERTS = 3;
const PEOPLE = 2;
const SWEEPS = (DAYS * 24 * 60) / SWEEP_MINUTES;
const POLLS = (QUEUE_FUNCTIONS * SECONDS) / POLL_SECONDS;
/** A message is put, taken and removed. */
export const QUEUE_OPERATIONS = 3;
/** A row of an item with thirty points, and its history of one month: sixty entries. */
const ITEM_GB = 8e-6;
const HISTORY_GB = 60 * 0.6e-6;
/** What the platform writes of a request, and our line. */
const LOG_GB = 2e-6;
/** As `infra/` deploys it: logs are kept for a year. */
const KEPT_MONTHS = 12 - 3;
/** As `infra/` deploys it: ALWAYS_READY. */
const READY = 1;
/** One instance has 2 GB, and at full load deals with some hundred requests a second; alone, a request is billed a second. */
export const INSTANCE_GB = 2;
export const PER_INSTANCE = 100;

/** Table requests of what happens in a month. */
type Asked = Readonly<Record<'point' | 'expiry' | 'protect' | 'stop' | 'purge' | 'mail' | 'sweep', number>>;
const TODAY: Asked = {
  point: COUNTED.point.requests,
  expiry: COUNTED.expiryTogether.requests,
  protect: COUNTED.protect.requests,
  stop: COUNTED.stop.requests,
  purge: COUNTED.purgeAlone.requests,
  mail: COUNTED.mailAlone.requests,
  sweep: COUNTED.emptySweep.requests,
};
/** As docs/operations.md counted them before the costs of calls were bounded. */
const BEFORE: Asked = { point: 2, expiry: 4.2, protect: 4, stop: 3, purge: 2.08, mail: 6, sweep: 19 };

function month(items: number, asked: Asked) {
  const deletions = items * CHURN;
  const requests = items * DAYS + deletions * 2;
  const ofDay = DAYS * (asked.point + asked.expiry);
  const ofDeletion = asked.protect + asked.stop + asked.purge + ALERTS * asked.mail;
  const tables = items * ofDay + deletions * ofDeletion + SWEEPS * asked.sweep;
  const executions = requests + SWEEPS + deletions * ALERTS;
  const mails = deletions * ALERTS * PEOPLE;
  const alone = executions * INSTANCE_GB;
  const shared = Math.ceil(requests / SECONDS / PER_INSTANCE) * SECONDS * INSTANCE_GB;
  const gbSeconds = Math.min(alone, shared);
  const logGB = executions * LOG_GB;
  const costs = {
    tables: tables * PRICES.table.is,
    storage: items * (ITEM_GB + HISTORY_GB) * PRICES.tableGB.is,
    queues: (POLLS + QUEUE_OPERATIONS * deletions * ALERTS) * PRICES.queue.is,
    compute:
      READY * SECONDS * INSTANCE_GB * PRICES.readyGBSecond.is +
      Math.max(0, gbSeconds - FREE.gbSeconds) * PRICES.gbSecond.is +
      Math.max(0, executions - FREE.executions) * PRICES.execution.is,
    mails: mails * PRICES.mail.is,
    logs: Math.max(0, logGB - FREE.logGB) * PRICES.logGB.is + KEPT_MONTHS * logGB * PRICES.keptLogGB.is,
    moreHistory: items * HISTORY_GB * PRICES.tableGB.is,
  };
  return { tables, executions, mails, costs };
}

const COUNTS = { '10 k': 1e4, '1 M': 1e6, '100 M': 1e8 } as const;

export const short = (value: number): string =>
  Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 }).format(value);
const dollars = (value: number): string => (value < 1 ? '< 1' : short(value));

export const MONTH = [
  'items',
  'table requests (before)',
  'executions',
  'mails',
  'tables, $ (before)',
  'storage, $',
  'queues, $',
  'compute, $',
  'mails, $',
  'logs, $',
  'sum, $',
  'history grows by, $',
] as const;

export const monthRows = (): readonly (readonly string[])[] =>
  Object.entries(COUNTS).map(([name, items]) => {
    const { executions, mails, tables, costs } = month(items, TODAY);
    const before = month(items, BEFORE);
    const { moreHistory, tables: ofTables, ...others } = costs;
    const sum = Object.values(others).reduce((all, one) => all + one, ofTables);
    return [
      name,
      `${short(tables)} (${short(before.tables)})`,
      ...[executions, mails].map(short),
      `${dollars(ofTables)} (${dollars(before.costs.tables)})`,
      ...Object.values(others).map(dollars),
      `**${dollars(sum)}**`,
      dollars(moreHistory),
    ];
  });
