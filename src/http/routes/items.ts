import type * as z from 'zod';
import { channelOf, hasRole } from '../../core/caller.ts';
import { explain } from '../../core/explain.ts';
import { type Item, liveHolds } from '../../core/item.ts';
import { keyOf, sameName } from '../../core/names.ts';
import { type Outcome, ok, refuse } from '../../core/problems.ts';
import { type Asking, type ItemResult, missing, noItem, noVault, type Place, purged } from '../../flows/asking.ts';
import { type HoldResult, putHold, removeHold } from '../../flows/holds.ts';
import { type Protection, protect } from '../../flows/protect.ts';
import { type Resumption, resume } from '../../flows/resume.ts';
import { type Stopped, stop } from '../../flows/stop.ts';
import { brakesOn } from '../../flows/sweep/brakes.ts';
import { undelete } from '../../flows/undelete.ts';
import type { HeldHead, Ports } from '../../ports.ts';
import { listReply, startOf } from '../paging.ts';
import { type Reply, resource } from '../reply.ts';
import { type Call, type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';
import { entryView, holdView, itemView, pointView, tombstoneView } from '../views.ts';

type AnyCall = Call<unknown, unknown>;
const placeOf = ({ names: { vault = '', item = '' } }: Pick<AnyCall, 'names'>): Place => ({ vault, item });

const shown = ({ item, head }: ItemResult, { now }: AnyCall): Reply => resource(200, itemView(item, head, now));

const shownStopped = ({ item, head, softDeleteApplied }: Stopped, { now }: AnyCall): Reply => {
  const view = item.state === 'Purged' ? tombstoneView(item) : itemView(item, head, now);
  return resource(200, { ...view, ...(softDeleteApplied === undefined ? {} : { softDeleteApplied }) });
};

const shownResumed = ({ item, head, removed }: Resumption, { now }: AnyCall): Reply =>
  resource(200, { ...itemView(item, head, now), recoveryPointsRemoved: removed.map(({ name }) => name) });

const preview = ({ item, head, removed }: Resumption, { now }: AnyCall): Reply => ({
  status: 200,
  body: { preview: true, recoveryPointsToRemove: removed.map((point) => pointView(point, item, head, now)) },
});

async function readItem(
  { vaults }: Ports,
  place: Place,
  { now }: Pick<AnyCall, 'now'>,
): Promise<Outcome<{ item: Item; head: HeldHead }>> {
  const [head, held] = await Promise.all([vaults.head(place.vault, 'fresh'), vaults.item(place.vault, place.item)]);
  if (!head) return noVault(place.vault);
  if (!held) return noItem(place);
  return held.value.state === 'Purged' ? purged(held.value, now) : ok({ item: held.value, head });
}

type Filter = z.infer<typeof queries.items>;

const isWanted = (item: Item, { state, workload, server, includeSoftDeleted }: Filter): boolean =>
  (state === undefined || item.state === state) &&
  (workload === undefined || item.workload === workload) &&
  (server === undefined || sameName(item.server, server)) &&
  (includeSoftDeleted || item.state !== 'SoftDeleted');

async function listItems(
  { vaults }: Ports,
  vault: string,
  query: Filter,
): Promise<Outcome<{ items: readonly Item[]; head: HeldHead; last: string | undefined }>> {
  const start = startOf(query);
  if (!start.ok) return start;
  const head = await vaults.head(vault, 'fresh');
  if (!head) return noVault(vault);
  const items: Item[] = [];
  let after = start.value;
  do {
    const stretch = await vaults.items(vault, { after, limit: 200 });
    for (const item of stretch.items) {
      if (item.state === 'Purged' || !isWanted(item, query)) continue;
      // One more than asked for was found: there is another page.
      if (items.length === query.top) return ok({ items, head, last: keyOf(items.at(-1)?.name ?? '') });
      items.push(item);
    }
    after = stretch.last;
  } while (after !== undefined);
  return ok({ items, head, last: undefined });
}

export const itemRoutes: readonly Route[] = [
  route({
    name: 'protectItem',
    method: 'PUT',
    path: 'vaults/{vault}/items/{item}',
    who: 'Operator',
    agent: true,
    body: bodies.protect,
    run: (call, asking: Asking<Protection>) => protect(call.ports, asking, placeOf(call), call.body),
    view: ({ item, head, created, removed }, { now }) =>
      resource(created ? 201 : 200, {
        ...itemView(item, head, now),
        ...(removed.length > 0 ? { recoveryPointsRemoved: removed.map(({ name }) => name) } : {}),
      }),
  }),
  route({
    name: 'getItem',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}',
    who: 'Reader',
    agent: true,
    query: queries.item,
    run: async (call) => {
      const found = await readItem(call.ports, placeOf(call), call);
      const hidden = found.ok && found.value.item.state === 'SoftDeleted' && !call.query.includeSoftDeleted;
      return hidden ? noItem(placeOf(call)) : found;
    },
    view: shown,
  }),
  route({
    name: 'listItems',
    method: 'GET',
    path: 'vaults/{vault}/items',
    who: 'Reader',
    query: queries.items,
    run: ({ ports, names: { vault = '' }, query }) => listItems(ports, vault, query),
    view: ({ items, head, last }, { url, now }) =>
      listReply(
        items.map((item) => itemView(item, head, now)),
        last,
        url,
      ),
  }),
  route({
    name: 'stopItem',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/stop',
    who: 'Operator',
    agent: true,
    body: bodies.stop,
    run: async (call, asking: Asking<Stopped>) => {
      const { caller, body } = call;
      if (body.mode === 'delete' && !hasRole(caller, 'Contributor') && channelOf(caller) !== 'agent')
        return refuse('Forbidden', 'Deleting backups needs the role Contributor.', {
          facts: { requiredRole: 'Contributor' },
        });
      return stop(call.ports, asking, placeOf(call), body);
    },
    view: shownStopped,
  }),
  route({
    name: 'undeleteItem',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/undelete',
    who: 'Operator',
    agent: true,
    body: bodies.nothing,
    run: (call, asking: Asking<ItemResult>) => undelete(call.ports, asking, placeOf(call)),
    view: shown,
  }),
  route({
    name: 'resumeItem',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/resume',
    who: 'Operator',
    agent: true,
    body: bodies.resume,
    query: queries.preview,
    run: (call, asking: Asking<Resumption>) =>
      resume(call.ports, asking, placeOf(call), {
        verb: 'resume',
        policy: call.body.policy,
        preview: call.query.preview,
      }),
    view: (result, call) => (call.query.preview ? preview(result, call) : shownResumed(result, call)),
  }),
  route({
    name: 'changePolicy',
    method: 'POST',
    path: 'vaults/{vault}/items/{item}/changePolicy',
    who: 'Operator',
    agent: true,
    body: bodies.changePolicy,
    run: (call, asking: Asking<Resumption>) =>
      resume(call.ports, asking, placeOf(call), { verb: 'changePolicy', policy: call.body.policy }),
    view: shownResumed,
  }),
  route({
    name: 'itemHistory',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/history',
    who: 'Reader',
    agent: true,
    query: queries.page,
    run: async ({ ports, query, ...call }) => {
      const place = placeOf(call);
      const after = startOf(query);
      if (!after.ok) return after;
      const found = await ports.vaults.history(place.vault, place.item, { after: after.value, limit: query.top });
      return found.entries.length > 0 || after.value !== undefined || (await ports.vaults.item(place.vault, place.item))
        ? ok(found)
        : missing(ports, place);
    },
    view: ({ entries, last }, { url }) => listReply(entries.map(entryView), last, url),
  }),
  route({
    name: 'explainItem',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/explain',
    who: 'Reader',
    agent: true,
    run: async (call) => {
      const found = await readItem(call.ports, placeOf(call), call);
      if (!found.ok) return found;
      const { item, head } = found.value;
      return ok(explain(item, head, call.now, call.ports.nextSweep, await brakesOn(call.ports, item, call.now)));
    },
    view: (body) => ({ status: 200, body }),
  }),
  route({
    name: 'putHold',
    method: 'PUT',
    path: 'vaults/{vault}/items/{item}/holds/{hold}',
    who: 'Contributor',
    body: bodies.hold,
    run: (call, asking: Asking<HoldResult>) =>
      putHold(call.ports, asking, placeOf(call), call.names['hold'] ?? '', {
        reason: call.body.reason,
        until: call.body.until ?? null,
      }),
    view: ({ hold, created }) => resource(created ? 201 : 200, holdView(hold)),
  }),
  route({
    name: 'getHold',
    method: 'GET',
    path: 'vaults/{vault}/items/{item}/holds/{hold}',
    who: 'Reader',
    run: async (call) => {
      const found = await readItem(call.ports, placeOf(call), call);
      if (!found.ok) return found;
      const hold = liveHolds(found.value.item.holds, call.now).find(({ name }) => sameName(name, call.names['hold']));
      return hold ? ok(hold) : refuse('HoldNotFound', `${found.value.item.name} has no hold ${call.names['hold']}.`);
    },
    view: (hold) => resource(200, holdView(hold)),
  }),
  route({
    name: 'deleteHold',
    method: 'DELETE',
    path: 'vaults/{vault}/items/{item}/holds/{hold}',
    who: 'Contributor',
    run: (call, asking: Asking<null>) => removeHold(call.ports, asking, placeOf(call), call.names['hold'] ?? ''),
    view: () => ({ status: 204 }),
  }),
];
