import type { Held } from '../../change.ts';
import type { Executor } from '../../core/executors.ts';
import { builtInAfter, type KindPatch, ownKindAfter, saidOf } from '../../core/kindSettings.ts';
import { type BuiltInSettings, builtInKind, type Kind, kindOf, type StoredKind } from '../../core/kinds.ts';
import type { Kinds } from '../../core/knownKinds.ts';
import { oneMore } from '../../core/limits.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { newlyNamed } from '../../core/purgeSettings.ts';
import type { Instant } from '../../core/time.ts';
import { NEIGHBOUR_NAMES } from '../../core/workloads.ts';
import type { Reads } from '../../ports.ts';
import { serviceProofs, unproved, weakeningFacts } from '../authorize/weakening.ts';
import { anyVaultNames } from '../executors/named.ts';
import { type KindPlace, noExecutor, noKind, onAnyKind } from '../story/nouns.ts';
import { cut, type Listed, type Page } from '../story/pages.ts';
import { type Created, type Decision, type Need, need, type Plan, type Proof, unchanged } from '../story/plan.ts';
import { stale } from '../story/request.ts';
import type { Deciding } from '../story/run.ts';
import { news, weakenings } from './told.ts';

export type KindResult = Created<{ readonly kind: Kind }>;

interface Read {
  readonly kind: Held<StoredKind> | null;
  readonly kinds?: Kinds;
  /** The executor that it is to name. */
  readonly executor?: Held<Executor>;
  /** Whether any vault names an executor. */
  readonly vaultsName?: boolean;
  readonly approval?: Proof;
  readonly secondFactor?: Proof;
}

/** Makes a kind of your own or changes it; of a built-in one it sets what may be set. */
export const putKind = onAnyKind<KindPatch, KindResult>()({
  operation: 'PutKind',
  etagIsOfPart: true,
  also: {
    ...serviceProofs,
    kinds: ({ flow }) => flow.kinds.fresh(),
    executor: async ({ flow }, _, patch) => {
      const name = patch.executor ?? '';
      return (await flow.executors.get(name)) ?? noExecutor(name);
    },
    vaultsName: ({ flow }) => anyVaultNames(flow),
  },
  decide(read, patch, request) {
    const { kind: name } = request.place;
    const builtIn = builtInKind(name);
    const neighbour = NEIGHBOUR_NAMES.find((one) => keyOf(one) === keyOf(name));
    if (neighbour)
      return refuse('KindReserved', `${neighbour} is protected by another product: no kind can have this name.`);
    const precondition = stale(request, read.kind?.value ?? builtIn);
    if (precondition) return precondition;
    if (builtIn) {
      const before = settingsOf(builtIn, read.kind?.value);
      const after = builtInAfter(before, patch);
      if (!after.ok) return after;
      const next = withExecutor(read, before, { ...after.value, etag: request.id });
      return 'need' in next ? next : changed(read, before, next, request);
    }
    const before = read.kind?.value;
    const own = before && 'class' in before ? before : undefined;
    const after = ownKindAfter(name, own, patch);
    if (!after.ok) return after;
    const next = withExecutor(read, own, { ...after.value, etag: request.id });
    if ('need' in next) return next;
    return own ? changed(read, own, next, request) : made(read, next);
  },
});

/** With the name of the executor as it was first written. */
function withExecutor({ executor: held }: Read, before: StoredKind | undefined, after: StoredKind): StoredKind | Need {
  if (after.executor === null) return after;
  if (newlyNamed(before?.executor, after.executor) === undefined)
    return { ...after, executor: before?.executor ?? after.executor };
  return held ? { ...after, executor: held.value.name } : need('executor');
}

/** What is stored of a built-in kind, or what would be. */
function settingsOf({ name, etag, ...kind }: Kind, stored: StoredKind | undefined): BuiltInSettings {
  const { minimumRetentionDays, executor, parameters } = stored ?? kind;
  return { name, minimumRetentionDays, executor, parameters, etag: stored?.etag ?? etag };
}

function made({ kinds }: Read, kind: StoredKind): Decision<KindResult> {
  if (!kinds) return need('kinds');
  const own = [...kinds.all.filter(({ builtIn }) => !builtIn).map(({ name }) => name), ...kinds.unreadable];
  const full = oneMore(
    'kinds',
    own.map(() => null),
  );
  if (full) return full;
  return {
    kind,
    namesExecutor: newlyNamed(null, kind.executor),
    moreKinds: { gateTag: kinds.gateTag },
    facts: { kind: kind.name, before: null, after: saidOf(kind) },
    answer: { kind: kindOf(kind), created: true },
  };
}

function changed(
  { vaultsName, approval, secondFactor }: Read,
  before: StoredKind,
  after: StoredKind,
  request: Deciding<KindPlace>,
): Decision<KindResult> {
  if (saidOf(before) === saidOf(after)) return unchanged({ kind: kindOf(before), created: false });
  const weakened = weakenings(request, before, after, vaultsName);
  if ('need' in weakened) return weakened;
  const missing = unproved(weakened, { approval, secondFactor });
  if (missing) return missing;
  const facts = { kind: after.name, before: saidOf(before), after: saidOf(after) };
  return {
    kind: after,
    namesExecutor: newlyNamed(before.executor, after.executor),
    letsGo: letGo(before, after, request.now),
    facts: { ...facts, ...weakeningFacts(weakened) },
    alerts: news(request, before, after, { weakened, approval }),
    answer: { kind: kindOf(after), created: false },
  };
}

/** The executor that it names no more. */
function letGo({ name, executor }: StoredKind, after: StoredKind, at: Instant): Plan<unknown>['letsGo'] {
  return executor === null || sameName(executor, after.executor) ? undefined : { executor, kind: name, at };
}

export async function readKind({ kinds }: Pick<Reads, 'kinds'>, name: string): Promise<Outcome<Kind>> {
  const kind = (await kinds.fresh()).of(name);
  return kind ? ok(kind) : noKind(name);
}

/** Those that are built in and your own, by name. */
export async function listKinds({ kinds }: Pick<Reads, 'kinds'>, page: Page): Promise<Outcome<Listed<Kind>>> {
  const { all, unreadable } = await kinds.fresh();
  const shown = cut(all, ({ name }) => keyOf(name), page);
  const isFirst = page.after === undefined;
  return ok(isFirst && unreadable.length > 0 ? { ...shown, unreadable } : shown);
}
