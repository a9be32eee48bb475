import type { Held } from '../../change.ts';
import { SERVICE } from '../../core/hints.ts';
import { saidOf } from '../../core/kindSettings.ts';
import type { OwnKind } from '../../core/kinds.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { onOwnKind } from '../story/nouns.ts';
import { need, type Step } from '../story/plan.ts';
import { entry, stale } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { usesOf } from './uses.ts';

interface Steps {
  /** So many of the strays have a new fence. */
  readonly voided: number;
  readonly told: true;
}

/** Under this name a request remembers that it has retired the kind itself. */
const RETIRED = 'retired';

/**
 * Removes a kind of which no vault has, or had, an item. It is retired first, and the vaults are looked at after that: who makes the first
 * item in a vault is listed before it reads the kind. Where a vault is listed and remembers none, a new fence makes sure that none is on
 * its way. So of two that come at once one loses, and there is never an item of a kind that is not there.
 */
export const deleteKind = onOwnKind<undefined, null, Steps>()({
  operation: 'DeleteKind',
  etagIsOfPart: true,
  also: {
    uses: usesOf,
    again: usesOf,
    isRetiredHere: async ({ once }) => once.has(RETIRED),
  },
  decide({ kind, uses, again, isRetiredHere, voided = 0, told }, _, request) {
    const { name, active } = kind.value;
    if (isRetiredHere === undefined) return need('isRetiredHere');
    const precondition = isRetiredHere ? undefined : stale(request, kind.value);
    if (precondition) return precondition;
    if (!uses) return need('uses');
    const vaults = again?.vaults ?? uses.vaults;
    if (vaults.length > 0) {
      return !active && isRetiredHere ? turned(kind, true, request) : inUse(name, vaults);
    }
    if (active) return { ...turned(kind, false, request), once: RETIRED };
    const stray = uses.strays[voided];
    if (stray) {
      const head = { was: stray, now: stray.vault };
      return { step: { vault: stray.vault.name, id: request.id, head }, leaves: { voided: voided + 1 } };
    }
    if (voided > 0 && !again) return need('again');
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

const inUse = (name: string, vaults: readonly string[]): Refused =>
  refuse(
    'KindInUse',
    `There are or were items of the kind ${name} in ${vaults.join(', ')}. Retire it instead: send "active":false.`,
    { facts: { vaults } },
  );
