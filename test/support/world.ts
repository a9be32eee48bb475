import type { Outcome } from '../../src/core/problems.ts';
/** The flows' world over any tables: ports, callers, and shorthand for what nearly every test sets up. */

import type { Change, Held, HeldHead } from '../../src/change.ts';
import type { Caller, Entry } from '../../src/core/caller.ts';
import { SERVICE } from '../../src/core/hints.ts';
import type { Remains } from '../../src/core/item.ts';
import type { Policy } from '../../src/core/policy.ts';
import { DAY_MS, type Instant } from '../../src/core/time.ts';
import type { Vault } from '../../src/core/vault.ts';
import { notify } from '../../src/flows/notify/message.ts';
import { type FlowPorts, flowPorts } from '../../src/flows/story/land.ts';
import type { Request } from '../../src/flows/story/request.ts';
import type { Mailer, Notices } from '../../src/ports/alerts.ts';
import type { Vaults } from '../../src/ports/vaults.ts';
import type { Ports } from '../../src/ports.ts';
import { pepperedPins, pepperedSeal } from '../../src/secrets.ts';
import { NOON } from './builders.ts';
import { SEALS, storesOver } from './stores.ts';
import type { Tables } from './tables.ts';

let ids = 0;
export const newId = (): string => {
  ids += 1;
  return `id-${String(ids).padStart(6, '0')}`;
};

/** Everything that stories read and land through; and beside it the doors, for what a test lays there by itself. */
export type World = FlowPorts & Pick<Ports, 'commit' | 'hint' | 'notices'>;

/** Before the first change that goes through it, somebody else gets something done. */
export function overtaken(world: World, by: () => Promise<unknown>): World {
  let landed = false;
  const commit: Ports['commit'] = async (write) => {
    if (!landed) {
      landed = true;
      await by();
    }
    return world.commit(write);
  };
  return { ...world, ...flowPorts({ ...world, commit }) };
}

/** Where nobody wants mails, every alert is told at once: to nobody. */
export const portsOver = (tables: Tables, over: Partial<Ports> = {}): World => {
  const mailer: Mailer = { send: async () => ({ sent: true }) };
  // what is to be told later is told by nobody here: time stands still
  const notices: Notices = {
    send: async (notice, delay = 0) => {
      if (delay === 0) await notify(world, NOBODY, notice, NOON);
    },
  };
  const ports: Ports = {
    ...storesOver(tables),
    seals: SEALS,
    pins: pepperedPins('a pepper for tests'),
    seal: pepperedSeal('a pepper for tests'),
    mailer,
    notices,
    clock: { now: () => NOON },
    newId,
    realNow: () => NOON,
    nextSweep: (after) => after.plus({ minutes: 5 }),
    storage: { ping: async () => ({ date: NOON }) },
    reach: { queue: async () => ({ notices: 0, shares: 0, poison: 0 }), mail: async () => undefined },
    purgeTerms: NO_NOTICE,
    operators: [],
    ...over,
  };
  const world: World = { ...flowPorts(ports), commit: ports.commit, hint: ports.hint, notices: ports.notices };
  return world;
};

/** What the README's tour and most tests need: people are told of the deletion, and one sweep purges. */
export const NO_NOTICE = { noticeMs: 0, untoldMaxMs: 30 * DAY_MS };

export const NOBODY = { perMinute: undefined, perRecipient: 1000, resourceGroup: null, portal: null };

export const CONTRIBUTOR: Caller = {
  tid: 'local',
  oid: 'somebody',
  roles: ['Contributor'],
  appOnly: false,
  secondFactor: true,
};

export const aRequest = <R>(now: Instant = NOON): Request<R> => ({ caller: CONTRIBUTOR, now, requestId: newId() });

export const anEntry = (item: string | null, over: Partial<Entry> = {}): Entry => ({
  at: NOON,
  item,
  caller: { oid: 'somebody', tid: 'local', roles: ['Contributor'], channel: 'portal' },
  operation: 'Test',
  outcome: 'Succeeded',
  code: null,
  from: null,
  to: null,
  requestId: 'r1',
  facts: {},
  ...over,
});

/** Sets the pause, or ends it, past the API. */
export async function setPause({ control, commit }: Pick<World, 'control' | 'commit'>, until: Instant | null) {
  const pause = until && { reason: 'stop!', until, by: 'me', tid: 'local', at: NOON, etag: 'p' };
  await commit({ vault: SERVICE, id: newId(), control: { was: await control.read(), pause } });
}

/** One item written, over what was read of it. */
export const writing = (now: Remains, was?: Held<Remains>, over: Partial<Change> = {}): Change => ({
  vault: now.vault,
  id: newId(),
  items: [{ was, now }],
  entries: [anEntry(now.name, { from: was?.value.state ?? null, to: now.state })],
  ...over,
});

export const newHead = (vault: Vault, was?: HeldHead, putPolicy?: Policy): Change => ({
  vault: vault.name,
  id: newId(),
  head: { was, now: vault, putPolicy },
  entries: [anEntry(null)],
});

/** What a story that has to succeed answers. */
export async function done<T>(outcome: Promise<Outcome<T>>): Promise<T> {
  const result = await outcome;
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

/** What must be there, or the test is wrong. */
export function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error('it is not there');
  return found;
}

export const headOf = (vaults: Vaults, vault = 'Contoso') => vaults.head(vault, 'whole').then(must);
