/** Weakenings that hold only after a while: what is held back of a change, and what is left of it when its time has come. */
import type { Identity } from './caller.ts';
import { type Control, type Controls, type Weakening, weakenings } from './controls.ts';
import { leavesOf, type VaultLeaf, valueAt, withValue } from './leaves.ts';
import { addMillis, HOUR_MS, type Instant } from './time.ts';
import type { PendingChange, Vault } from './vault.ts';

interface Asked {
  readonly caller: Identity;
  readonly now: Instant;
  /** The id of the change; those of what is held back are made from it. */
  readonly id: string;
  readonly controls?: Controls | undefined;
}

export interface Cooled {
  /** The vault with all of the change that holds at once. */
  readonly vault: Vault;
  /** What was held back of it. */
  readonly added: readonly PendingChange[];
  /** What waited before, and will not come about any more. */
  readonly dropped: readonly PendingChange[];
}

/** Of a leaf of the control, whether its new value weakens by itself: what else the same control gets holds at once. */
const weakensAlone =
  (before: Vault, after: Vault, control: Control, { caller, controls }: Asked) =>
  (leaf: VaultLeaf) =>
    weakenings('vault', before, withValue(before, leaf, valueAt(after, leaf)), caller, controls).some(
      (one) => one.control === control,
    );

type Value = PendingChange['before'];

function pendingOf(before: Vault, after: Vault, one: Weakening, asked: Asked): PendingChange {
  const leaves = leavesOf(one.control).filter(weakensAlone(before, after, one.control, asked));
  return {
    id: `${asked.id}-${one.control}`,
    control: one.control,
    before: one.before as Value,
    after: one.after as Value,
    values: Object.fromEntries(leaves.map((leaf) => [leaf, valueAt(after, leaf) as Value])),
    requestedBy: { tid: asked.caller.tid, oid: asked.caller.oid },
    requestedAt: asked.now,
    effectiveAt: addMillis(asked.now, before.coolingOffHours * HOUR_MS),
  };
}

/**
 * Holds back what cools off. What waited is dropped where the same control is strengthened or asked for again, and when the vault
 * becomes AlwaysOn.
 */
export function cooledOff(before: Vault, after: Vault, weakened: readonly Weakening[], asked: Asked): Cooled {
  const held = before.coolingOffHours > 0 ? weakened.filter(({ coolsOff }) => coolsOff) : [];
  const added = held.map((one) => pendingOf(before, after, one, asked));
  const vault = added
    .flatMap(({ values }) => Object.keys(values) as VaultLeaf[])
    .reduce((kept, leaf) => withValue(kept, leaf, valueAt(before, leaf)), after);
  const { caller, controls } = asked;
  const strengthened = weakenings('vault', vault, before, caller, controls).map(({ control }) => control);
  const becameAlwaysOn = before.softDelete.state !== 'AlwaysOn' && vault.softDelete.state === 'AlwaysOn';
  const ended = new Set<string>([...weakened.map(({ control }) => control), ...strengthened]);
  const isDropped = ({ control }: PendingChange) => becameAlwaysOn || ended.has(control);
  const [dropped, waiting] = [
    before.pendingChanges.filter(isDropped),
    before.pendingChanges.filter((one) => !isDropped(one)),
  ];
  return { vault: { ...vault, pendingChanges: [...waiting, ...added] }, added, dropped };
}

/** The pending changes whose time has come, the first asked for first. */
export const ripe = ({ pendingChanges }: Vault, now: Instant): readonly PendingChange[] =>
  pendingChanges.filter(({ effectiveAt }) => effectiveAt <= now);

/** The vault as a pending change would leave it now. */
export const withPending = (vault: Vault, { values }: PendingChange): Vault =>
  (Object.entries(values) as [VaultLeaf, unknown][]).reduce(
    (changed, [leaf, value]) => withValue(changed, leaf, value),
    vault,
  );
