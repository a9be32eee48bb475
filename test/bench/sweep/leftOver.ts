/** What hints ask for that are no longer true, an item: those that an undelete left, and those of a period that was made longer. */
import { deletion, type Spread, swept, town } from './town.ts';

const days = (from: number, to: number): readonly number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
/** Both hints of an item, to remind and to purge, are over two days before. */
const OVER = 16;
const LONGER = { softDelete: { retentionDays: 30 } };
/** Two days before they go by then. */
const REMINDED = 28;

/** As if the alerts rode on no hints: so nothing is struck when they are told. */
const ridingOnNothing = (spread: Spread): Spread => ({ ...spread, told: ({ rides: _, ...alert }) => alert });

/** Beside what the same days ask in the same vaults without any item. */
async function besideNone(spread: Spread, count: (spread: Spread) => Promise<number>): Promise<number> {
  const more = (await count(spread)) - (await count({ ...spread, each: 0 }));
  return more / (spread.vaults * spread.each);
}

async function undeleted(spread: Spread) {
  const { places, onDay, forEach } = await town(spread);
  await onDay(0, (ports) => forEach(ports, places, 'stopItem', deletion));
  await onDay(1, swept);
  const { telling } = await onDay(2, (ports) => forEach(ports, places, 'undeleteItem', () => ({})));
  return { telling, onDay };
}

/** They are struck with the telling of the undelete, or by the sweeps that meet them. */
export async function leftByUndelete(spread: Spread): Promise<number> {
  const struck = (await undeleted(spread)).telling - (await undeleted(ridingOnNothing(spread))).telling;
  const met = await besideNone(spread, async (one) => {
    const { onDay } = await undeleted(one);
    let requests = 0;
    for (const day of days(3, OVER)) requests += (await onDay(day, swept)).working;
    return requests;
  });
  return struck / (spread.vaults * spread.each) + met;
}

/** An operation makes the new ones; what it leaves of the old is met later. */
export const leftByLonger = (spread: Spread): Promise<number> =>
  besideNone(spread, async (one) => {
    const { names, places, onDay, forEach } = await town(one);
    await onDay(0, (ports) => forEach(ports, places, 'stopItem', deletion));
    await onDay(1, swept);
    await onDay(2, (ports) => forEach(ports, names, 'patchVault', () => LONGER));
    await onDay(3, swept);
    let requests = 0;
    for (const day of days(4, OVER)) requests += (await onDay(day, swept)).working;
    await onDay(REMINDED, async (ports) => {
      const { warned } = await swept(ports);
      if (warned !== places.length) throw new Error(`of ${places.length} were reminded ${warned}`);
    });
    return requests;
  });
