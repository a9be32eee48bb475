import { alert } from '../core/alerts.ts';
import { sameName } from '../core/names.ts';
import { type Outcome, ok, refuse } from '../core/problems.ts';
import type { Counts, Vault } from '../core/vault.ts';
import type { HeldHead, Ports } from '../ports.ts';
import { callerFacts, hintsToTell, tellSoon } from './alerting.ts';
import { type Asking, entry, noVault, rounds, stale, tellRefusal } from './asking.ts';
import { type WatchPorts, watched } from './critical.ts';
import { approval, grantUsed } from './guarded.ts';
import { noGuard } from './guards.ts';
import { tokenFactor } from './pins.ts';

type LinkPorts = WatchPorts & Pick<Ports, 'vaults' | 'guards' | 'newId'>;

export interface Linked {
  readonly vault: Vault;
  readonly counts: Counts;
}

const OPERATION = { link: 'LinkGuard', unlink: 'RemoveGuard' } as const;

/** Puts a vault under a guard. Taking another guard instead removes the first, so that one has to approve. */
export const linkGuard = (
  ports: LinkPorts,
  asking: Asking<Linked>,
  vault: string,
  guard: string,
): Promise<Outcome<Linked>> =>
  critically(ports, asking, vault, OPERATION.link, async (head) => {
    const held = await ports.guards.get(guard);
    if (!held) return noGuard(guard);
    if (sameName(head.vault.guard, guard)) return ok({ vault: head.vault, counts: await ports.vaults.counts(vault) });
    const { name } = held.value;
    return relink(ports, asking, head, name, OPERATION.link);
  });

/** Takes a vault out of its guard's hands; the guard itself has to approve. */
export const unlinkGuard = (ports: LinkPorts, asking: Asking<Linked>, vault: string): Promise<Outcome<Linked>> =>
  critically(ports, asking, vault, OPERATION.unlink, async (head) =>
    head.vault.guard === null
      ? refuse('GuardNotFound', `${head.vault.name} is not guarded.`)
      : relink(ports, asking, head, null, OPERATION.unlink),
  );

async function critically(
  ports: LinkPorts,
  asking: Asking<Linked>,
  vault: string,
  operation: string,
  change: (head: HeldHead) => Promise<Outcome<Linked> | 'again'>,
): Promise<Outcome<Linked>> {
  const outcome = await rounds<Linked>(async () => {
    const head = await ports.vaults.head(vault, 'fresh');
    if (!head) return noVault(vault);
    return stale(asking, head.vault) ?? change(head);
  });
  await tellRefusal(ports, asking, { vault, item: null }, operation, outcome);
  return watched(ports, asking, { vault }, operation, outcome);
}

async function relink(
  ports: LinkPorts,
  asking: Asking<Linked>,
  head: HeldHead,
  guard: string | null,
  operation: string,
): Promise<Outcome<Linked> | 'again'> {
  const before = head.vault;
  const approved = await approval(ports, asking, before, ['removeGuard']);
  if (!approved.ok) return approved;
  const factor = tokenFactor(asking.caller);
  if (factor) return factor;
  const id = ports.newId();
  const vault: Vault = { ...before, guard, version: before.version + 1, etag: id };
  const facts = { ...approved.value, before: before.guard, after: guard };
  const subject = { vault: before.name };
  const alerts =
    before.guard === null
      ? []
      : [
          alert('MuaDisabled', subject, asking.now, { ...callerFacts(asking), ...facts }, vault.version),
          ...grantUsed(asking, before.name, operation, approved.value),
        ];
  const result: Linked = { vault, counts: await ports.vaults.counts(before.name) };
  // The list first: a guard must never be deleted while it guards something.
  if (guard !== null) await ports.guards.link(guard, before.name);
  await ports.agenda.write(hintsToTell(alerts));
  const done = await ports.vaults.changeHead({
    was: head,
    vault,
    id,
    entry: entry(asking, null, { operation, facts }),
    alerts,
    answer: asking.keep?.(result),
  });
  if (!done) return 'again';
  tellSoon(ports, alerts);
  return ok(result);
}
