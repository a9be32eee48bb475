import type { Hold } from '../../core/item.ts';
import { named } from '../../core/names.ts';
import { invalid, refuse } from '../../core/problems.ts';
import { iso } from '../../core/time.ts';
import { onItem } from '../story/nouns.ts';
import type { Created } from '../story/plan.ts';
import { stale } from '../story/request.ts';

export type HoldAsk = Pick<Hold, 'name' | 'reason' | 'until'>;

export type HoldResult = Created<{ readonly hold: Hold }>;

const MOST_HOLDS = 20;

/** While a hold lives its item is not purged; undelete never asks for it. */
export const putHold = onItem<HoldAsk, HoldResult>()({
  operation: 'PutHold',
  etagIsOfPart: true,
  wrong: ({ until }, { now }) =>
    until && until <= now
      ? invalid('$.until', 'A hold must end in the future, or not at all: leave "until" out.')
      : undefined,
  decide({ item: { value: item } }, { name, reason, until }, request) {
    if (item.state === 'Purging')
      return refuse('PurgeInProgress', `${item.name} is being purged. That cannot be stopped or undone.`);
    const before = named(item.holds, name);
    const precondition = stale(request, before);
    if (precondition) return precondition;
    const others = item.holds.filter((hold) => hold !== before);
    if (others.length >= MOST_HOLDS)
      return refuse('LimitReached', `An item can have ${MOST_HOLDS} holds at most. Remove one first.`);
    const { id: etag, now: at, caller } = request;
    const hold: Hold = { name: before?.name ?? name, reason, until, by: caller.oid, at, etag };
    return {
      item: { ...item, holds: [...others, hold], etag },
      facts: { hold: hold.name, reason, until: until && iso(until) },
      answer: { hold, created: before === undefined },
    };
  },
});

export const removeHold = onItem<Pick<HoldAsk, 'name'>, null>()({
  operation: 'RemoveHold',
  etagIsOfPart: true,
  decide({ item: { value: item } }, { name }, request) {
    const hold = named(item.holds, name);
    if (!hold) return refuse('HoldNotFound', `${item.name} has no hold ${name}.`);
    const holds = item.holds.filter((one) => one !== hold);
    return (
      stale(request, hold) ?? {
        item: { ...item, holds, etag: request.id },
        facts: { hold: hold.name },
        answer: null,
      }
    );
  },
});
