import type {
  Change,
  ControlState,
  ControlWrite,
  Held,
  HeldHead,
  ItemWrite,
  PointPage,
  Raised,
  Replacement,
  Write,
} from '../../change.ts';
import type { Alert } from '../../core/alerts.ts';
import type { ChainHead, Facts } from '../../core/caller.ts';
import type { Weakening } from '../../core/controls.ts';
import type { Executor } from '../../core/executors.ts';
import type { Grant, Spent } from '../../core/grants.ts';
import type { Guard, ServiceGuard } from '../../core/guards.ts';
import type { Remains } from '../../core/item.ts';
import type { StoredKind } from '../../core/kinds.ts';
import type { PinRecord } from '../../core/pin.ts';
import type { Policy } from '../../core/policy.ts';
import type { Refused } from '../../core/problems.ts';
import type { Server } from '../../core/server.ts';
import { fenceOf, type Vault } from '../../core/vault.ts';

/** What a decision may look at; what it replaces it has to hold. null: it was looked for and is not there. */
export interface Read {
  readonly item?: Held<Remains> | null | undefined;
  readonly head?: HeldHead | null | undefined;
  readonly server?: Held<Server> | null | undefined;
  readonly guard?: Held<Guard> | null | undefined;
  readonly grant?: Held<Grant> | undefined;
  readonly serviceGuard?: Held<ServiceGuard> | null | undefined;
  readonly kind?: Held<StoredKind> | null | undefined;
  readonly executor?: Held<Executor> | null | undefined;
  readonly alert?: Held<Alert> | undefined;
  readonly control?: ControlState;
}

/** What proved that the caller may do this. It goes into the history; PINs and grants are used up by the transaction of the change. */
export interface Proof {
  readonly proves: true;
  readonly facts: Facts;
  readonly pins?: readonly Replacement<PinRecord>[];
  readonly spent?: readonly Replacement<Spent>[];
  /** Who keeps the guard in mind: they hear of every weakening. */
  readonly contacts?: readonly string[];
  readonly alerts?: readonly (Alert | Raised)[];
}
export const NO_PROOF: Proof = { proves: true, facts: {} };

/** What a decision wants to be written, and what it answers. What each thing replaces is taken from what was read. */
export interface Plan<R>
  extends Pick<
    Change,
    | 'touchServer'
    | 'jobs'
    | 'operations'
    | 'pins'
    | 'dropMarks'
    | 'closedOrder'
    | 'moreKinds'
    | 'executorGoes'
    | 'namesExecutor'
    | 'letsGo'
  > {
  readonly answer: R;
  /** No entry tells of it: it only keeps what goes on from running out. */
  readonly isUntold?: true;
  /** What the history calls it, where that depends on what was there. */
  readonly operation?: string;
  readonly item?: Remains;
  readonly pages?: Pick<ItemWrite, 'putPages' | 'dropPages'> & { readonly stay?: readonly PointPage[] };
  /** A new head, with a new fence. */
  readonly vault?: Vault;
  /** Of a new vault: what its name's history ends with. */
  readonly behind?: ChainHead;
  readonly putPolicy?: Policy;
  readonly dropPolicy?: Policy;
  /** The executor that the vault names from now on. */
  readonly names?: string | undefined;
  /** The kind of which the vault gets its first item. */
  readonly firstOf?: string | undefined;
  readonly server?: Server;
  readonly guard?: Guard;
  /** The guard that was read is removed. */
  readonly removesGuard?: true;
  readonly grant?: Grant;
  readonly serviceGuard?: ServiceGuard;
  readonly kind?: StoredKind;
  readonly executor?: Executor;
  /** The alert that the verb acts on. */
  readonly alert?: Alert;
  /** What holds purges back. */
  readonly control?: Pick<ControlWrite, 'pause' | 'belt'>;
  /** What is raised, or counted on an alert that is open. */
  readonly alerts?: readonly (Alert | Raised)[];
  /** What the history says besides who, what and when. */
  readonly facts?: Facts;
  /** A row that stands alone takes the place of all that is above. */
  readonly line?: Extract<Write, { readonly line: string }>;
}

/**
 * What comes before the plan itself: a claim, another vault's row. When it has landed, `leaves` is what is true by now and the
 * verb decides again; without `leaves` everything is read again.
 */
export interface Step {
  readonly step: Write;
  readonly leaves?: object;
  /** A name under which readers find that this step was taken. */
  readonly once?: string;
}

/** What is answered about a thing that was put: whether it is new. */
export type Created<T> = T & { readonly created: boolean };

/** Nothing has to change: it is as it was asked for. */
export interface Unchanged<R> {
  readonly unchanged: R;
}
export const unchanged = <R>(answer: R): Unchanged<R> => ({ unchanged: answer });

/** The decision rests on something more, which is read when it is asked for. */
export interface Need {
  readonly need: string;
  /** What it is to prove. */
  readonly weakened?: readonly Weakening[];
}
export const need = (name: string, weakened?: readonly Weakening[]): Need => ({
  need: name,
  ...(weakened ? { weakened } : {}),
});

export type Decision<R> = Refused | Unchanged<R> | Need | Step | Plan<R>;

/** The rows of a change: what is new, with what was read in its place. */
export function changeOf(read: Read, plan: Plan<unknown>, proofs: readonly Proof[]): Omit<Change, 'vault' | 'id'> {
  const {
    item,
    pages,
    vault,
    putPolicy,
    dropPolicy,
    names,
    server,
    touchServer,
    jobs = [],
    guard,
    removesGuard,
    grant,
    serviceGuard,
    kind,
    moreKinds,
    firstOf,
    executor,
    executorGoes,
    namesExecutor,
    letsGo,
    control,
  } = plan;
  const spent = proofs.flatMap((one) => one.spent ?? []);
  const contacts = proofs.flatMap((one) => one.contacts ?? []);
  const { stay, ...moved } = pages ?? {};
  const raised = [...(plan.alerts ?? []), ...proofs.flatMap(({ alerts = [] }) => alerts)];
  return {
    ...(item ? { items: [{ was: read.item ?? undefined, now: item, ...moved, pages: stay }] } : {}),
    ...(vault
      ? {
          head: { was: read.head ?? undefined, now: vault, behind: plan.behind, putPolicy, dropPolicy, names, firstOf },
        }
      : { fence: fenceOf(read.head) }),
    ...(server ? { server: { was: read.server ?? undefined, now: server } } : {}),
    ...(guard ? { guard: { was: read.guard ?? undefined, now: guard } } : {}),
    ...(removesGuard && read.guard ? { removesGuard: read.guard, unseen: true } : {}),
    ...(grant ? { grant: { was: read.grant, now: grant } } : {}),
    ...(serviceGuard ? { serviceGuard: { was: read.serviceGuard ?? undefined, now: serviceGuard } } : {}),
    ...(kind ? { kind: { was: read.kind ?? undefined, now: kind } } : {}),
    ...(moreKinds ? { moreKinds } : {}),
    ...(executor ? { executor: { was: read.executor ?? undefined, now: executor } } : {}),
    ...(executorGoes ? { executorGoes } : {}),
    ...(namesExecutor === undefined ? {} : { namesExecutor }),
    ...(letsGo ? { letsGo } : {}),
    ...(spent.length > 0 ? { spent } : {}),
    ...(control && read.control ? { control: { was: read.control, ...control } } : {}),
    alerts: [
      ...(plan.alert && read.alert ? [{ was: read.alert, now: plan.alert }] : []),
      ...raised.map((one) => toContacts('now' in one ? one : { was: undefined, now: one }, contacts)),
    ],
    ...(plan.closedOrder ? { closedOrder: plan.closedOrder } : {}),
    ...(plan.dropMarks ? { dropMarks: plan.dropMarks } : {}),
    ...(plan.operations ? { operations: plan.operations } : {}),
    touchServer,
    jobs,
    pins: [...(plan.pins ?? []), ...proofs.flatMap(({ pins = [] }) => pins)],
  };
}

const toContacts = (raised: Raised, contacts: readonly string[]): Raised =>
  raised.told && contacts.length > 0 ? { ...raised, contacts: [...(raised.contacts ?? []), ...contacts] } : raised;
