import {
  exclusions,
  type Guard,
  type GuardSettings,
  looseningOf,
  NEW_GUARD,
  pendingLoosening,
  tightened,
} from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import { keyOf } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import type { Reads } from '../../ports.ts';
import { identityOf } from '../authorize/approval.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { weakenedBy, weakeningFacts } from '../authorize/weakening.ts';
import { type GuardPlace, noGuard, onAnyGuard, onGuard } from '../story/nouns.ts';
import { gather, type Listed, type Page } from '../story/pages.ts';
import { type Created, need, unchanged } from '../story/plan.ts';
import { entry } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { guardedBy, type InUse, namesOf, someGuardedBy } from './guarded.ts';
import { loosenedAlerts, pendingFacts, requestedAlert } from './told.ts';

/** `pending`: what loosens in it does not hold yet. */
export type GuardResult = Created<{ readonly guard: Guard; readonly pending?: boolean }>;

/** What is absent stays as it is; of a new guard it is the default. */
export type PutGuard = { readonly [S in keyof GuardSettings]?: GuardSettings[S] | undefined };

/** Makes a guard, or changes it. What loosens one that guards something is announced, and holds later. */
export const putGuard = onAnyGuard<PutGuard, GuardResult>()({
  operation: 'PutGuard',
  wrong(ask) {
    const excluded = exclusions(ask.excludedOperations ?? []);
    return excluded.ok ? undefined : excluded;
  },
  also: { guarded: guardedBy },
  decide({ guard: held, guarded }, ask, request) {
    const before = held?.value;
    const missing = tokenFactor(request);
    if (missing) return missing;
    const wished = { ...(before ?? newGuard(request)), ...settingsOf(ask, before ?? NEW_GUARD), etag: request.id };
    if (before && isSame(before, wished)) return unchanged({ guard: before, created: false });
    const weakened = weakenedBy(request, 'guard', before ?? null, wished);
    const isLoosened = before !== undefined && weakened.length > 0;
    if (isLoosened && !guarded) return need('guarded');
    const cools = isLoosened && guarded !== undefined && guarded.length > 0;
    const pendingChanges = cools ? pendingLoosening(before, wished, request) : dropped(before, wished);
    const guard: Guard = { ...(cools ? tightened(before, wished) : wished), pendingChanges };
    const about = { was: before, now: wished, guarded: guarded ?? [] };
    return {
      guard,
      facts: {
        guard: guard.name,
        before: before ? said(before) : null,
        after: said(guard),
        ...weakeningFacts(weakened),
        ...pendingFacts(cools ? pendingChanges[0] : undefined),
      },
      alerts: cools
        ? pendingChanges.map((one) => requestedAlert(request, one, about))
        : loosenedAlerts(request, weakened, about),
      answer: { guard, created: !before, pending: cools },
    };
  },
});

const newGuard = ({ place, caller, now }: Deciding<GuardPlace>): Guard => ({
  ...NEW_GUARD,
  name: place.guard,
  createdBy: identityOf(caller),
  createdAt: now,
  pendingChanges: [],
  etag: '',
});

const SETTINGS = Object.keys(NEW_GUARD) as readonly (keyof GuardSettings)[];

function settingsOf(ask: PutGuard, before: GuardSettings): GuardSettings {
  const given = Object.entries(ask).filter(([, value]) => value !== undefined);
  const { excludedOperations, contacts, ...rest } = { ...before, ...Object.fromEntries(given) } as GuardSettings;
  return {
    ...{
      quorum: rest.quorum,
      coolingOffHours: rest.coolingOffHours,
      coverBackupSoftDelete: rest.coverBackupSoftDelete,
    },
    excludedOperations: [...new Set(excludedOperations)],
    contacts: contacts.filter(
      (one, at) => contacts.findIndex((other) => other.toLowerCase() === one.toLowerCase()) === at,
    ),
  };
}

const isSame = (a: GuardSettings, b: GuardSettings): boolean =>
  SETTINGS.every((name) => JSON.stringify(a[name]) === JSON.stringify(b[name]));

/** What tightens a guard ends what waits to loosen it; a change that does neither leaves it. */
const dropped = (before: Guard | undefined, after: GuardSettings): Guard['pendingChanges'] =>
  before && !looseningOf(after, before) ? before.pendingChanges : [];

/** All that it asks for, as one line of the history. */
const said = (guard: GuardSettings): string =>
  JSON.stringify(Object.fromEntries(SETTINGS.map((name) => [name, guard[name]])));

/** A guard that still guards something stays: without it nobody could change that any more. */
export const deleteGuard = onGuard<undefined, null, { readonly told: true }>()({
  operation: 'DeleteGuard',
  also: { uses: someGuardedBy },
  decide({ guard, uses, told }, _, request) {
    const { name } = guard.value;
    if (!uses) return need('uses');
    const { guarded } = uses;
    if (guarded.length > 0) return inUse(name, uses);
    const missing = tokenFactor(request);
    if (missing) return missing;
    if (told) return { line: { line: 'removeGuard', guard }, answer: null };
    const weakened = weakenedBy(request, 'guard', guard.value, null);
    const facts = { guard: name, ...weakeningFacts(weakened) };
    const alerts = loosenedAlerts(request, weakened, { was: guard.value, now: null, guarded });
    if (guard.isLast) return { removesGuard: true, facts, alerts, answer: null };
    // What was noted in its history since hides whether it was changed: then it is removed by itself. The history comes first: who removed it
    // must be known, whatever happens in between.
    const entries = [entry(request, { item: null, guard: name }, { operation: 'DeleteGuard', facts })];
    return { step: { vault: SERVICE, id: request.id, entries, alerts, guardGoes: name }, leaves: { told: true } };
  },
});

const inUse = (guard: string, { guarded, more }: InUse) =>
  refuse(
    'GuardInUse',
    `${guard} guards ${namesOf(guarded).join(', ')}${more ? ', and maybe others' : ''}. Remove it there first.`,
    { facts: { vaults: guarded.flatMap(({ vault }) => (vault ? [vault.name] : [])), ...(more ? { more } : {}) } },
  );

export async function readGuard({ guards }: Pick<Reads, 'guards'>, name: string): Promise<Outcome<Guard>> {
  const held = await guards.get(name);
  return held ? ok(held.value) : noGuard(name);
}

export const listGuards = async ({ guards }: Pick<Reads, 'guards'>, page: Page): Promise<Outcome<Listed<Guard>>> =>
  ok(
    await gather(
      (after) => guards.list({ after, limit: page.top + 1 }),
      ({ name }) => keyOf(name),
      page,
    ),
  );
