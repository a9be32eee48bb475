import type { Remains } from '../core/item.ts';
import { purgeAt } from '../core/lifecycle.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { reconfigured, type SettingsPatch, settingsAfter } from '../core/settings.ts';
import { type Instant, iso } from '../core/time.ts';
import { type Counts, newSettings, type Vault } from '../core/vault.ts';
import type { Held, HeldHead, Ports } from '../ports.ts';
import { hintsToTell, tellSoon } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { watched } from './critical.ts';
import { type Factor, type FactorPorts, factorOf } from './factor.ts';
import { grantUsed } from './guarded.ts';
import { settingsAlerts } from './settingsAlerts.ts';
import { settingsPermission } from './settingsPermission.ts';

type VaultPorts = Pick<Ports, 'vaults' | 'registry' | 'agenda' | 'notices' | 'newId'>;

export interface VaultResult {
  readonly vault: Vault;
  readonly counts: Counts;
  readonly created: boolean;
  readonly warnings: readonly string[];
}

const NONE: Counts = { protected: 0, stopped: 0, softDeleted: 0 };

/** Makes a vault, or changes the settings that are given. `mustExist` is the difference between PUT and PATCH. */
export async function putVault(
  ports: VaultPorts & FactorPorts & Pick<Ports, 'guards'>,
  asking: Asking<VaultResult>,
  name: string,
  patch: SettingsPatch,
  mustExist: boolean,
): Promise<Outcome<VaultResult>> {
  const factor = factorOf(ports, asking, name);
  let exists = false;
  const outcome = await rounds<VaultResult>(async () => {
    const head = await ports.vaults.head(name, 'fresh');
    exists = head !== undefined;
    const precondition = stale(asking, head?.vault);
    if (precondition && (head || !mustExist)) return precondition;
    if (head) return changeVault(ports, asking, head, patch, factor);
    return mustExist ? noVault(name) : createVault(ports, asking, name, patch);
  });
  if (!exists) return outcome;
  await tellRefusal(ports, asking, { vault: name, item: null }, 'ChangeVault', outcome);
  return watched(ports, asking, { vault: name }, 'ChangeVault', outcome);
}

async function createVault(
  ports: VaultPorts,
  asking: Asking<VaultResult>,
  name: string,
  patch: SettingsPatch,
): Promise<Outcome<VaultResult> | 'again'> {
  const { kind } = patch;
  if (!kind)
    return refuse('InvalidRequest', 'A new vault needs a "kind": RecoveryServices or Backup. It never changes.', {
      target: '$.kind',
    });
  const settings = settingsAfter(newSettings(kind), patch, kind);
  if (!settings.ok) return settings;
  const id = ports.newId();
  const vault: Vault = {
    name,
    kind,
    ...settings.value,
    extensions: [],
    version: 1,
    guard: null,
    silences: [],
    etag: id,
  };
  const result: VaultResult = { vault, counts: NONE, created: true, warnings: [] };
  const alerts = settingsAlerts(asking, undefined, vault);
  await ports.agenda.write(hintsToTell(alerts));
  // The directory first: a vault that is not listed would be worse than a line that leads nowhere.
  await ports.registry.enlist(name);
  // What a deletion that died left behind must not come back to life in the new vault.
  await ports.vaults.clearVault(name);
  const done = await ports.vaults.changeHead({
    was: undefined,
    vault,
    id,
    alerts,
    entry: entry(asking, null, { operation: 'CreateVault', facts: { kind } }),
    answer: asking.keep?.(result),
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}

async function changeVault(
  ports: VaultPorts & Pick<Ports, 'guards'>,
  asking: Asking<VaultResult>,
  head: HeldHead,
  patch: SettingsPatch,
  factor: Factor,
): Promise<Outcome<VaultResult> | 'again'> {
  const before = head.vault;
  if (patch.kind && patch.kind !== before.kind)
    return refuse(
      'KindImmutable',
      `${before.name} is a ${before.kind} vault, and the kind of a vault never changes. Make another vault.`,
      { target: '$.kind' },
    );
  const settings = settingsAfter(before, patch, before.kind);
  if (!settings.ok) return settings;
  const id = ports.newId();
  const after = reconfigured(before, settings.value, asking.now, id);
  if (!after.ok) return after;
  const counts = await ports.vaults.counts(before.name);
  const warnings = await alwaysOnWarnings(ports, before, after.value);
  if (sameSettings(before, after.value)) return ok({ vault: before, counts, created: false, warnings: [] });
  const permitted = await settingsPermission(ports, asking, before, after.value, factor);
  if (!permitted.ok) return permitted;
  const result: VaultResult = { vault: after.value, counts, created: false, warnings };
  const alerts = [
    ...settingsAlerts(asking, before, after.value),
    ...grantUsed(asking, before.name, 'ChangeVault', permitted.value.facts),
  ];
  await ports.agenda.write(hintsToTell(alerts));
  const done = await ports.vaults.changeHead({
    was: head,
    vault: after.value,
    id,
    alerts,
    pin: permitted.value.pin,
    entry: entry(asking, null, {
      operation: 'ChangeVault',
      facts: {
        before: JSON.stringify(settingsOf(before)),
        after: JSON.stringify(settingsOf(after.value)),
        ...permitted.value.facts,
      },
    }),
    answer: asking.keep?.(result),
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}

const settingsOf = ({ softDelete, hybrid, immutability, alerts }: Vault) => ({
  softDelete,
  hybrid,
  immutability,
  alerts,
});
const sameSettings = (a: Vault, b: Vault): boolean => JSON.stringify(settingsOf(a)) === JSON.stringify(settingsOf(b));

/** AlwaysOn and a server that dies later: its backups could not be removed from the portal any more. */
async function alwaysOnWarnings({ vaults }: VaultPorts, before: Vault, after: Vault): Promise<readonly string[]> {
  if (before.softDelete.state === 'AlwaysOn' || after.softDelete.state !== 'AlwaysOn') return [];
  const servers = await vaults.servers(after.name, { limit: 1000 });
  return servers
    .filter(({ registration }) => registration === 'Registered')
    .map(
      ({ name, kind }) =>
        `${kind} server ${name} is registered. Under AlwaysOn it cannot be deregistered, nor its backups deleted, from the portal: ` +
        'stop its protection with delete from the agent before the server is decommissioned, or its backups are kept and billed for good.',
    );
}

export interface Blocker {
  readonly kind: 'item' | 'server';
  readonly name: string;
  readonly purgeAt?: string;
}

/**
 * Closes an empty vault for good. Policies, silences, tombstones and history go with it. A vault that this request has tried to
 * close and that is gone now is deleted: by itself, its answer lost, or by another who wanted the same.
 */
export async function deleteVault(ports: VaultPorts, asking: Asking<null>, name: string): Promise<Outcome<null>> {
  let closing: { readonly listing: Held<string> | undefined } | undefined;
  return rounds<null>(async () => {
    const head = await ports.vaults.head(name, 'fresh');
    if (head) {
      const precondition = stale(asking, head.vault);
      if (precondition) return precondition;
      const listing = await ports.registry.listing(name);
      const blockers = await blockersOf(ports, head, asking.now);
      if (blockers.length > 0) return notEmpty(head.vault.name, blockers);
      closing = { listing };
      if (!(await closed(ports, head))) return 'again';
    }
    // Also where there is none: a deletion that died half-way is followed by its repetition.
    await ports.vaults.clearVault(name);
    if (!closing) return noVault(name);
    if (closing.listing) await delist(ports, closing.listing);
    return ok(null);
  });
}

/** Without an answer only a look can tell. */
const closed = ({ vaults }: VaultPorts, head: HeldHead): Promise<boolean> =>
  vaults.closeVault(head).catch(async (error: unknown) => {
    if (await vaults.head(head.vault.name, 'fresh')) throw error;
    return true;
  });

const delist = ({ registry }: VaultPorts, listing: Held<string>): Promise<void> =>
  registry.delist(listing).catch(async (error: unknown) => {
    if (await registry.listing(listing.value)) throw error;
  });

const MOST_BLOCKERS = 100;
const MOST_SERVERS = 100_000;

async function blockersOf({ vaults }: VaultPorts, head: HeldHead, now: Instant): Promise<readonly Blocker[]> {
  const { name } = head.vault;
  const blockers: Blocker[] = [];
  let after: string | undefined;
  do {
    const stretch = await vaults.items(name, { after, limit: 1000 });
    blockers.push(...stretch.items.flatMap((item) => blockerOf(item, head, now)));
    after = stretch.last;
  } while (after !== undefined && blockers.length < MOST_BLOCKERS);
  const servers = await vaults.servers(name, { limit: MOST_SERVERS });
  // One that was let go is in nobody's way; what lies on it in the trash is.
  const registered = servers.filter(({ registration }) => registration === 'Registered');
  return [...blockers, ...registered.map((server): Blocker => ({ kind: 'server', name: server.name }))];
}

function blockerOf(item: Remains, { vault }: HeldHead, now: Instant): readonly Blocker[] {
  if (item.state === 'Purged') return [];
  if (item.state !== 'SoftDeleted')
    return [{ kind: 'item', name: item.name, ...(item.state === 'Purging' ? { purgeAt: iso(now) } : {}) }];
  return [{ kind: 'item', name: item.name, purgeAt: iso(purgeAt(item, vault)) }];
}

function notEmpty(vault: string, blockers: readonly Blocker[]): Refused {
  const deleted = blockers.some((blocker) => blocker.purgeAt !== undefined);
  const facts = {
    blockers: blockers.slice(0, MOST_BLOCKERS),
    ...(deleted ? { azureCode: 'ServiceResourceNotEmptyWithBackendMessage' } : {}),
  };
  return deleted
    ? refuse(
        'VaultHasSoftDeletedItems',
        `${vault} holds soft-deleted items. It can be deleted once they are purged; to recover them, undelete.`,
        { facts },
      )
    : refuse('VaultNotEmpty', `${vault} is not empty. Stop and delete its items and deregister its servers first.`, {
        facts,
      });
}
