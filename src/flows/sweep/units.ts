/** A sweep that is too much for one instance, in pieces that go by queue. */
import { type Instant, iso } from '../../core/time.ts';
import type { Page, Survey } from './survey.ts';

/** A stretch of a shard: behind one key through another. Messages of the version before name a whole shard. */
export interface Unit {
  readonly v: 2;
  readonly shard: string;
  readonly after?: string | undefined;
  readonly through?: string | undefined;
  /** The sweep's idea of now: nothing is due for it that came later. */
  readonly now: string;
}

/** A page each, the one that begins with the oldest hint first; what is of heavy vaults alone after all others, one of each in turn. */
export function unitsOf({ pages, isHeavy }: Survey, now: Instant): readonly Unit[] {
  const isOfHeavy = ({ vaults }: Page) => vaults.length > 0 && vaults.every(isHeavy);
  const { heavy = [], light = [] } = Object.groupBy(pages, (page) => (isOfHeavy(page) ? 'heavy' : 'light'));
  return [...light, ...inTurn(heavy)].map(
    ({ shard, after, through }): Unit => ({ v: 2, shard, after, through, now: iso(now) }),
  );
}

function inTurn(pages: readonly Page[]): readonly Page[] {
  const ofVaults = [...Map.groupBy(pages, ({ vaults }) => vaults[0]).values()];
  const turns = ofVaults.reduce((most, of) => Math.max(most, of.length), 0);
  return Array.from({ length: turns }, (_, turn) => ofVaults.flatMap((of) => of[turn] ?? [])).flat();
}
