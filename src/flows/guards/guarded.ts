/** What is under a guard. */
import { sameName } from '../../core/names.ts';
import { guardsOf, type Vault } from '../../core/vault.ts';
import type { FlowPorts } from '../story/land.ts';
import { type Linked, SHOWN, usersOf } from '../story/links.ts';
import type { GuardPlace } from '../story/nouns.ts';
import type { Asked } from '../story/request.ts';

/** Vaults, and the service (null). */
export type Guarded = readonly { readonly vault: Vault | null }[];

interface Looking {
  readonly flow: Pick<FlowPorts, 'guards' | 'vaults' | 'land' | 'newId'>;
  readonly place: GuardPlace;
  readonly request: Pick<Asked, 'now'>;
}

export const namesOf = (guarded: Guarded): readonly string[] =>
  guarded.map(({ vault }) => vault?.name ?? 'the service');

async function under({ flow, place: { guard }, request: { now } }: Looking, most?: number) {
  const linked = {
    ...{ to: 'guard', name: guard },
    list: (stretch) => flow.guards.linked(guard, stretch),
    isTrue: ({ vault }) => guardsOf(vault).some((name) => sameName(name, guard)),
  } as const satisfies Linked;
  const [{ heads, more }, service] = await Promise.all([usersOf(flow, now, linked, most), flow.guards.ofService()]);
  const isOfService = sameName(service?.value.guard ?? '', guard);
  const guarded: Guarded = [...heads, ...(isOfService ? [{ vault: null }] : [])].map(({ vault }) => ({ vault }));
  return { guarded, more };
}

/** All of it. */
export const guardedBy = async (world: Looking): Promise<Guarded> => (await under(world)).guarded;

export interface InUse {
  readonly guarded: Guarded;
  /** There may be others. */
  readonly more: boolean;
}

/** As much of it as is named. */
export const someGuardedBy = (world: Looking): Promise<InUse> => under(world, SHOWN);
