import type { ControlState, Held, HeldHead } from '../../change.ts';
import { livePause, type Pause } from '../../core/brakes.ts';
import type { Executor } from '../../core/executors.ts';
import type { Grant, Spent } from '../../core/grants.ts';
import { type Guard, type ServiceGuard, UNGUARDED } from '../../core/guards.ts';
import { SERVICE } from '../../core/hints.ts';
import type { Item, Remains } from '../../core/item.ts';
import { builtInKind, type OwnKind, type StoredKind } from '../../core/kinds.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import type { Reads, VaultReads } from '../../ports.ts';
import { noItem, noVault, type Place, purged, type VaultPlace } from './request.ts';
import { runner, type World } from './run.ts';

/** Which of the two is missing: the item, or the vault it should be in. */
export const missing = async ({ vaults }: VaultReads, place: Place): Promise<Refused> =>
  (await vaults.head(place.vault, 'fresh')) ? noItem(place) : noVault(place.vault);

/** The head as it is remembered, in the first round; later, or where only a fresh one will do, as it is. */
export const headOf = ({ flow, place, fresh }: World<VaultPlace>): Promise<HeldHead | undefined> =>
  flow.vaults.head(place.vault, fresh ? 'fresh' : 'remembered');
export const freshHeadOf = ({ flow, place }: World<VaultPlace>): Promise<HeldHead | undefined> =>
  flow.vaults.head(place.vault, 'fresh');
const wholeHeadOf = ({ flow, place }: World<VaultPlace>): Promise<HeldHead | undefined> =>
  flow.vaults.head(place.vault, 'whole');

interface OfItem {
  readonly item: Held<Item>;
}
interface OfRemains {
  readonly item: Held<Remains>;
}
interface OfVault {
  readonly head: HeldHead;
}

const orNoVault =
  (read: typeof headOf) =>
  async (world: World<VaultPlace>): Promise<OfVault | Refused> => {
    const head = await read(world);
    return head ? { head } : noVault(world.place.vault);
  };
const readHead = orNoVault(headOf);

async function readRemains({ flow, place }: World<Place>): Promise<OfRemains | Refused> {
  const item = await flow.vaults.item(place.vault, place.item);
  return item ? { item } : missing(flow, place);
}

const aboutItem = {
  etagOf: ({ item }: OfRemains) => item.value,
  historyOf: ({ vault, item }: Place) => ({ vault, item }),
};

/** A purged item answers that it is gone. */
const unpurged =
  <F extends OfRemains>(read: (world: World<Place>) => Promise<F | Refused>) =>
  async (world: World<Place>): Promise<(F & OfItem) | Refused> => {
    const found = await read(world);
    if ('ok' in found) return found;
    const { value, tag } = found.item;
    return value.state === 'Purged' ? purged(value, world.request.now) : { ...found, item: { value, tag } };
  };

async function readRemainsInVault(world: World<Place>): Promise<(OfRemains & OfVault) | Refused> {
  const inVault = await readHead(world);
  if ('ok' in inVault) return inVault;
  const found = await readRemains(world);
  return 'ok' in found ? found : { ...found, ...inVault };
}

/** A verb that rests on the item alone. */
export const onItem = runner<Place, OfItem>({ ...aboutItem, read: unpurged(readRemains) });
/** A verb that rests on the vault's settings or policies as well. */
export const onItemInVault = runner<Place, OfItem & OfVault>({ ...aboutItem, read: unpurged(readRemainsInVault) });
/** The same for a verb that means something for a purged item, too. */
export const onRemainsInVault = runner<Place, OfRemains & OfVault>({ ...aboutItem, read: readRemainsInVault });

const aboutVault = {
  etagOf: ({ head }: OfVault) => head.vault,
  historyOf: ({ vault }: VaultPlace) => ({ vault, item: null }),
};

/** A verb that changes the vault, its policies or its servers: it reads the whole head afresh. */
export const onVault = runner<VaultPlace, OfVault>({ ...aboutVault, read: orNoVault(wholeHeadOf) });

/** A verb about a vault that is deleted. */
export const onDeletedVault = runner<VaultPlace, OfVault>({
  ...aboutVault,
  read: orNoVault(({ flow, place }) => flow.vaults.deleted(place.vault)),
});

/** A verb that makes a vault, or changes the one that is there. The verb looks at the etag itself. */
export const onAnyVault = runner<VaultPlace, { readonly head: HeldHead | null }>({
  historyOf: aboutVault.historyOf,
  read: async (world) => ({ head: (await wholeHeadOf(world)) ?? null }),
});

/** A verb that makes something new in a vault: nothing of it has to be there. */
export const inVault = runner<Place, OfVault>({ historyOf: aboutItem.historyOf, read: readHead });

/** What holds purges back lies among the service's own rows, and so does the history of it. */
const aboutService = { historyOf: () => ({ vault: null, item: null }) };

/** A verb that changes the pause. One that is over counts as none. */
export const onPause = runner<object, { readonly control: ControlState; readonly pause: Pause | null }>({
  ...aboutService,
  etagOf: ({ pause }) => pause,
  async read({ flow, request }) {
    const control = await flow.control.read();
    return { control, pause: livePause(control.pause?.value, request.now) };
  },
});

/** A verb that lets go what the belt holds. */
export const onBelt = runner<object, { readonly control: ControlState }>({
  ...aboutService,
  read: async ({ flow }) => ({ control: await flow.control.read() }),
});

export interface GuardPlace {
  readonly guard: string;
}
export interface GrantPlace extends GuardPlace {
  readonly grant: string;
}
export const noGuard = (guard: string): Refused => refuse('GuardNotFound', `There is no guard ${guard}.`);

/** What happens to guards belongs to no vault: they lie, and their histories, among the service's own rows. */
const aboutGuard = {
  etagOf: ({ guard }: { readonly guard: Held<Guard> | null }) => guard?.value,
  historyOf: ({ guard }: GuardPlace) => ({ vault: null, item: null, guard }),
};

/** A verb that makes or changes a guard. */
export const onAnyGuard = runner<GuardPlace, { readonly guard: Held<Guard> | null }>({
  ...aboutGuard,
  read: async ({ flow, place }) => ({ guard: (await flow.guards.get(place.guard)) ?? null }),
});

export const onGuard = runner<GuardPlace, { readonly guard: Held<Guard> & { readonly isLast?: boolean } }>({
  ...aboutGuard,
  async read({ flow, place }) {
    const guard = await flow.guards.get(place.guard);
    return guard ? { guard } : noGuard(place.guard);
  },
});

/** What was granted, with its guard, and what became of it. */
interface OfGrant {
  readonly guard: Held<Guard>;
  readonly grant: Held<Grant>;
  readonly spent: Held<Spent> | null;
}

export async function readGrant({ guards }: Pick<Reads, 'guards'>, place: GrantPlace): Promise<OfGrant | Refused> {
  const guard = await guards.get(place.guard);
  if (!guard) return noGuard(place.guard);
  const grant = await guards.grant(place.guard, place.grant);
  if (!grant) return refuse('GrantNotFound', `${place.guard} has no grant ${place.grant}.`);
  const spent = await guards.spent(grant.value.vault ?? SERVICE, grant.value.id);
  return { guard, grant, spent: spent ?? null };
}

/** A verb about one grant. */
export const onGrant = runner<GrantPlace, OfGrant>({
  historyOf: ({ guard }) => aboutGuard.historyOf({ guard }),
  read: ({ flow, place }) => readGrant(flow, place),
});

export interface KindPlace {
  readonly kind: string;
}
export const noKind = (kind: string): Refused => refuse('KindNotFound', `There is no kind ${kind}.`);

const aboutKind = {
  etagOf: ({ kind }: { readonly kind: Held<StoredKind> | null }) => kind?.value,
  historyOf: () => ({ vault: null, item: null }),
};

/** A verb that makes a kind, or changes what is stored of one. It looks at the etag itself: a built-in kind has one without a row. */
export const onAnyKind = runner<KindPlace, { readonly kind: Held<StoredKind> | null }>({
  ...aboutKind,
  read: async ({ flow, place }) => ({ kind: (await flow.kinds.get(place.kind)) ?? null }),
});

/** A verb about a kind of your own. */
export const onOwnKind = runner<KindPlace, { readonly kind: Held<OwnKind> }>({
  ...aboutKind,
  async read({ flow, place }) {
    const builtIn = builtInKind(place.kind);
    if (builtIn) return refuse('KindReserved', `${builtIn.name} is built in, and stays.`);
    const found = await flow.kinds.get(place.kind);
    return found && 'class' in found.value ? { kind: { value: found.value, tag: found.tag } } : noKind(place.kind);
  },
});

export interface ExecutorPlace {
  readonly executor: string;
}
export const noExecutor = (executor: string): Refused =>
  refuse('ExecutorNotFound', `There is no executor ${executor}.`);

const aboutExecutor = {
  etagOf: ({ executor }: { readonly executor: Held<Executor> | null }) => executor?.value,
  historyOf: () => ({ vault: null, item: null }),
};

/** A verb that makes or changes an executor. */
export const onAnyExecutor = runner<ExecutorPlace, { readonly executor: Held<Executor> | null }>({
  ...aboutExecutor,
  read: async ({ flow, place }) => ({ executor: (await flow.executors.get(place.executor)) ?? null }),
});

export const onExecutor = runner<ExecutorPlace, { readonly executor: Held<Executor> }>({
  ...aboutExecutor,
  async read({ flow, place }) {
    const executor = await flow.executors.get(place.executor);
    return executor ? { executor } : noExecutor(place.executor);
  },
});

/** A verb that links the service itself to a guard. */
export const onServiceGuard = runner<object, { readonly serviceGuard: Held<ServiceGuard> | null }>({
  etagOf: ({ serviceGuard }) => serviceGuard?.value ?? UNGUARDED,
  historyOf: () => ({ vault: null, item: null }),
  read: async ({ flow }) => ({ serviceGuard: (await flow.guards.ofService()) ?? null }),
});
