import type { Entry } from '../../core/caller.ts';
import { SERVICE } from '../../core/hints.ts';
import { type Outcome, ok } from '../../core/problems.ts';
import type { VaultReads } from '../../ports.ts';
import type { Listed, Page } from '../story/pages.ts';

/** What happened to the service itself is filed under a name that no item can have. */
const ITSELF = '~';

/** Everything that people did to the service as a whole, and what was refused. */
export async function serviceHistory({ vaults }: VaultReads, { after, top }: Page): Promise<Outcome<Listed<Entry>>> {
  const { found, last } = await vaults.history(SERVICE, ITSELF, { after, limit: top });
  return ok({ shown: found, last });
}
