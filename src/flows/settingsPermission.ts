import { guardedIn } from '../core/guards.ts';
import { type Outcome, ok } from '../core/problems.ts';
import { switchesTo } from '../core/settings.ts';
import type { Settings, Vault } from '../core/vault.ts';
import type { Ports } from '../ports.ts';
import type { Asking } from './asking.ts';
import { type Factor, NO_PROOF, type Proof } from './factor.ts';
import { approval } from './guarded.ts';
import { tokenFactor } from './pins.ts';

/** Whether the caller may change the settings like this: the guard first, the second factor last. */
export async function settingsPermission(
  ports: Pick<Ports, 'guards'>,
  asking: Asking<never>,
  before: Vault,
  after: Settings,
  factor: Factor,
): Promise<Outcome<Proof>> {
  const approved = await approval(ports, asking, before, guardedIn(before, after));
  if (!approved.ok) return approved;
  const { alwaysOn, hybridOff } = switchesTo(before, after);
  const missing = alwaysOn ? tokenFactor(asking.caller) : undefined;
  if (missing) return missing;
  const proof = hybridOff ? await factor() : ok(NO_PROOF);
  return proof.ok ? ok({ ...proof.value, facts: { ...approved.value, ...proof.value.facts } }) : proof;
}
