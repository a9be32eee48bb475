import type { GrantState } from '../../core/grants.ts';
import type { GrantTerms } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { Instant } from '../../core/time.ts';
import type { Reads } from '../../ports.ts';
import { type GrantPlace, noGuard, readGrant as readHeld } from '../story/nouns.ts';
import { asUnreadable, gather, type Listed, type Page } from '../story/pages.ts';
import { inParallel } from '../story/rounds.ts';
import { type Shown, shownOf } from './grants.ts';

type Reading = Pick<Reads, 'guards'>;

export async function readGrant(flow: Reading, place: GrantPlace, now: Instant): Promise<Outcome<Shown>> {
  const found = await readHeld(flow, place);
  if ('ok' in found) return found;
  return ok(shownOf(found.grant.value, found.spent?.value, found.guard.value, now));
}

export interface GrantFilter {
  readonly state?: GrantState | undefined;
  readonly vault?: string | undefined;
}

/**
 * One read of the guard's grants; and for those that may still change, one each: what became of them lies where they are used. A later page
 * does not begin with what the guard asks of them: it reads the guard beside.
 */
export async function listGrants(
  { guards }: Reading,
  name: string,
  { state, vault }: GrantFilter,
  page: Page,
  now: Instant,
): Promise<Outcome<Listed<Shown>>> {
  let terms: GrantTerms | undefined;
  const {
    shown,
    unreadable = [],
    last,
  } = await gather(
    async (after) => {
      const found = await guards.grants(name, { after, limit: page.top + 1 });
      terms ??= found.terms;
      return found;
    },
    ({ id }) => keyOf(id),
    page,
  );
  const guard = terms ?? (await guards.get(name))?.value;
  if (!guard) return noGuard(name);
  const wanted = shown.filter((one) => vault === undefined || sameName(one.vault ?? '', vault));
  const found = await inParallel(wanted, async (grant) => {
    const known = shownOf(grant, undefined, guard, now);
    const mayChange = known.state === 'Requested' || known.state === 'Live';
    if (!mayChange) return known;
    const spent = await guards.spent(grant.vault ?? SERVICE, grant.id).catch(asUnreadable);
    if (spent === 'unreadable') return grant.id;
    return shownOf(grant, spent?.value, guard, now);
  });
  // What has become of some cannot be read: nobody says in which state they are.
  const bad = found.filter((one) => typeof one === 'string');
  const known = found.filter((one) => typeof one !== 'string');
  return ok({
    shown: known.filter((one) => state === undefined || one.state === state),
    unreadable: [...unreadable, ...bad],
    last,
  });
}
