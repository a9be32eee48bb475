import type { HeldHead } from '../../change.ts';
import { keyOf } from '../../core/names.ts';
import type { Policy } from '../../core/policy.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import { type Counts, policyNamed } from '../../core/vault.ts';
import type { Reads, VaultReads } from '../../ports.ts';
import { cut, type Listed, type Page, unlessUnreadable } from '../story/pages.ts';
import { noVault } from '../story/request.ts';
import { noPolicy } from './policies.ts';
import type { VaultResult } from './putVault.ts';

/** A head that was just read says what the vault holds, unless it is not counted yet. */
export const countsOf = ({ vaults }: VaultReads, { vault, tally }: HeldHead): Counts | Promise<Counts> =>
  tally?.counts ?? vaults.counts(vault.name);

export async function readVault(ports: VaultReads, name: string): Promise<Outcome<VaultResult>> {
  const head = await ports.vaults.head(name, 'whole');
  if (!head) return noVault(name);
  return ok({ vault: head.vault, counts: await countsOf(ports, head), created: false, warnings: [] });
}

/** A vault that is deleted while the page is made is left out of it; one that cannot be read is named. */
export async function listVaults(
  ports: Pick<Reads, 'vaults' | 'registry'>,
  { after, top }: Page,
): Promise<Outcome<Listed<VaultResult>>> {
  const names = await ports.registry.vaults({ after, limit: top });
  const read = await Promise.all(names.map((name) => readVault(ports, name).catch(unlessUnreadable)));
  const final = names.length < top ? undefined : names.at(-1);
  return ok({
    shown: read.flatMap((vault) => (vault?.ok ? [vault.value] : [])),
    last: final === undefined ? undefined : keyOf(final),
    unreadable: names.filter((_, index) => read[index] === undefined),
  });
}

export async function readPolicy({ vaults }: VaultReads, vault: string, policy: string): Promise<Outcome<Policy>> {
  const head = await vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const found = policyNamed(head, policy);
  return found ? ok(found) : noPolicy(vault, policy);
}

export async function listPolicies(
  { vaults }: VaultReads,
  vault: string,
  page: Page,
): Promise<Outcome<Listed<Policy>>> {
  const head = await vaults.head(vault, 'fresh');
  return head ? ok(cut(head.policies, ({ name }) => keyOf(name), page, head.unreadablePolicies)) : noVault(vault);
}
