import type { Held } from '../../change.ts';
import { SERVICE } from '../../core/hints.ts';
import { saidOf } from '../../core/kindSettings.ts';
import type { OwnKind } from '../../core/kinds.ts';
import { keyOf } from '../../core/names.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { type Linked, SHOWN, type Users, usersOf } from '../story/links.ts';
import { type KindPlace, onOwnKind } from '../story/nouns.ts';
import { need, type Step } from '../story/plan.ts';
import { entry, stale } from '../story/request.ts';
import type { Deciding, World } from '../story/run.ts';

/** Under this name a request remembers that it has retired the kind itself. */
const RETIRED = 'retired';

/** Some of the vaults that remember an item of it. */
function usesOf({ flow, place: { kind }, request: { now } }: World<KindPlace>): Promise<Users> {
  const linked: Linked = {
    ...{ to: 'kind', name: kind },
    list: (stretch) => flow.kinds.uses(kind, stretch),
    isTrue: ({ kinds }) => kinds?.includes(keyOf(kind)) ?? false,
  };
  return usersOf(flow, now, linked, SHOWN);
}

/**
 * Removes a kind of which no vault has, or had, an item. It is retired first, and the vaults are looked at after that: who makes the first
 * item in a vault is listed before it reads the kind. A vault that is listed and remembers none gets a new fence, and its link is struck: so
 * whoever is about to make one is listed anew, and reads the kind again. Of two that come at once one loses, and there is never an item of a
 * kind that is not there.
 */
export const deleteKind = onOwnKind<undefined, null, { readonly told: true }>()({
  operation: 'DeleteKind',
  etagIsOfPart: true,
  also: {
    uses: usesOf,
    isRetiredHere: async ({ once }) => once.has(RETIRED),
  },
  decide({ kind, uses, isRetiredHere, told }, _, request) {
    const { name, active } = kind.value;
    if (isRetiredHere === undefined) return need('isRetiredHere');
    const precondition = isRetiredHere ? undefined : stale(request, kind.value);
    if (precondition) return precondition;
    if (!uses) return need('uses');
    if (uses.heads.length > 0) return !active && isRetiredHere ? turned(kind, true, request) : inUse(name, uses);
    if (active) return { ...turned(kind, false, request), once: RETIRED };
    if (told) return { line: { line: 'removeKind', kind }, answer: null };
    // The history comes first: who removed the kind must be known, whatever happens in between.
    const facts = { kind: name, before: saidOf(kind.value), after: null };
    const entries = [entry(request, null, { operation: 'DeleteKind', facts })];
    return { step: { vault: SERVICE, id: request.id, entries }, leaves: { told: true } };
  },
});

/** Takes a kind out of use, or brings it back where somebody made an item in time. Between the two nobody makes one. */
const turned = (was: Held<OwnKind>, active: boolean, request: Deciding): Step => ({
  step: {
    vault: SERVICE,
    id: request.id,
    kind: { was, now: { ...was.value, active, etag: request.id } },
    entries: [entry(request, null, { operation: active ? 'KeepKind' : 'RetireKind', facts: { kind: was.value.name } })],
  },
});

function inUse(name: string, { heads, more }: Users): Refused {
  const vaults = heads.map(({ vault }) => vault.name);
  const named = `${vaults.join(', ')}${more ? ', and maybe others' : ''}`;
  return refuse(
    'KindInUse',
    `There are or were items of the kind ${name} in ${named}. Retire it instead: send "active":false.`,
    { facts: { vaults, ...(more ? { more } : {}) } },
  );
}
