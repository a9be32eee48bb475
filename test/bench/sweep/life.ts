/** Section: all that an item asks of storage, from its deletion to the end of its tombstone. Counted over tables in memory. */
import { besideItsAddress } from '../../../src/core/mailIds.ts';
import { TOMBSTONE_DAYS } from '../../../src/core/retention.ts';
import { later } from '../../support/builders.ts';
import { table } from '../figures.ts';
import { leftByLonger, leftByUndelete } from './leftOver.ts';
import { deletion, FIFTY_A_VAULT, type Mail, ONE_A_VAULT, type Spread, swept, town } from './town.ts';

/** What becomes of an item, in this order. */
export const PHASES = [
  'deletion',
  'first',
  'waiting',
  'reminder',
  'purge',
  'afterwards',
  'tombstone',
  'telling',
] as const;
export type Phase = (typeof PHASES)[number];
/** Requests to tables; those of an item, if they are divided. */
export type Counts = Readonly<Record<Phase, number>>;

const REMINDED = 12;
const PURGED = 14;
const FORGOTTEN = PURGED + TOMBSTONE_DAYS + 1;
const EACH_DAY: readonly number[] = Array.from({ length: FORGOTTEN }, (_, day) => day + 1);
/** The days on which something happens, with those around them and the one on which the last point would have been over. */
export const FEW_DAYS: readonly number[] = [
  1,
  2,
  REMINDED - 1,
  REMINDED,
  REMINDED + 1,
  PURGED,
  PURGED + 1,
  30,
  FORGOTTEN - 1,
  FORGOTTEN,
];
const AT: Readonly<Record<number, Phase>> = {
  1: 'first',
  [REMINDED]: 'reminder',
  [PURGED]: 'purge',
  [FORGOTTEN]: 'tombstone',
};
const phaseOf = (day: number): Phase => AT[day] ?? (day < PURGED ? 'waiting' : 'afterwards');

/** A whole life of all of them: deleted, told of, swept once a day, reminded of, purged, forgotten. */
async function lived(spread: Spread, days: readonly number[]): Promise<Counts> {
  const { places, instanceAt, onDay, forEach } = await town(spread);
  const counts: Record<Phase, number> = {
    ...{ deletion: 0, first: 0, waiting: 0, reminder: 0, purge: 0, afterwards: 0, tombstone: 0, telling: 0 },
  };
  const note = (phase: Phase, { working, telling }: Awaited<ReturnType<typeof onDay>>) => {
    counts[phase] += working;
    counts.telling += telling;
  };
  note('deletion', await onDay(0, (ports) => forEach(ports, places, 'stopItem', deletion)));
  let [warned, purged] = [0, 0];
  for (const day of days) {
    const work = async (ports: Parameters<typeof swept>[0]) => {
      const report = await swept(ports);
      [warned, purged] = [warned + report.warned, purged + report.purged];
    };
    note(phaseOf(day), await onDay(day, work));
  }
  const left = await instanceAt(later(FORGOTTEN)).vaults.item('vault-0', 'vm-0');
  if (warned !== places.length || purged !== places.length || left)
    throw new Error(
      `of ${places.length} were reminded ${warned}, purged ${purged}, forgotten ${left ? 'none' : 'all'}`,
    );
  return counts;
}

/** What each item asks for, beside what the same days ask in the same vaults without any. */
export async function lifeOf(spread: Spread, days = EACH_DAY): Promise<Counts> {
  const [all, others] = [await lived(spread, days), await lived({ ...spread, each: 0 }, days)];
  const of = (phase: Phase) => [phase, (all[phase] - others[phase]) / (spread.vaults * spread.each)] as const;
  return Object.fromEntries(PHASES.map(of)) as Counts;
}

/** Of all but telling. */
export const wholeOf = ({ telling: _, ...others }: Counts): number =>
  Object.values(others).reduce((sum, count) => sum + count, 0);

/** As if each item had an address of its own. A vault has its addresses for all that is in it, so this is done behind its back. */
export const ofItsOwn = (spread: Spread): Spread => ({
  ...spread,
  told: (alert) => ({
    ...alert,
    notifications: alert.notifications?.map((one) => addressedTo(one, alert.item)) ?? null,
  }),
});

function addressedTo<M extends Mail>(mail: M, item: string | null): M {
  if (item === null || !mail.recipient.startsWith('vault-')) return mail;
  const recipient = `${item}.${mail.recipient}`;
  return { ...mail, recipient, operationId: besideItsAddress(mail.operationId, recipient) };
}

interface Row {
  readonly name: string;
  /** What an item may ask for, alone in its vault and as one of fifty. Absent: nobody has said. */
  readonly one?: number;
  readonly fifty?: number;
}

export const CEILINGS = {
  deletion: { name: 'delete request', one: 4, fifty: 3 },
  first: { name: 'first sweep after it', one: 1.1, fifty: 1.1 },
  waiting: { name: '13 days of waiting', one: 0, fifty: 0 },
  reminder: { name: 'reminder', one: 2.2, fifty: 0.3 },
  purge: { name: 'purge', one: 1.2, fifty: 0.15 },
  afterwards: { name: 'ninety days after it', one: 0, fifty: 0 },
  tombstone: { name: 'tombstone forgotten', one: 2.2, fifty: 0.3 },
  whole: { name: '**whole life**', one: 11, fifty: 5 },
  telling: { name: 'telling all three alerts, an address for each vault', one: 12, fifty: 7 },
  tellingEach: { name: 'the same, an address of its own for each item', one: 12, fifty: 7 },
  undelete: { name: 'the hints that an undelete leaves over', fifty: 0.2 },
  longer: { name: 'those of a longer retention, after its operation has ended', fifty: 0.3 },
} as const satisfies Readonly<Record<string, Row>>;
type Figure = keyof typeof CEILINGS;

async function figuresOf(spread: Spread): Promise<Readonly<Record<Figure, number>>> {
  const life = await lifeOf(spread);
  const { telling: tellingEach } = await lifeOf(ofItsOwn(spread), FEW_DAYS);
  const [undelete, longer] = [await leftByUndelete(spread), await leftByLonger(spread)];
  return { ...life, whole: wholeOf(life), tellingEach, undelete, longer };
}

/** Where every fiftieth deletion folds the tally, that is two requests more, beside the answer. */
export const FOLDING = 0.07;

function cellsOf(count: number, most: number | undefined, more = 0): readonly [string, string] {
  const shown = count.toFixed(2);
  return [
    most !== undefined && Number(shown) > most + more ? `${shown} above` : shown,
    most === undefined ? '–' : `${most}`,
  ];
}

export async function sweepLife(say: (line: string) => void): Promise<string> {
  say('one a vault');
  const one = await figuresOf(ONE_A_VAULT);
  say('fifty a vault');
  const fifty = await figuresOf(FIFTY_A_VAULT);
  const rows = (Object.keys(CEILINGS) as Figure[]).map((figure) => {
    const { name, ...most }: Row = CEILINGS[figure];
    const more = figure === 'deletion' ? FOLDING : 0;
    return [name, ...cellsOf(one[figure], most.one, more), ...cellsOf(fifty[figure], most.fifty, more)];
  });
  return [
    '## A whole life',
    `These figures are counts, so they do not depend on the machine. Two hundred items with three recovery points are deleted, and swept once a day until ${TOMBSTONE_DAYS} days after their purge; each vault has one recipient, and each day another instance. A figure is table requests an item, beside what the same days ask in the same vaults without any item. One deletion in fifty folds the tally of its vault, which is two requests more, and the first change of an instance in a vault is one more.`,
    'A vault has its addresses for all that is in it. For an address of its own each alert is written with another one than its vault has. The last two rows are no part of a life. Items that were undeleted one by one leave their hints to purge over: the telling of it strikes them, and the sweeps until they would have been due come by what is left, and tidy the vault. Where a vault lengthens its period an operation writes them anew, and the row is what the sweeps ask for from then until the old ones would have been due.',
    table(['', 'one a vault', 'ceiling', 'fifty a vault', 'ceiling'], rows),
  ].join('\n\n');
}
