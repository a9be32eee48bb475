import { agentTooOld } from '../core/agents.ts';
import { channelOf } from '../core/caller.ts';
import type { Item } from '../core/item.ts';
import { termsOf } from '../core/lifecycle.ts';
import { endOf } from '../core/points.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import type { Instant } from '../core/time.ts';
import { hybridSecurityOn } from '../core/vault.ts';
import { workloadRow } from '../core/workloads.ts';
import type { HeldHead, Ports } from '../ports.ts';
import type { Asking } from './asking.ts';
import type { Factor, Proof } from './factor.ts';
import { approval } from './guarded.ts';

type PermissionPorts = Pick<Ports, 'vaults' | 'guards'>;

/**
 * Reasons beyond the state machine why protection may not end like this: the guard first, then immutable data, then what came from
 * on premises; and last of all the second factor, so that a PIN is never spent on what is refused anyway.
 */
export async function permission(
  ports: PermissionPorts,
  asking: Asking<never>,
  item: Item,
  head: HeldHead,
  deleting: boolean,
  factor: Factor,
): Promise<Outcome<Proof>> {
  const operation = deleting ? 'deleteProtection' : 'stopProtection';
  const approved = await approval(ports, asking, head.vault, [operation]);
  if (!approved.ok) return approved;
  if (!deleting) return ok({ facts: approved.value });
  const immutable = await immutableData(ports, item, head, asking.now);
  if (immutable) return immutable;
  if (workloadRow(item.workload).class !== 'Hybrid' || !hybridSecurityOn(head.vault))
    return ok({ facts: approved.value });
  const wrongDoor = portalUnderAlwaysOn(asking, head) ?? (await oldAgent(ports, item));
  if (wrongDoor) return wrongDoor;
  const proof = await factor();
  return proof.ok ? ok({ ...proof.value, facts: { ...approved.value, ...proof.value.facts } }) : proof;
}

function portalUnderAlwaysOn({ caller }: Asking<never>, { vault: { hybrid } }: HeldHead): Refused | undefined {
  const blocked = hybrid?.state === 'AlwaysOn' && hybrid.portalDeleteUnderAlwaysOn === 'block';
  if (!blocked || channelOf(caller) !== 'portal') return undefined;
  return refuse(
    'AlwaysOnForbidsPortalDelete',
    'Under AlwaysOn, backups of on-premises servers are deleted from their agent only.',
  );
}

async function oldAgent({ vaults }: PermissionPorts, { vault, server }: Item): Promise<Refused | undefined> {
  const held = server === null ? undefined : await vaults.server(vault, server);
  return held && agentTooOld(held.value);
}

/** What Azure's agents print for it. */
const AZURE_CODES: Readonly<Record<string, string>> = { MARS: '810001', DPM: '81001', MABS: '81001' };

async function immutableData(
  ports: PermissionPorts,
  item: Item,
  head: HeldHead,
  now: Instant,
): Promise<Refused | undefined> {
  if (head.vault.immutability === 'Disabled' || item.tier !== 'Vault') return undefined;
  if (!(await hasUnexpired(ports, item, head, now))) return undefined;
  const azureCode = AZURE_CODES[item.workload];
  return refuse(
    'ImmutabilityBlocked',
    'The vault is immutable and this item has unexpired recovery points. Stop with mode "retain" instead.',
    azureCode === undefined ? {} : { facts: { azureCode } },
  );
}

async function hasUnexpired({ vaults }: PermissionPorts, item: Item, head: HeldHead, now: Instant): Promise<boolean> {
  const { retention } = termsOf(item, head);
  const unexpired = (points: Item['points']) => points.some((point) => endOf(point, retention) > now);
  if (unexpired(item.points)) return true;
  return item.pagedPoints > 0 && (await vaults.pages(item.vault, item.name)).some(({ points }) => unexpired(points));
}
