import { holdHint, purgeHint } from '../core/agenda.ts';
import type { Hold, Item } from '../core/item.ts';
import { purgeAt } from '../core/lifecycle.ts';
import { sameName } from '../core/names.ts';
import { type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { type Instant, iso, later } from '../core/time.ts';
import type { Held, Ports } from '../ports.ts';
import { type Asking, entry, type Place, stale } from './asking.ts';
import { onItem } from './onItem.ts';

type HoldPorts = Pick<Ports, 'vaults' | 'agenda' | 'newId'>;

export interface HoldResult {
  readonly hold: Hold;
  readonly created: boolean;
}

const MOST_HOLDS = 20;

/** While a hold lives its item is not purged; undelete never asks for it. */
export async function putHold(
  ports: HoldPorts,
  asking: Asking<HoldResult>,
  place: Place,
  name: string,
  ask: { reason: string; until: Instant | null },
): Promise<Outcome<HoldResult>> {
  if (ask.until && ask.until <= asking.now)
    return refuse('InvalidRequest', 'A hold must end in the future, or not at all: leave "until" out.', {
      target: '$.until',
    });
  return changeHolds(ports, asking, place, 'PutHold', async (held) => {
    const item = held.value;
    if (item.state === 'Purging')
      return refuse('PurgeInProgress', `${item.name} is being purged. That cannot be stopped or undone.`);
    const before = item.holds.find((hold) => sameName(hold.name, name));
    const precondition = stale(asking, before);
    if (precondition) return precondition;
    const others = item.holds.filter((hold) => hold !== before);
    if (others.length >= MOST_HOLDS)
      return refuse('LimitReached', `An item can have ${MOST_HOLDS} holds at most. Remove one first.`);
    const id = ports.newId();
    const hold: Hold = { name: before?.name ?? name, ...ask, by: asking.caller.oid, at: asking.now, etag: id };
    if (ask.until) await ports.agenda.write([holdHint(item, ask.until)]);
    const result = { hold, created: before === undefined };
    return {
      item: { ...item, holds: [...others, hold], etag: id },
      result,
      facts: { hold: hold.name, reason: ask.reason, until: ask.until && iso(ask.until) },
    };
  });
}

export const removeHold = (
  ports: HoldPorts,
  asking: Asking<null>,
  place: Place,
  name: string,
): Promise<Outcome<null>> =>
  changeHolds(ports, asking, place, 'RemoveHold', async ({ value: item }) => {
    const hold = item.holds.find((one) => sameName(one.name, name));
    if (!hold) return refuse('HoldNotFound', `${item.name} has no hold ${name}.`);
    const precondition = stale(asking, hold);
    if (precondition) return precondition;
    // While it was held nobody looked; what is overdue is looked at by the next sweep.
    if (item.state === 'SoftDeleted')
      await ports.agenda.write([purgeHint(item, later(asking.now, purgeAt(item, undefined)))]);
    return {
      item: { ...item, holds: item.holds.filter((one) => one !== hold), etag: ports.newId() },
      result: null,
      facts: { hold: hold.name },
    };
  });

interface HoldChange<R> {
  readonly item: Item;
  readonly result: R;
  readonly facts: Readonly<Record<string, string | null>>;
}

const changeHolds = <R>(
  ports: HoldPorts,
  asking: Asking<R>,
  place: Place,
  operation: string,
  decide: (held: Held<Item>) => Promise<HoldChange<R> | Refused>,
): Promise<Outcome<R>> =>
  onItem<R>({ ports, asking, place, operation, etagIsOfPart: true }, async (held) => {
    const change = await decide(held);
    if ('ok' in change) return change;
    const done = await ports.vaults.commit({
      vault: held.value.vault,
      id: change.item.etag,
      items: [{ was: held, now: change.item }],
      entries: [entry(asking, change.item.name, { operation, from: held.value, to: change.item, facts: change.facts })],
      answer: asking.keep?.(change.result),
    });
    return done ? ok(change.result) : 'again';
  });
