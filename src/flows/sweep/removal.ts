/** What a sweep does about a vault that was deleted or restored: its line in the directory, and at last its removal. */
import type { Held, HeldHead } from '../../change.ts';
import { type Alert, alert, isTold } from '../../core/alerts.ts';
import type { Facts } from '../../core/caller.ts';
import { SERVICE } from '../../core/hints.ts';
import { afterStep, atItsStart, type Operation, operationName, removalOf, type Step } from '../../core/operations.ts';
import { faultOf } from '../../core/problems.ts';
import { isYoung } from '../../core/sweep.ts';
import { addDays, addMillis, HOUR_MS, type Instant, iso } from '../../core/time.ts';
import { knownSince } from '../../core/told.ts';
import type { Vault, VaultDeletion } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';
import { landAlerts } from '../story/land.ts';
import { asUnreadable, looks } from '../story/pages.ts';
import { entry } from '../story/request.ts';
import { straighten } from '../vaults/deleted.ts';
import { placeOf, type Run, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** Vaults one after the other: what is removed here is many rows, and nobody waits for it. */
export async function removeAll(run: Run, planned: readonly Planned[]): Promise<void> {
  for (const { hint, task } of planned) {
    if (task.task !== 'remove' && task.task !== 'straighten' && task.task !== 'putOff') continue;
    if (run.outOfTime()) return;
    const done =
      task.task === 'putOff'
        ? putOff(run, hint, addDays(run.now, 1))
        : look(run, hint, task.task === 'remove' ? task.deleted : undefined);
    await strike(run, await done.catch((error: unknown) => setAside(run, [hint], faultOf(error))));
  }
}

/** Answers the hint if it is dealt with. */
async function look(run: Run, hint: DueHint, found: HeldHead | undefined): Promise<readonly DueHint[]> {
  const { flow, now } = run;
  // Of one that is being removed already the directory was straightened before.
  const deleted = found?.vault.deletion?.removing ? found : await straighten(flow, hint.vault, now);
  const removeAt = deleted?.vault.deletion?.removeAt;
  // Its change may still be on its way; of a deleted vault another hint stands at the end of its time.
  if (!deleted || !removeAt || removeAt > now) return isYoung(hint, now) ? [] : [hint];
  if (!run.mayPurge(hint, removeAt) || (await run.paused())) {
    run.seen.skipped.add(placeOf(hint));
    return [];
  }
  if (!(await isAllTold(run, deleted.vault))) return putOff(run, hint, addMillis(now, HOUR_MS));
  return (await remove(run, deleted)) ? [hint] : [];
}

async function putOff({ flow, now, seen }: Run, hint: DueHint, due: Instant): Promise<readonly DueHint[]> {
  await flow.land({ now, again: [{ ...hint, due }] });
  seen.skipped.add(placeOf(hint));
  return [hint];
}

const STRETCH = 1000;

/** People know of the deletion, or could not be told for long; and nobody waits for a mail about anything that happened in the vault. */
async function isAllTold({ flow, now }: Run, { name, deletion }: Vault): Promise<boolean> {
  // Once it has begun, the alerts go as well.
  if (!deletion || deletion.removing) return true;
  const isOverdue = now >= addMillis(deletion.removeAt, flow.purgeTerms.untoldMaxMs);
  let isKnown = isOverdue;
  for await (const { found, unreadable = [] } of looks((after) => flow.alerts.list(name, { after, limit: STRETCH }))) {
    if (!found.every(isTold)) return false;
    // Of one that cannot be read nobody knows whether a mail waits. It keeps the vault as long as people do who cannot be told, and not for ever.
    if (unreadable.length > 0 && !isOverdue) return false;
    isKnown ||= found.some((one) => tellsOf(one, deletion) && knownSince(one, 'counts') !== undefined);
  }
  return isKnown;
}

const tellsOf = ({ type, firedAt }: Alert, { at }: VaultDeletion): boolean =>
  type === 'VaultDeleted' && +firedAt === +at;

/**
 * All but the history; the head comes last, and until then the name is taken. How far it is stands in an operation of the service. false: the
 * next sweep goes on.
 */
async function remove(run: Run, deleted: HeldHead): Promise<boolean> {
  const { flow, now, outOfTime } = run;
  const { vault } = deleted;
  const was = await operationOf(run, vault);
  const { how, rows } = await flow.vaults.emptyVault(deleted, () => !outOfTime());
  const about = { removedVault: vault.name, deletedAt: vault.deletion && iso(vault.deletion.at) };
  if (how !== 'empty') {
    if (was && rows > 0) await flow.land({ now, write: noted(run, was, { cursor: 'rows', done: rows, failed: 0 }) });
    return false;
  }
  if (!(await tell(run, vault, about, was, rows))) return false;
  // Read before the name is free: of a later vault that is deleted the line has another tag, and stays.
  const listing = await flow.registry.deletedListing(vault.name);
  const last = await flow.vaults.deleted(vault.name);
  if (last?.vault.id !== vault.id) return false;
  const { done } = await flow.land({
    now,
    write: {
      vault: vault.name,
      id: flow.newId(),
      grave: { was: last, now: { id: vault.id, removedAt: now } },
      entries: [entry({ now }, null, { operation: 'RemoveVault', facts: about })],
    },
  });
  if (done && listing) await flow.land({ now, write: { line: 'unlistDeletedVault', listing } });
  return done;
}

/** There is one for each vault, and whoever comes first begins it. */
async function operationOf({ flow, now }: Run, vault: Vault): Promise<Held<Operation> | undefined> {
  const id = removalOf(vault);
  const find = () => flow.vaults.operation(SERVICE, operationName(id));
  const found = await find();
  if (found) return found;
  const about = { id, kind: 'RemoveVault', subject: null, startedBy: null, startedAt: now } as const;
  const operations = [{ was: undefined, now: atItsStart(about, vault.name, { total: null }) }];
  await flow.land({ now, write: { vault: SERVICE, id: flow.newId(), operations } });
  return find();
}

const noted = ({ flow, now }: Run, was: Held<Operation>, step: Step) => ({
  vault: SERVICE,
  id: flow.newId(),
  operations: [{ was, now: afterStep(was.value, step, now) }],
});

/**
 * The vault's own rows are gone: the alert is the service's, and brings along who is to be told. The operation ends with it; what is left to
 * do is the vault's last row. false: somebody else is at it.
 */
async function tell(
  run: Run,
  vault: Vault,
  about: Facts,
  was: Held<Operation> | undefined,
  rows: number,
): Promise<boolean> {
  const { flow, now } = run;
  if (!was) return false;
  if (was.value.status !== 'Running') return true;
  const facts = { ...about, deletedBy: vault.deletion?.by.oid ?? null };
  const raised = {
    was: undefined,
    now: alert('VaultRemoved', { vault: null }, now, facts, vault.id),
    told: [vault.alerts],
  };
  const write = noted(run, was, { cursor: undefined, done: rows, failed: 0 });
  const { operations } = write;
  if ((await landAlerts(flow, now, [raised], { operations })).done) return true;
  // Code of before may have raised it, which knew no such operation.
  const isRaised = (await flow.alerts.get(null, raised.now.id).catch(asUnreadable)) !== undefined;
  return isRaised && (await flow.land({ now, write })).done;
}
