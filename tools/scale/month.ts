/** What a month costs, from counted requests and one table of prices. */
import host from '../../host.json' with { type: 'json' };
import { COUNTED } from './counted.ts';
import { FREE, PRICES } from './prices.ts';

const DAYS = 30;
const SECONDS = DAYS * 86_400;
/** One backup and one expired point an item a day; two of a hundred items deleted and as many protected, three alerts each to two people. */
const CHURN = 0.02;
const ALERTS = 3;
const PEOPLE = 2;
const SWEEPS = (DAYS * 24 * 60) / 5;
/** Each of three queues is looked at by at least one instance, as seldom as `host.json` allows. */
const POLL_SECONDS = Number(host.extensions.queues.maxPollingInterval.split(':').at(-1));
const POLLS = (3 * SECONDS) / POLL_SECONDS;
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

function month(items: number) {
  const deletions = items * CHURN;
  const requests = items * DAYS + deletions * 2;
  const { point, expiryTogether, protect, stop, purgeAlone, mailAlone, emptySweep } = COUNTED;
  const ofDay = DAYS * (point.requests + expiryTogether.requests);
  const ofDeletion = protect.requests + stop.requests + purgeAlone.requests + ALERTS * mailAlone.requests;
  const tables = items * ofDay + deletions * ofDeletion + SWEEPS * emptySweep.requests;
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

export const monthRows = (): readonly (readonly string[])[] =>
  Object.entries(COUNTS).map(([name, items]) => {
    const { tables, executions, mails, costs } = month(items);
    const { moreHistory, ...parts } = costs;
    const sum = Object.values(parts).reduce((all, one) => all + one, 0);
    const counts = [tables, executions, mails].map(short);
    return [name, ...counts, ...Object.values(parts).map(dollars), `**${dollars(sum)}**`, dollars(moreHistory)];
  });
