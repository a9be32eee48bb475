/** A sweep that is too much for one instance, in pieces that go by queue. */
import { type Instant, iso } from '../../core/time.ts';
import type { Survey } from './survey.ts';

/** A stretch of a shard: behind one key through another. Messages of the version before name a whole shard. */
export interface Unit {
  readonly v: 2;
  readonly shard: string;
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  /** What is of these vaults is left to other units, which come later; or nothing else is dealt with. Code of before takes all of it. */
  readonly without?: readonly string[] | undefined;
  readonly only?: readonly string[] | undefined;
  /** The sweep's idea of now: nothing is due for it that came later. */
  readonly now: string;
}

/** The names of so many heavy vaults go with a message. What is of more is dealt with where it lies. */
export const MOST_HEAVY = 40;

/**
 * A page each, the one that begins with the oldest hint first. What is of heavy vaults comes after all others, a page of each in turn: where
 * both lie on one page, two units are made of it.
 */
export function unitsOf({ pages, heavyIn }: Survey, now: Instant): readonly Unit[] {
  const units = pages.map((page) => {
    const heavy = heavyIn(page.shard).slice(0, MOST_HEAVY);
    const there = page.vaults.length > 0 ? heavy.filter((vault) => page.vaults.includes(vault)) : heavy;
    const isAll = there.length > 0 && there.length === page.vaults.length;
    const { shard, after, through } = page;
    const unit: Unit = { v: 2, shard, after, through, now: iso(now) };
    return {
      light: isAll ? [] : [there.length > 0 ? { ...unit, without: there } : unit],
      heavy: there.length === 0 ? [] : [{ of: there.join(), unit: isAll ? unit : { ...unit, only: there } }],
    };
  });
  return [...units.flatMap(({ light }) => light), ...inTurn(units.flatMap(({ heavy }) => heavy))];
}

function inTurn(heavy: readonly { readonly of: string; readonly unit: Unit }[]): readonly Unit[] {
  const ofVaults = [...Map.groupBy(heavy, ({ of }) => of).values()];
  const turns = ofVaults.reduce((most, of) => Math.max(most, of.length), 0);
  return Array.from({ length: turns }, (_, turn) => ofVaults.flatMap((of) => of[turn]?.unit ?? [])).flat();
}
