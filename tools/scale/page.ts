/** PURE. The sections of docs/scale.md that are made from figures. */
import { table } from '../pages/sections.ts';
import { COUNTED, type Cost, type Rows, WORKS, type Work } from './counted.ts';
import { LIMITS } from './limits.ts';
import { CEILINGS, IN_FLIGHT, LATENCIES, MANY, ofAccounts, ofInstance, PURGE_CPU_MS, together } from './model.ts';
import { INSTANCE_GB, MONTH, monthRows, PER_INSTANCE, QUEUE_OPERATIONS, short } from './month.ts';
import { FILL, ITEMS, NIGHT_HOURS, planOf, VAULTS } from './plan.ts';
import { PRICES, type Price } from './prices.ts';
import { INSTANCES, WAYS } from './spread.ts';

const NAMES: Readonly<Record<Work, string>> = {
  purgeAlone: 'purge, alone in its vault',
  purgeTogether: 'purge, with fifty of its vault',
  expiryAlone: 'expiry of a point, alone in its vault',
  expiryTogether: 'expiry of a point, with fifty of its vault',
  point: 'record a recovery point',
  protect: 'protect',
  stop: 'stop, delete',
  undelete: 'undelete',
  mailAlone: 'mail, alone in its vault',
  mailTogether: 'mail, with fifty of its vault',
  emptySweep: 'a sweep with nothing due',
};

const number = (value: number): string => Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value);
/** No more digits than can be believed. */
const about = (value: number): string =>
  Intl.NumberFormat('en', { maximumSignificantDigits: value < 100 ? 2 : 3 }).format(value);
const counted = (value: number): string => String(Math.round(value * 1000) / 1000);
const rowsOf = (places: readonly (Rows | undefined)[]): string =>
  [0, 1].map((side) => counted(places.reduce((sum, place) => sum + (place?.[side] ?? 0), 0))).join(' + ');

const published = Object.values(LIMITS).map(({ is, what, page, read }) => [number(is), what, `<${page}>`, read]);

const costRows = WORKS.map((work) => {
  const { requests, rows: places, sends, executions } = COUNTED[work];
  const { vault, agenda, ...others } = places;
  const where = [[vault], [agenda], Object.values(others)].map((of) => rowsOf(of));
  return [NAMES[work], counted(requests), ...where, counted(sends), counted(executions)];
});

const ceilingRows = CEILINGS.map(({ work, vault, account, accounts, instances }) => [
  NAMES[work],
  `${about(vault.units)} (${vault.by})`,
  `${about(account.units)} (${account.by})`,
  `${about(accounts.units)} (${accounts.by})`,
  ...instances.map(({ needed }) => String(needed)),
]);

const perProcessor = 1000 / PURGE_CPU_MS;
const processors = [
  `An instance has ${IN_FLIGHT} requests under way at once. Instances are counted by how long requests take. A purge alone in its vault also`,
  `took ${PURGE_CPU_MS} ms of processor time on the machine of the benchmarks. At that rate one processor makes ${about(perProcessor)} such purges a second, and`,
  `one account keeps ${Math.ceil(ofAccounts(COUNTED.purgeAlone, 1).units / perProcessor)} processors busy, however fast storage answers.`,
];

const MILLION = 1_000_000;
const dollars = (value: number): string => (value < 0.005 ? '0' : value.toFixed(2));

/** What a million cost. An instance is paid while it works: for executions side by side, or for requests side by side. */
function millionRow(name: string, cost: Cost, mails: number): readonly string[] {
  const operations = cost.sends * QUEUE_OPERATIONS;
  const seconds = Math.max(cost.executions / PER_INSTANCE, 1 / ofInstance(cost, LATENCIES[0]));
  const parts = [
    cost.requests * PRICES.table.is,
    operations * PRICES.queue.is,
    cost.executions * PRICES.execution.is,
    seconds * INSTANCE_GB * PRICES.gbSecond.is,
    mails * PRICES.mail.is,
  ].map((one) => one * MILLION);
  const counts = [cost.requests, operations, cost.executions].map((one) => short(one * MILLION));
  const sum = parts.reduce((all, one) => all + one, 0);
  return [name, ...counts, ...parts.map(dollars), `**${dollars(sum)}**`];
}

const { purgeAlone, purgeTogether, mailAlone, mailTogether } = COUNTED;
const millionRows = [
  millionRow(`${NAMES.purgeAlone}, and its mail to one person`, together(purgeAlone, mailAlone), 1),
  millionRow(`${NAMES.purgeTogether}, and its mail to one person`, together(purgeTogether, mailTogether), 1),
  ...WORKS.filter((work) => !/^mail|^empty/.test(work)).map((work) => millionRow(NAMES[work], COUNTED[work], 0)),
];

const priceRows = Object.values(PRICES).map(({ what, quoted, from }: Price) => [
  what,
  quoted,
  from ?? '**not looked up again**: a price page of 2025',
]);

function planLines(): readonly string[] {
  const plan = planOf();
  const millions = (value: number) => `${number(value / MILLION)} million`;
  const entities = (perSecond: number) => about(perSecond * plan.rows);
  return table(
    ['what', 'figure'],
    [
      ['items · vaults', `${millions(ITEMS)} · ${millions(VAULTS)}`],
      ['entities a day of an item: its backup is recorded, and its oldest point expires', counted(plan.rows)],
      ['items a second, on average', number(plan.average)],
      ['entities a second, on average', entities(plan.average)],
      [`items a second, when all backups run in a night of ${NIGHT_HOURS} hours`, number(plan.night)],
      ['entities a second in that night', entities(plan.night)],
      [
        'entities a second for what is deleted, protected, purged and told (two of a hundred items a month)',
        about(plan.churnedRows),
      ],
      [`data accounts, each filled to ${number(FILL * 100)} % of what is published`, String(plan.accounts)],
      ['vaults in each', about(plan.vaultsOfAccount)],
      [`instances that answer the agents in that night, at ${PER_INSTANCE} requests a second`, String(plan.http)],
      [`instances that sweep in that night, at ${LATENCIES.join(' and ')} ms a request`, plan.sweeping.join(' and ')],
    ],
  );
}

export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  published: table(['figure', 'of what', 'page', 'read'], published),
  counted: table(
    ['work', 'table requests', 'rows in the vault', 'rows in the agenda', 'rows elsewhere', 'messages', 'executions'],
    costRows,
  ),
  ceilings: [
    ...processors,
    '',
    ...table(
      [
        'work',
        'a second in one vault',
        'in one account',
        `in ${MANY} accounts`,
        ...LATENCIES.map((latencyMs) => `instances for one account at ${latencyMs} ms`),
      ],
      ceilingRows,
    ),
  ],
  spread: table(
    ['what goes by queue', 'messages', ...INSTANCES.map((most) => `${most} at most`)],
    WAYS.map(({ name, messages, speedUps }) => [name, `${messages.length}`, ...speedUps.map((one) => one.toFixed(1))]),
  ),
  plan: planLines(),
  millions: table(
    [
      'a million of',
      'table requests',
      'queue operations',
      'executions',
      'tables, $',
      'queues, $',
      'executions, $',
      'instances, $',
      'mails, $',
      'sum, $',
    ],
    millionRows,
  ),
  months: table(MONTH, monthRows()),
  prices: table(['of what', 'dollars', 'from'], priceRows),
};
