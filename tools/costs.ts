/** What a month costs, from counted requests and prices that anybody can look up: rows for docs/operations.md. */

/** US dollars, East US, pay as you go; docs/operations.md says of when they are, and how far they can be believed. */
const PRICES = {
  table: 0.00036 / 10_000,
  tableGB: 0.0562,
  queue: 0.004 / 10_000,
  gbSecond: 0.000026,
  /** Of an instance that waits, whether or not anybody comes. */
  readyGBSecond: 0.000004,
  execution: 0.4 / 1_000_000,
  mail: 0.00025,
  logGB: 2.3,
  /** Of what is kept, after the first three months, which are free. */
  keptLogGB: 0.1,
} as const;
const FREE = { gbSeconds: 100_000, executions: 250_000, logGB: 5 } as const;

/** Table requests, as docs/performance.md and test/flows/sweep/expiryCosts.test.ts count them. */
const COUNTED = { backup: 2, expiry: 4.2, protect: 4, stop: 3, purge: 2.08, sweep: 19, alert: 6 } as const;

const DAYS = 30;
const SECONDS = DAYS * 86_400;
/** One backup and one expired point an item a day; two of a hundred items deleted and as many protected, three alerts each to two people. */
const CHURN = 0.02;
const ALERTS = 3;
const PEOPLE = 2;
const SWEEPS = (DAYS * 24 * 60) / 5;
/** Three queues, each looked at every two seconds by at least one instance. */
const POLLS = (3 * SECONDS) / 2;
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
const INSTANCE_GB = 2;
const PER_INSTANCE = 100;

export function month(items: number) {
  const deletions = items * CHURN;
  const requests = items * DAYS + deletions * 2;
  const ofDay = DAYS * (COUNTED.backup + COUNTED.expiry);
  const ofDeletion = COUNTED.protect + COUNTED.stop + COUNTED.purge + ALERTS * COUNTED.alert;
  const tables = items * ofDay + deletions * ofDeletion + SWEEPS * COUNTED.sweep;
  const executions = requests + SWEEPS + deletions * ALERTS;
  const mails = deletions * ALERTS * PEOPLE;
  const alone = executions * INSTANCE_GB;
  const shared = Math.ceil(requests / SECONDS / PER_INSTANCE) * SECONDS * INSTANCE_GB;
  const gbSeconds = Math.min(alone, shared);
  const logGB = executions * LOG_GB;
  const costs = {
    tables: tables * PRICES.table,
    storage: items * (ITEM_GB + HISTORY_GB) * PRICES.tableGB,
    queues: POLLS * PRICES.queue,
    compute:
      READY * SECONDS * INSTANCE_GB * PRICES.readyGBSecond +
      Math.max(0, gbSeconds - FREE.gbSeconds) * PRICES.gbSecond +
      Math.max(0, executions - FREE.executions) * PRICES.execution,
    mails: mails * PRICES.mail,
    logs: Math.max(0, logGB - FREE.logGB) * PRICES.logGB + KEPT_MONTHS * logGB * PRICES.keptLogGB,
    moreHistory: items * HISTORY_GB * PRICES.tableGB,
  };
  return { tables, executions, mails, costs };
}

const COUNTS = { '10 k': 1e4, '1 M': 1e6, '100 M': 1e8 } as const;

const short = (value: number): string =>
  Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 2 }).format(value);
const dollars = (value: number): string => (value < 1 ? '< 1' : short(value));

export const costRows = (): readonly (readonly string[])[] =>
  Object.entries(COUNTS).map(([name, items]) => {
    const { tables, executions, mails, costs } = month(items);
    const { moreHistory, ...parts } = costs;
    const sum = Object.values(parts).reduce((all, one) => all + one, 0);
    const counts = [tables, executions, mails].map(short);
    return [name, ...counts, ...Object.values(parts).map(dollars), `**${dollars(sum)}**`, dollars(moreHistory)];
  });
