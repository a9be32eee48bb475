import type { Alert } from '../../core/alerts.ts';
import { vaultOfAlert } from '../../core/alerts.ts';
import { keyOf } from '../../core/names.ts';
import { ok } from '../../core/problems.ts';
import {
  type AlertFilter,
  type AlertPage,
  type AlertPlace,
  type AlertVerb,
  everyAlert,
  getAlert,
  moveAlert,
  vaultAlerts,
} from '../../flows/alerts.ts';
import type { Asking } from '../../flows/asking.ts';
import { getSilence, putSilence, removeSilence, type SilenceResult, silencesOf } from '../../flows/silences.ts';
import { cut, listReply, startOf } from '../paging.ts';
import { resource } from '../reply.ts';
import { type Call, type Route, route } from '../route.ts';
import { bodies, queries } from '../schemas.ts';
import { alertView, silenceView } from '../views.ts';

/** An alert has no etag: what can be changed of it only ever goes forward. */
const shown = (alert: Alert) => ({ status: 200, body: alertView(alert) });
const listed = ({ alerts, last }: AlertPage, { url }: { readonly url: URL }) =>
  listReply(alerts.map(alertView), last, url);

type Named = Pick<Call<unknown, unknown>, 'names'>;
const inVault = ({ names: { vault = '', alert = '' } }: Named): AlertPlace => ({ vault, id: alert });
/** An id says which vault it speaks of; the service's own say that it is none. */
const anywhere = ({ names: { alert = '' } }: Named): AlertPlace => ({ vault: vaultOfAlert(alert) ?? null, id: alert });

/** Every alert has two addresses: in its vault, and in the list of all. */
const ADDRESSES = [
  { path: 'vaults/{vault}/alerts/{alert}', name: 'VaultAlert', placeOf: inVault },
  { path: 'alerts/{alert}', name: 'Alert', placeOf: anywhere },
] as const;

const singles = ADDRESSES.flatMap(({ path, name, placeOf }): readonly Route[] => [
  route({
    name: `get${name}`,
    method: 'GET',
    path,
    who: 'Reader',
    run: (call) => getAlert(call.ports, placeOf(call)),
    view: shown,
  }),
  ...(['acknowledge', 'close'] as const satisfies readonly AlertVerb[]).map((verb) =>
    route({
      name: `${verb}${name}`,
      method: 'POST',
      path: `${path}/${verb}`,
      who: 'Operator',
      body: bodies.nothing,
      run: (call, asking: Asking<Alert>) => moveAlert(call.ports, asking, placeOf(call), verb),
      view: shown,
    }),
  ),
]);

const filterOf = ({ state, type, top }: Omit<AlertFilter, 'after'>, after: string | undefined): AlertFilter => ({
  state,
  type,
  top,
  after,
});

export const alertRoutes: readonly Route[] = [
  ...singles,
  route({
    name: 'listVaultAlerts',
    method: 'GET',
    path: 'vaults/{vault}/alerts',
    who: 'Reader',
    query: queries.alerts,
    run: async ({ ports, names: { vault = '' }, query }) => {
      const after = startOf(query);
      return after.ok ? vaultAlerts(ports, vault, filterOf(query, after.value)) : after;
    },
    view: listed,
  }),
  route({
    name: 'listAlerts',
    method: 'GET',
    path: 'alerts',
    who: 'Reader',
    query: queries.alerts,
    run: async ({ ports, query }) => {
      const after = startOf(query);
      return after.ok ? everyAlert(ports, filterOf(query, after.value)) : after;
    },
    view: listed,
  }),
  route({
    name: 'putSilence',
    method: 'PUT',
    path: 'vaults/{vault}/silences/{silence}',
    who: 'Contributor',
    body: bodies.silence,
    run: ({ ports, names: { vault = '', silence = '' }, body }, asking: Asking<SilenceResult>) =>
      putSilence(ports, asking, vault, silence, { ...body, types: body.types ?? null, items: body.items ?? null }),
    view: ({ silence, created }) => resource(created ? 201 : 200, silenceView(silence)),
  }),
  route({
    name: 'getSilence',
    method: 'GET',
    path: 'vaults/{vault}/silences/{silence}',
    who: 'Reader',
    run: ({ ports, now, names: { vault = '', silence = '' } }) => getSilence(ports, vault, silence, now),
    view: (silence) => resource(200, silenceView(silence)),
  }),
  route({
    name: 'listSilences',
    method: 'GET',
    path: 'vaults/{vault}/silences',
    who: 'Reader',
    query: queries.page,
    run: async ({ ports, now, names: { vault = '' }, query }) => {
      const after = startOf(query);
      if (!after.ok) return after;
      const silences = await silencesOf(ports, vault, now);
      return silences.ok ? ok(cut(silences.value, ({ name }) => keyOf(name), after.value, query.top)) : silences;
    },
    view: ({ shown: some, last }, { url }) => listReply(some.map(silenceView), last, url),
  }),
  route({
    name: 'deleteSilence',
    method: 'DELETE',
    path: 'vaults/{vault}/silences/{silence}',
    who: 'Contributor',
    run: ({ ports, names: { vault = '', silence = '' } }, asking: Asking<null>) =>
      removeSilence(ports, asking, vault, silence),
    view: () => ({ status: 204 }),
  }),
];
