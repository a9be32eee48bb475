import type { Held, HeldHead } from '../../../change.ts';
import type { Hint } from '../../../core/hints.ts';
import { afterStep, endedWithVault, type Operation, type OperationKind } from '../../../core/operations.ts';
import { MOST_TRIES, nextTry } from '../../../core/sweep.ts';
import type { Instant } from '../../../core/time.ts';
import type { FlowPorts } from '../../story/land.ts';
import { extendRetention } from './extendRetention.ts';
import { rehintPolicy } from './rehintPolicy.ts';
import { reindex } from './reindex.ts';
import { undeleteItems } from './undeleteItems.ts';
import type { Walk } from './walk.ts';

/** Each kind of operation is one walk through the items of a vault. */
const WALKS: { readonly [K in Exclude<OperationKind, 'RemoveVault'>]: Walk } = {
  RehintPolicy: rehintPolicy,
  ExtendRetention: extendRetention,
  Reindex: reindex,
  UndeleteItems: undeleteItems,
};

/** `lost`: another one walks, or it starts anew. `absent`: there is no such operation, or not yet. */
export type CarriedOn = 'ended' | 'left' | 'lost' | 'absent';

/**
 * Carries an operation on, step by step, as long as it may. After each step its row says how far it is; so whoever comes next goes on
 * there, and of two who walk at the same time one finds that the row has changed, and stops.
 */
export async function carryOn(
  flow: FlowPorts,
  { vault, name }: { readonly vault: string; readonly name: string },
  now: Instant,
  mayGoOn: () => boolean,
): Promise<CarriedOn> {
  let unsaved: Held<Operation> | undefined;
  let how: 'remembered' | 'fresh' = 'remembered';
  for (;;) {
    const held = await flow.vaults.operation(vault, name);
    if (!held) return 'absent';
    const walk = walkOf(held.value.kind);
    if (held.value.status !== 'Running' || !walk) return 'ended';
    if (unsaved && unsaved.tag !== held.tag) return 'lost';
    if (!mayGoOn()) return 'left';
    const head = await flow.vaults.head(vault, how);
    const isSaved = head ? await step(flow, walk, held, head, now) : await endWithVault(flow, held, now);
    // Where nobody else has saved a step meanwhile it was the fence of an old head.
    if (!isSaved && how === 'fresh') return 'lost';
    how = isSaved ? 'remembered' : 'fresh';
    unsaved = isSaved ? undefined : held;
  }
}

/** It rests on the fence: what it walked by was the policy of now. */
async function step(flow: FlowPorts, walk: Walk, was: Held<Operation>, head: HeldHead, now: Instant): Promise<boolean> {
  const stretch = await walk(flow, was.value, head, now);
  if (stretch === 'again') return false;
  const { hints, unreadable, cursor, done, failed = 0, results = [] } = stretch;
  const aside = unreadable.map((item) => laterHint(head, item, now));
  await Promise.all(
    aside.map((hint) => flow.control.quarantine({ ...hint, ...UNREAD, since: now, nextTryAt: hint.due })),
  );
  const next = afterStep(was.value, { cursor, done, failed: failed + unreadable.length }, now);
  const { vault, fence } = head;
  const write = { vault: vault.name, id: flow.newId(), fence, operations: [{ was, now: next }], results };
  return (await flow.land({ now, head, write, again: [...hints, ...aside] })).done;
}

const walkOf = (kind: OperationKind): Walk | undefined => (kind === 'RemoveVault' ? undefined : WALKS[kind]);

const UNREAD = { why: 'its row cannot be read', isUnreadable: true, toldAt: null } as const;

/** The sweep tries it once a day, as everything that stands in quarantine. */
const laterHint = ({ vault }: HeldHead, item: string, now: Instant): Hint & { readonly tries: number } => ({
  ...{ kind: 'expire', vault: vault.name, item },
  ...{ due: nextTry(MOST_TRIES, now), tries: MOST_TRIES },
});

/** The deletion of a vault ends what runs in it. What the version before deleted is ended here. */
async function endWithVault(flow: FlowPorts, was: Held<Operation>, now: Instant): Promise<boolean> {
  const operations = [{ was, now: endedWithVault(was.value, now) }];
  const write = { vault: was.value.vault, id: flow.newId(), stillDeleted: true, operations } as const;
  return (await flow.land({ now, write })).done;
}
