import { type Refused, refuse } from '../../core/problems.ts';
import type { VaultPlace } from '../story/request.ts';
import type { World } from '../story/run.ts';

/** Which server of the vault a verb is about. */
export interface Named {
  readonly name: string;
}

export const noServer = (vault: string, server: string): Refused =>
  refuse('ServerNotFound', `No server ${server} is registered in vault ${vault}.`);

/** null: there is none of that name. */
export const readServer = async ({ ports, place }: World<VaultPlace>, _: unknown, { name }: Named) =>
  (await ports.vaults.server(place.vault, name)) ?? null;
