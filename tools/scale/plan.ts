/** PURE. A hundred million items in a million vaults, each backed up once a day: what that takes. */
import { COUNTED } from './counted.ts';
import { LIMITS } from './limits.ts';
import { instancesFor, LATENCIES, type Limits, ofAccounts, together } from './model.ts';
import { PER_INSTANCE } from './month.ts';

export const ITEMS = 100_000_000;
export const VAULTS = 1_000_000;
export const NIGHT_HOURS = 8;
/** Nobody plans with all of what a page promises. */
export const FILL = 0.5;
const DAY_SECONDS = 86_400;
const MONTH_SECONDS = 30 * DAY_SECONDS;

/** A day of an item: its backup is recorded, and its oldest point expires, at the hour of its policy as those of its vault do. */
export const DAILY = together(COUNTED.point, COUNTED.expiryTogether);
const { protect, stop, purgeAlone, mailAlone } = COUNTED;
const CHURN = together(protect, stop, purgeAlone, mailAlone, mailAlone, mailAlone);
const CHURNED = 0.02;

const rowsOf = ({ rows }: typeof DAILY): number =>
  Object.values(rows)
    .flat()
    .reduce((all, one) => all + one, 0);

export function planOf(limits: Limits = LIMITS) {
  const average = ITEMS / DAY_SECONDS;
  const night = ITEMS / (NIGHT_HOURS * 3600);
  let accounts = 1;
  while (ofAccounts(DAILY, accounts, limits).units * FILL < night) accounts += 1;
  return {
    average,
    night,
    rows: rowsOf(DAILY),
    churnedRows: (ITEMS * CHURNED * rowsOf(CHURN)) / MONTH_SECONDS,
    accounts,
    vaultsOfAccount: VAULTS / accounts,
    /** Those that answer the agents. */
    http: Math.ceil(night / PER_INSTANCE),
    /** Those that sweep. */
    sweeping: LATENCIES.map((latencyMs) => instancesFor(night, COUNTED.expiryTogether, latencyMs)),
  };
}
