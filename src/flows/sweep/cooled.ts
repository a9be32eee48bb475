import type { Raised } from '../../change.ts';
import { alert } from '../../core/alerts.ts';
import type { Facts } from '../../core/caller.ts';
import { CONTROLS, type Control, weakenings } from '../../core/controls.ts';
import { ripe, withPending } from '../../core/coolingOff.ts';
import { reconfigured, settingsAfter } from '../../core/settings.ts';
import { isYoung } from '../../core/sweep.ts';
import { type Instant, iso } from '../../core/time.ts';
import type { PendingChange, Vault } from '../../core/vault.ts';
import type { DueHint } from '../../ports/agenda.ts';

import { entry } from '../story/request.ts';
import type { Plan, Read, Task } from './plans.ts';

/** What a hint about a vault leads to: it only says when to look, and the vault says what has cooled off by now. */
export function cooledTask(hint: DueHint, vault: Vault, now: Instant): Task {
  if (ripe(vault, now).length > 0) return { task: 'apply' };
  return { task: isYoung(hint, now) ? 'leave' : 'drop' };
}

interface Settled {
  readonly vault: Vault;
  readonly entries: readonly ReturnType<typeof entry>[];
  readonly alerts: readonly Raised[];
}

/** All that has cooled off, each decided from what the one before left. */
export function apply(_: unknown, { head, now, id }: Read): Plan {
  const start: Settled = { vault: head.vault, entries: [], alerts: [] };
  const { vault, entries, alerts } = ripe(head.vault, now).reduce((so, one) => settle(so, one, now, id), start);
  return {
    landing: { head, now, write: { vault: vault.name, id, head: { was: head, now: vault }, entries, alerts } },
    hint: 'struck',
    counts: { as: 'applied', count: alerts.length },
  };
}

/** It holds from now on; or, where nothing is left to weaken or that may no longer be, it is struck off without a word to anyone. */
function settle({ vault, entries, alerts }: Settled, change: PendingChange, now: Instant, id: string): Settled {
  const rest = { ...vault, pendingChanges: vault.pendingChanges.filter((one) => one !== change) };
  const wished = withPending(rest, change);
  const weakened = weakenings('vault', rest, wished, change.requestedBy).find(
    ({ control }) => control === change.control,
  );
  const settings = settingsAfter(rest, wished, rest.kind);
  const after = settings.ok && weakened ? reconfigured(rest, { ...wished, ...settings.value }, now, id) : undefined;
  const who = { by: change.requestedBy.oid, tenant: change.requestedBy.tid };
  const about: Facts = { change: change.id, requestedBy: who.by, requestedAt: iso(change.requestedAt) };
  if (!after?.ok || !weakened) {
    const facts = { ...about, control: change.control, before: change.before, after: change.after };
    const told = entry({ now }, null, { operation: 'DropPendingChange', facts });
    return { vault: { ...rest, etag: id }, entries: [...entries, told], alerts };
  }
  const facts = { ...about, control: change.control, before: weakened.before, after: weakened.after };
  const { alert: type } = CONTROLS[change.control as Control];
  const raised = alert(type, { vault: vault.name }, now, { ...who, ...facts }, change.id);
  return {
    vault: after.value,
    entries: [...entries, entry({ now }, null, { operation: 'ApplyPendingChange', facts })],
    alerts: [...alerts, { was: undefined, now: raised, told: [vault.alerts] }],
  };
}
