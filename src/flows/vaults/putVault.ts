import type { HeldHead } from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { AlertType } from '../../core/alertTypes.ts';
import type { ChainHead, Facts } from '../../core/caller.ts';
import { cooledOff } from '../../core/coolingOff.ts';
import { sameName } from '../../core/names.ts';
import { invalid, refuse } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { reconfigured, type SettingsPatch, settingsAfter } from '../../core/settings.ts';
import { type Counts, NO_COUNTS, newSettings, type Vault } from '../../core/vault.ts';
import { coolingFacts, requests } from '../authorize/cooling.ts';
import { tokenFactor } from '../authorize/secondFactor.ts';
import { proofs, unproved, weakenedBy, weakeningAlerts, weakeningFacts } from '../authorize/weakening.ts';
import { anyKindNames } from '../executors/named.ts';
import { begin, runningOf } from '../story/begin.ts';
import { noExecutor, onAnyVault } from '../story/nouns.ts';
import { type Decision, NO_PROOF, need, type Proof, unchanged } from '../story/plan.ts';
import { vaultAlert } from '../story/raise.ts';
import { type Asked, noVault, stale, type VaultPlace, vaultDeleted } from '../story/request.ts';
import type { Deciding, Runs } from '../story/run.ts';
import { noting, type PurgeReads, purgeNews, purgeWeakened, withExecutor } from './purgeSettings.ts';

export interface PutVault {
  readonly patch: SettingsPatch;
  /** The difference between PUT and PATCH. */
  readonly mustExist: boolean;
}

export interface VaultResult {
  readonly vault: Vault;
  readonly counts: Counts;
  readonly created: boolean;
  readonly warnings: readonly string[];
  /** Something that was asked for does not hold yet. */
  readonly pending?: boolean;
  /** What brings hints and the order of the trash after a longer period. */
  readonly operation?: string | undefined;
}

/** What the decision reads besides the head. */
interface More extends PurgeReads {
  /** Set once the directory lists the new vault: the id that it will have. */
  readonly listed?: string;
  /** Nobody has the name, whose history ends with this. */
  readonly behind?: ChainHead;
  readonly counts?: Counts;
  readonly servers?: readonly Server[];
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

const written = onAnyVault<PutVault, VaultResult, Pick<More, 'listed' | 'noted'>>()({
  operation: 'ChangeVault',
  also: {
    behind: async ({ flow, place }) => {
      const { deleted, behind } = await flow.vaults.clearVault(place.vault);
      return deleted ? vaultDeleted(deleted) : behind;
    },
    counts: ({ flow, place }) => flow.vaults.counts(place.vault),
    servers: async ({ flow, place }) => (await flow.vaults.servers(place.vault, { limit: 1000 })).found,
    executor: async ({ flow }, _, { patch }) => {
      const name = patch.purge?.executor ?? '';
      return (await flow.executors.get(name)) ?? noExecutor(name);
    },
    kindsName: ({ flow }) => anyKindNames(flow),
    approval: async (world, { head }, ask, weakened) =>
      head ? proofs.approval(world, { head }, ask, weakened) : NO_PROOF,
    secondFactor: proofs.secondFactor,
  },
  decide({ head, ...more }, { patch, mustExist }, request) {
    if (!head && mustExist) return noVault(request.place.vault);
    return stale(request, head?.vault) ?? (head ? change(head, more, patch, request) : create(more, patch, request));
  },
});

/**
 * Makes a vault, or changes the settings that are given. A new one is enlisted again when it is there: since it was enlisted first others
 * may have made, deleted and removed one of its name, and have struck that line.
 */
export const putVault: Runs<VaultPlace, PutVault, VaultResult> & Pick<typeof written, 'decide'> = Object.assign(
  async (...given: Parameters<typeof written>) => {
    const outcome = await written(...given);
    const [flow, { now }] = given;
    if (outcome.ok && outcome.value.created) await flow.land({ now, write: enlisted(outcome.value.vault) });
    return outcome;
  },
  { decide: written.decide },
);

const enlisted = ({ name, id }: Pick<Vault, 'name' | 'id'>) => ({ line: 'vault', vault: name, id }) as const;

function create(
  { listed, behind, ...more }: More,
  patch: SettingsPatch,
  request: Deciding<VaultPlace>,
): Decision<VaultResult> {
  const { kind } = patch;
  if (!kind) return invalid('$.kind', 'A new vault needs a "kind": RecoveryServices or Backup. It never changes.');
  const settings = settingsAfter(newSettings(kind), patch, kind);
  if (!settings.ok) return settings;
  const wished = withExecutor(undefined, settings.value, more);
  if ('need' in wished) return wished;
  const name = request.place.vault;
  // The name of a deleted vault is taken, and what an old version left of one must not come back to life in the new one.
  if (!behind) return need('behind');
  // The directory comes first: a vault that is not listed would be worse than a line that leads nowhere.
  if (!listed) {
    const step = { ...enlisted({ name, id: request.id }), unlessListed: true } as const;
    return { step, leaves: { listed: request.id } };
  }
  const note = noting(name, undefined, wished, more);
  if ('step' in note) return note.step;
  const vault: Vault = {
    name,
    id: listed,
    kind,
    ...wished,
    extensions: [],
    version: 1,
    guard: null,
    silences: [],
    pendingChanges: [],
    deletion: null,
    etag: request.id,
  };
  return {
    operation: 'CreateVault',
    vault,
    behind,
    names: note.names,
    alerts: news(request, undefined, vault),
    facts: { kind },
    answer: { vault, counts: NO_COUNTS, created: true, warnings: [] },
  };
}

const EXTENDING = { kind: 'ExtendRetention', subject: null } as const;

/** A longer period holds for what lies in the trash from now on; somebody walks it and writes that down. */
const extending = (
  head: HeldHead,
  { extensions, version }: Vault,
  { softDeleted: total }: Counts,
  request: Deciding,
) =>
  total > 0 && extensions.some((one) => one.version === version)
    ? begin(head, { ...EXTENDING, total }, request)
    : undefined;

function change(
  head: HeldHead,
  { counts = head.tally?.counts, servers, ...shown }: More,
  patch: SettingsPatch,
  request: Deciding,
): Decision<VaultResult> {
  const { vault: before } = head;
  if (patch.kind && patch.kind !== before.kind)
    return refuse(
      'KindImmutable',
      `${before.name} is a ${before.kind} vault, and the kind of a vault never changes. Make another vault.`,
      { target: '$.kind' },
    );
  const settings = settingsAfter(before, patch, before.kind);
  if (!settings.ok) return settings;
  const named = withExecutor(before.purge, settings.value, shown);
  if ('need' in named) return named;
  const wished = { ...before, ...named };
  const ofPurge = purgeWeakened(request, before, named.purge, shown);
  if ('need' in ofPurge) return ofPurge;
  const weakened = [...weakenedBy(request, 'vault', before, wished), ...ofPurge];
  const cooled = cooledOff(before, wished, weakened, request);
  const changed = reconfigured(before, cooled.vault, request.now, request.id);
  if (!changed.ok) return changed;
  const vault = changed.value;
  if (!counts) return need('counts');
  if (sameSettings(before, wished))
    return unchanged({ vault: before, counts, created: false, warnings: [], operation: runningOf(head, EXTENDING) });
  const alwaysOn = before.softDelete.state !== 'AlwaysOn' && vault.softDelete.state === 'AlwaysOn';
  if (alwaysOn && !servers) return need('servers');
  // The guard comes first, and the second factor last.
  const missing = unproved(weakened, shown) ?? (alwaysOn ? tokenFactor(request) : undefined);
  if (missing) return missing;
  const note = noting(before.name, before.purge, named, shown);
  if ('step' in note) return note.step;
  const held = new Set(cooled.added.map(({ control }) => control));
  const now = weakened.filter(({ control }) => !held.has(control));
  const operation = extending(head, vault, counts, request);
  return {
    vault,
    names: note.names,
    ...(operation ? { operations: [operation] } : {}),
    alerts: [
      ...weakeningAlerts(request, now, { before, approval: shown.approval }),
      ...requests(request, before, cooled, shown.approval),
      ...purgeNews(request, before, named, now),
      ...news(request, before, vault).filter(({ type }) => !now.some(({ alert }) => alert === type)),
    ],
    facts: {
      ...weakeningFacts(weakened),
      ...coolingFacts(cooled),
      settingsBefore: JSON.stringify(settingsOf(before)),
      settingsAfter: JSON.stringify(settingsOf(vault)),
    },
    answer: {
      ...{ vault, counts, created: false, warnings: alwaysOnWarnings(servers ?? []), pending: held.size > 0 },
      operation: operation?.now.id,
    },
  };
}

const settingsOf = ({ softDelete, hybrid, immutability, alerts, coolingOffHours, purge }: Vault) => ({
  softDelete,
  hybrid,
  immutability,
  alerts,
  coolingOffHours,
  ...(purge.executor === null && purge.parameters === null ? {} : { purge }),
});
const sameSettings = (a: Vault, b: Vault): boolean => JSON.stringify(settingsOf(a)) === JSON.stringify(settingsOf(b));

/** If a server dies after the switch to AlwaysOn, its backups cannot be removed from the portal any more. */
const alwaysOnWarnings = (servers: readonly Server[]): readonly string[] =>
  servers
    .filter(({ registration }) => registration === 'Registered')
    .map(
      ({ name, kind }) =>
        `${kind} server ${name} is registered. Under AlwaysOn it cannot be deregistered, nor its backups deleted, from the portal: ` +
        'stop its protection with delete from the agent before the server is decommissioned, or its backups are kept and billed for good.',
    );

type Says = (before: Vault | undefined, after: Vault) => Facts | undefined;

/** Which changes somebody must hear of that weaken nothing: a row says when, and what the mail tells. */
const NEWS: Partial<Record<AlertType, Says>> = {
  SoftDeleteAlwaysOnEnabled: (before, after) => {
    const [from, to] = [before?.softDelete.state ?? 'Enabled', after.softDelete.state];
    return from !== to && to === 'AlwaysOn' ? { from, to } : undefined;
  },
  RetentionChanged: (before, after) => {
    const [from, to] = [before?.softDelete.retentionDays, after.softDelete.retentionDays];
    return from === undefined || from === to ? undefined : { before: `${from} days`, after: `${to} days` };
  },
  Welcome: (before, after) => {
    const known = before ? everyone(before) : [];
    const recipients = everyone(after).filter((address) => !known.some((one) => sameName(one, address)));
    return recipients.length > 0 ? { recipients } : undefined;
  },
};

const everyone = ({ alerts }: Vault): readonly string[] => [...new Set([...alerts.owners, ...alerts.recipients])];

const news = (request: Asked, before: Vault | undefined, after: Vault): readonly Alert[] =>
  Object.entries(NEWS).flatMap(([type, says]) => {
    const facts = says(before, after);
    return facts ? [vaultAlert(type as AlertType, request, after, facts, after.version)] : [];
  });
