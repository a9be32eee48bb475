/** What a sweep does about a vault that was deleted or restored: its line in the directory, and at last its removal. */
import type { HeldHead } from '../../change.ts';
import { type Alert, alert, isTold } from '../../core/alerts.ts';
import { isYoung } from '../../core/sweep.ts';
import { addDays, addMillis, HOUR_MS, type Instant, iso } from '../../core/time.ts';
import { knownSince } from '../../core/told.ts';
import type { Vault, VaultDeletion } from '../../core/vault.ts';
import type { DueHint } from '../../ports.ts';
import { landAlerts } from '../story/land.ts';
import { stretches } from '../story/pages.ts';
import { entry } from '../story/request.ts';
import { straighten } from '../vaults/deleted.ts';
import { placeOf, type Run, reasonOf, setAside, strike } from './run.ts';
import type { Planned } from './tasks.ts';

/** Vaults one after the other: what is removed here is many rows, and nobody waits for it. */
export async function removeAll(run: Run, planned: readonly Planned[]): Promise<void> {
  for (const { hint, task } of planned) {
    if (task.task !== 'remove' && task.task !== 'straighten' && task.task !== 'putOff') continue;
    if (run.outOfTime()) return;
    const done = task.task === 'putOff' ? putOff(run, hint, addDays(run.now, 1)) : look(run, hint);
    await strike(run, await done.catch((error: unknown) => setAside(run, [hint], reasonOf(error))));
  }
}

/** Answers the hint if it is dealt with. */
async function look(run: Run, hint: DueHint): Promise<readonly DueHint[]> {
  const { flow, now } = run;
  const deleted = await straighten(flow, hint.vault, now);
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

const STRETCH = 200;

/** People know of the deletion, or could not be told for long; and nobody waits for a mail about anything that happened in the vault. */
async function isAllTold({ flow, now }: Run, { name, deletion }: Vault): Promise<boolean> {
  // Once it has begun, the alerts go as well.
  if (!deletion || deletion.removing) return true;
  let isKnown = now >= addMillis(deletion.removeAt, flow.purgeTerms.untoldMaxMs);
  for await (const found of stretches((after) => flow.alerts.list(name, { after, limit: STRETCH }))) {
    if (!found.every(isTold)) return false;
    isKnown ||= found.some((one) => tellsOf(one, deletion) && knownSince(one, 'counts') !== undefined);
  }
  return isKnown;
}

const tellsOf = ({ type, firedAt }: Alert, { at }: VaultDeletion): boolean =>
  type === 'VaultDeleted' && +firedAt === +at;

/** All but the history; the head comes last, and until then the name is taken. false: the next sweep goes on. */
async function remove({ flow, now, outOfTime }: Run, { vault, ...head }: HeldHead): Promise<boolean> {
  const emptied = await flow.vaults.emptyVault({ vault, ...head }, () => !outOfTime());
  const was = emptied === 'empty' ? await flow.vaults.deleted(vault.name) : undefined;
  if (was?.vault.id !== vault.id) return false;
  const about = { removedVault: vault.name, deletedAt: vault.deletion && iso(vault.deletion.at) };
  const facts = { ...about, deletedBy: vault.deletion?.by.oid ?? null };
  // The vault's own rows are gone: the alert is the service's, and brings along who is to be told. It may be there already.
  const raised = alert('VaultRemoved', { vault: null }, now, facts, vault.id);
  const told = await landAlerts(flow, now, [{ was: undefined, now: raised, told: [vault.alerts] }]);
  if (!told.done && !(await flow.alerts.get(null, raised.id))) return false;
  const { done } = await flow.land({
    now,
    write: {
      vault: vault.name,
      id: flow.newId(),
      grave: { was, now: { id: vault.id, removedAt: now } },
      entries: [entry({ now }, null, { operation: 'RemoveVault', facts: about })],
    },
  });
  if (done) await straighten(flow, vault.name, now);
  return done;
}
