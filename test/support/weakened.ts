/** What a change of a vault weakens: of the vault itself, and of what its purges ask for. */
import type { Identity } from '../../src/core/caller.ts';
import { type Weakening, weakenings } from '../../src/core/controls.ts';
import { destruction } from '../../src/core/executors.ts';
import type { Vault } from '../../src/core/vault.ts';

/** No kind names an executor. */
export function weakenedInVault(before: Vault, after: Vault, caller: Identity): readonly Weakening[] {
  const isUsed = before.purge.executor !== null;
  const of = ({ purge }: Vault) => destruction({ ...purge, isUsed });
  return [...weakenings('vault', before, after, caller), ...weakenings('destruction', of(before), of(after), caller)];
}
