/** What is under a guard. */
import { sameName } from '../../core/names.ts';
import type { Vault } from '../../core/vault.ts';
import { type GuardPlace, standing } from '../story/nouns.ts';
import type { World } from '../story/run.ts';

/** Vaults, and the service (null). */
export type Guarded = readonly { readonly vault: Vault | null }[];

export const namesOf = (guarded: Guarded): readonly string[] =>
  guarded.map(({ vault }) => vault?.name ?? 'the service');

/** The list of links is written before a link and never struck off, so each vault on it is looked at. A deleted one counts: it may come back. */
export async function guardedBy({ flow, place }: Pick<World<GuardPlace>, 'flow' | 'place'>): Promise<Guarded> {
  const [linked, service] = await Promise.all([flow.guards.linked(place.guard), flow.guards.ofService()]);
  const heads = await Promise.all(linked.map((vault) => standing(flow, vault)));
  return [
    ...heads.flatMap((head) => (head && guards(place.guard, head.vault) ? [{ vault: head.vault }] : [])),
    ...(sameName(service?.value.guard ?? '', place.guard) ? [{ vault: null }] : []),
  ];
}

/** It guards the vault, or is going to when an exchange has cooled off. */
const guards = (guard: string, { guard: linked, pendingChanges }: Vault): boolean =>
  sameName(linked, guard) || pendingChanges.some(({ values }) => sameName(values['guard']?.toString(), guard));
