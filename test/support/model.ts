/**
 * The lifecycle once more, as plainly as it can be said: everything is written down where it happens, nothing is derived, and
 * nothing is taken from the sources. Times are milliseconds. What it answers is `ok` or the code of a refusal.
 */
export const DAY = 86_400_000;
const FORGOTTEN = 90 * DAY;

export type Retention = Readonly<Partial<Record<'daily' | 'weekly', number>>>;
export type Rung = 'daily' | 'weekly' | 'onDemand';

export interface ModelPoint {
  readonly name: string;
  readonly createdAt: number;
  readonly rung: Rung;
  readonly expiresAt: number | null;
  /** A shorter policy took it, and it waits until then. */
  waitsUntil: number | null;
}

export interface ModelItem {
  state: 'Protected' | 'ProtectionStopped' | 'BackupsSuspended' | 'SoftDeleted' | 'Purged';
  policy: string;
  /** What its points live under when no policy is in force. */
  retention: Retention;
  undeleted: boolean;
  deletedAt: number;
  endsAt: number;
  generation: number;
  points: ModelPoint[];
  holds: string[];
  /** When it last came under another retention. */
  shiftedAt: number;
}

export type Verb =
  | { readonly verb: 'protect'; readonly policy: string; readonly recover: boolean }
  | { readonly verb: 'stop'; readonly mode: 'retain' | 'retainPerPolicy' | 'delete' }
  | { readonly verb: 'undelete' }
  | { readonly verb: 'resume' | 'changePolicy'; readonly policy: string }
  | {
      readonly verb: 'point';
      readonly name: string;
      readonly createdAt: number;
      readonly rung: Rung;
      readonly lives: number | null;
    }
  | { readonly verb: 'hold' | 'release'; readonly name: string };

export interface Model {
  readonly kind: 'RecoveryServices' | 'Backup';
  now: number;
  softDelete: boolean;
  days: number;
  immutable: boolean;
  readonly policies: Record<string, Retention>;
  readonly items: Record<string, ModelItem>;
}

export const newModel = (kind: Model['kind'], now: number, policies: Record<string, Retention>): Model => ({
  kind,
  now,
  softDelete: true,
  days: 14,
  immutable: false,
  policies: { ...policies },
  items: {},
});

const daysOf = (rung: Rung, { daily, weekly }: Retention): number => {
  if (rung === 'daily') return daily ?? 30;
  if (rung === 'weekly') return weekly === undefined ? 30 : weekly * 7;
  return 30;
};

const endOf = (point: ModelPoint, retention: Retention): number =>
  point.expiresAt ?? point.createdAt + daysOf(point.rung, retention) * DAY;

const promisesLess = (from: Retention, to: Retention): boolean =>
  (['daily', 'weekly'] as const).some((rung) => daysOf(rung, to) < daysOf(rung, from));

const retentionOf = (model: Model, item: ModelItem): Retention =>
  item.state === 'Protected' ? (model.policies[item.policy] ?? {}) : item.retention;

/** What has become of a point. */
export function fateIn(model: Model, item: ModelItem, point: ModelPoint): 'active' | 'waiting' | 'over' {
  if (endOf(point, retentionOf(model, item)) > model.now) return 'active';
  return point.waitsUntil !== null && point.waitsUntil > model.now ? 'waiting' : 'over';
}

/** The points of an item now live under another retention: what that ends waits. What comes back keeps the promise it had. */
function shift(model: Model, item: ModelItem, from: Retention, to: Retention, at = model.now): void {
  item.shiftedAt = Math.max(item.shiftedAt, at);
  for (const point of item.points)
    if (endOf(point, from) > at && endOf(point, to) <= at) point.waitsUntil = at + model.days * DAY;
}

function moveUnder(model: Model, item: ModelItem, policy: string): string {
  const [from, to] = [retentionOf(model, item), model.policies[policy] ?? {}];
  if (model.immutable && promisesLess(from, to)) return 'ImmutabilityBlocked';
  if (item.state !== 'Protected') item.points = item.points.filter((point) => fateIn(model, item, point) !== 'over');
  shift(model, item, from, to);
  item.state = 'Protected';
  item.policy = policy;
  return 'ok';
}

function leave(model: Model, item: ModelItem, state: ModelItem['state']): string {
  item.retention = retentionOf(model, item);
  item.state = state;
  item.undeleted = false;
  return 'ok';
}

const isForgotten = (model: Model, item: ModelItem): boolean =>
  item.state === 'Purged' && model.now >= item.deletedAt + FORGOTTEN;

/** One verb upon one item. */
export function act(model: Model, name: string, ask: Verb): string {
  const item = model.items[name];
  if (ask.verb === 'protect') return protect(model, name, item, ask);
  if (!item || isForgotten(model, item)) return 'ItemNotFound';
  if (item.state === 'Purged') return ask.verb === 'stop' && ask.mode === 'delete' ? 'ok' : 'ItemPurged';
  switch (ask.verb) {
    case 'stop':
      return ask.mode === 'delete' ? remove(model, item) : stop(model, item, ask.mode);
    case 'undelete':
      return undelete(model, item);
    case 'resume':
      if (item.state === 'SoftDeleted') return 'ItemSoftDeleted';
      if (item.state === 'Protected') return item.policy === ask.policy ? 'ok' : 'AlreadyProtected';
      return moveUnder(model, item, ask.policy);
    case 'changePolicy':
      if (item.state === 'SoftDeleted') return 'ItemSoftDeleted';
      if (item.state === 'BackupsSuspended') return 'InvalidTransition';
      return item.state === 'Protected' && item.policy === ask.policy ? 'ok' : moveUnder(model, item, ask.policy);
    case 'point':
      return record(model, item, ask);
    case 'hold':
      item.holds = [...item.holds.filter((hold) => hold !== ask.name), ask.name];
      return 'ok';
    case 'release':
      if (!item.holds.includes(ask.name)) return 'HoldNotFound';
      item.holds = item.holds.filter((hold) => hold !== ask.name);
      return 'ok';
  }
}

function protect(model: Model, name: string, item: ModelItem | undefined, ask: Verb & { verb: 'protect' }): string {
  if (!item || item.state === 'Purged') {
    const generation = item?.generation ?? 0;
    const blank = { retention: {}, undeleted: false, deletedAt: 0, endsAt: 0, points: [], holds: [], shiftedAt: 0 };
    model.items[name] = { ...blank, state: 'Protected', policy: ask.policy, generation };
    return 'ok';
  }
  if (item.state === 'Protected') return item.policy === ask.policy ? 'ok' : 'AlreadyProtected';
  if (item.state === 'SoftDeleted' && !(ask.recover && model.now < item.endsAt)) return 'ItemSoftDeleted';
  return moveUnder(model, item, ask.policy);
}

function stop(model: Model, item: ModelItem, mode: 'retain' | 'retainPerPolicy'): string {
  if (item.state === 'SoftDeleted') return 'ItemSoftDeleted';
  const to = mode === 'retain' ? 'ProtectionStopped' : 'BackupsSuspended';
  if (item.state === to) return 'ok';
  if (to === 'BackupsSuspended') {
    if (item.state !== 'Protected') return 'InvalidTransition';
    if (model.kind !== 'Backup' && !model.immutable) return 'ImmutabilityRequired';
  }
  return leave(model, item, to);
}

function remove(model: Model, item: ModelItem): string {
  if (item.state === 'SoftDeleted') return 'ok';
  const retention = retentionOf(model, item);
  if (model.immutable && item.points.some((point) => endOf(point, retention) > model.now)) return 'ImmutabilityBlocked';
  item.generation += 1;
  item.deletedAt = model.now;
  item.endsAt = model.now + model.days * DAY;
  return leave(model, item, model.softDelete ? 'SoftDeleted' : 'Purged');
}

function undelete(model: Model, item: ModelItem): string {
  if (item.state === 'ProtectionStopped' && item.undeleted) return 'ok';
  if (item.state !== 'SoftDeleted') return 'ItemNotSoftDeleted';
  if (model.now >= item.endsAt) return 'UndeleteWindowClosed';
  item.state = 'ProtectionStopped';
  item.undeleted = true;
  return 'ok';
}

function record(model: Model, item: ModelItem, { name, createdAt, rung, lives }: Verb & { verb: 'point' }): string {
  if (item.state === 'SoftDeleted') return 'ItemSoftDeleted';
  if (item.state !== 'Protected') return 'ProtectionStopped';
  const expiresAt = lives === null ? null : model.now + lives * DAY;
  item.points.push({ name, createdAt, rung, expiresAt, waitsUntil: null });
  return 'ok';
}

/** The vault's own switches, by the clock of whoever asked: it may be behind what has been done meanwhile. */
export function configure(
  model: Model,
  change: { days?: number; extend: boolean; softDelete?: boolean; immutable?: boolean },
  at = model.now,
) {
  const { days = model.days, extend } = change;
  if (extend && days > model.days)
    for (const item of Object.values(model.items))
      if (item.state === 'SoftDeleted' && at < item.endsAt)
        item.endsAt = Math.max(item.endsAt, item.deletedAt + days * DAY);
  model.days = days;
  model.softDelete = change.softDelete ?? model.softDelete;
  model.immutable = change.immutable ?? model.immutable;
  return 'ok';
}

/** By the clock of whoever asked, as above. */
export function editPolicy(model: Model, name: string, to: Retention, at = model.now): string {
  const from = model.policies[name] ?? {};
  if (model.immutable && promisesLess(from, to)) return 'ImmutabilityBlocked';
  for (const item of Object.values(model.items))
    if (item.state === 'Protected' && item.policy === name) shift(model, item, from, to, at);
  model.policies[name] = to;
  return 'ok';
}
