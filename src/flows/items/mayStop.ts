import { agentTooOld } from '../../core/agents.ts';
import { channelOf, hasRole } from '../../core/caller.ts';
import type { Item } from '../../core/item.ts';
import { termsOf } from '../../core/lifecycle.ts';
import { endOf, type Point } from '../../core/points.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import type { Instant } from '../../core/time.ts';
import type { Head } from '../../core/vault.ts';
import { hybridSecurityOn } from '../../core/vault.ts';
import { workloadRow } from '../../core/workloads.ts';
import type { Asked } from '../story/request.ts';

/** Stopping is everyday work; deleting is for those who answer for the backups. */
export const mayDelete = ({ caller }: Asked): Refused | undefined =>
  hasRole(caller, 'Contributor') || channelOf(caller) === 'agent'
    ? undefined
    : refuse('Forbidden', 'Deleting backups needs the role Contributor.', { facts: { requiredRole: 'Contributor' } });

/** Whether deleting this item is critical because it came from on premises. */
export const isSecuredHybrid = (item: Item, { vault }: Head): boolean =>
  workloadRow(item.workload).class === 'Hybrid' && hybridSecurityOn(vault);

/** Under AlwaysOn what came from on premises is deleted from there; and an agent that knows no second factor may not delete. */
export const wrongDoor = (
  { caller }: Asked,
  { vault: { hybrid } }: Head,
  server: { readonly value: Server } | null,
): Refused | undefined => {
  const blocked = hybrid?.state === 'AlwaysOn' && hybrid.portalDeleteUnderAlwaysOn === 'block';
  if (blocked && channelOf(caller) === 'portal')
    return refuse(
      'AlwaysOnForbidsPortalDelete',
      'Under AlwaysOn, backups of on-premises servers are deleted from their agent only.',
    );
  return server ? agentTooOld(server.value) : undefined;
};

/** What Azure's agents print for it. */
const AZURE_CODES: Readonly<Record<string, string>> = { MARS: '810001', DPM: '81001', MABS: '81001' };

export const isImmutable = (item: Item, { vault }: Head): boolean =>
  vault.immutability !== 'Disabled' && item.tier === 'Vault';

/** Immutable data may not be deleted before its end. */
export function immutableData(item: Item, head: Head, points: readonly Point[], now: Instant): Refused | undefined {
  const { retention } = termsOf(item, head);
  if (!isImmutable(item, head) || !points.some((point) => endOf(point, retention) > now)) return undefined;
  const azureCode = AZURE_CODES[item.workload];
  return refuse(
    'ImmutabilityBlocked',
    'The vault is immutable and this item has unexpired recovery points. Stop with mode "retain" instead.',
    azureCode === undefined ? {} : { facts: { azureCode } },
  );
}
