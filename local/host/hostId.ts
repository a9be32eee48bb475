import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Environment } from './settings.ts';

/** Names this app's corner in storage, so that two apps may share an account. The setting is Azure's own. */
export function hostIdOf(root: string, env: Environment): string {
  const chosen = env['AzureFunctionsWebHost__hostid'];
  if (chosen) return chosen.toLowerCase();
  const machine = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .slice(0, 18);
  return `${machine || 'local'}-${createHash('sha256').update(root).digest('hex').slice(0, 12)}`;
}
