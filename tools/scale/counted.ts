/**
 * What each kind of work asks of storage, for one item, one point or one mail. The figures are counted: test/tools/scale runs the real
 * verbs and the real sweep over tables that write down every request, and fails when a line here says anything else. Its message is the line
 * that belongs here; then `npm run scale` writes the page anew.
 */

/** Rows that are read and rows that are written. A look that finds nothing counts as one row. */
export type Rows = readonly [read: number, written: number];

export interface Cost {
  /** Requests to tables; a page of 1,000 rows is one, and a transaction is one. */
  readonly requests: number;
  /** Where the rows lie. `vault`, `agenda` and `scattered` are many partitions; every other place is one, which all vaults share. */
  readonly rows: Readonly<Record<string, Rows>>;
  /** Messages put into a queue. */
  readonly sends: number;
  /** Functions that run: a request over HTTP, a turn of the timer, a message taken from a queue. */
  readonly executions: number;
}

export const QUEUE = 'queue';

export const WORKS = [
  'purgeAlone',
  'purgeTogether',
  'expiryAlone',
  'expiryTogether',
  'point',
  'protect',
  'stop',
  'undelete',
  'mailAlone',
  'mailTogether',
  'emptySweep',
] as const;
export type Work = (typeof WORKS)[number];

/** Table requests of an item from its deletion to the end of its tombstone, alone in its vault and as one of fifty: see test/flows/sweep/life.test.ts. */
export const LIFE = { alone: 10.5, together: 4.5 } as const;

/** And of one that waits in the trash when its vault lengthens the period: see test/flows/items/operations/extendRetention.test.ts. */
export const LONGER = 1.3;

export const COUNTED: Readonly<Record<Work, Cost>> = {
  purgeAlone: {
    requests: 1.05,
    rows: { '~service': [0.002, 0.003], agenda: [1, 2], vault: [0, 10] },
    sends: 0.021,
    executions: 0.001,
  },
  purgeTogether: {
    requests: 0.119,
    rows: { '~service': [0.002, 0.003], agenda: [1.004, 1.02], vault: [0, 7.24] },
    sends: 0.02,
    executions: 0.001,
  },
  expiryAlone: {
    requests: 3.333,
    rows: { '~service': [0.007, 0.013], agenda: [1, 2], vault: [8, 3] },
    sends: 0,
    executions: 0.007,
  },
  expiryTogether: {
    requests: 1.22,
    rows: { '~service': [0.007, 0.013], agenda: [1.093, 2], vault: [1.12, 2.04] },
    sends: 0,
    executions: 0.007,
  },
  point: { requests: 2, rows: { vault: [1, 3] }, sends: 0, executions: 1 },
  protect: { requests: 5, rows: { sources: [1, 1], vault: [6, 7] }, sends: 0, executions: 1 },
  stop: {
    requests: 3.1,
    rows: { '~service': [0.1, 0], agenda: [0, 4], vault: [1, 10] },
    sends: 1,
    executions: 1,
  },
  undelete: { requests: 2, rows: { vault: [1, 9] }, sends: 1, executions: 1 },
  mailAlone: { requests: 2.8, rows: { scattered: [0, 2], vault: [3, 1] }, sends: 0, executions: 0.1 },
  mailTogether: { requests: 0.24, rows: { scattered: [0, 2], vault: [3, 1] }, sends: 0, executions: 0.02 },
  emptySweep: { requests: 18, rows: { '~service': [1, 2], agenda: [16, 0] }, sends: 0, executions: 1 },
};
