import { vaultOfAlert } from '../../core/alerts.ts';
import { type AlertPlace, acknowledgeAlert, closeAlert, getAlert } from '../../flows/alerts/alerts.ts';
import { listAlerts, listSilences, listVaultAlerts } from '../../flows/alerts/read.ts';
import { getSilence, putSilence, removeSilence, type SilenceResult } from '../../flows/alerts/silences.ts';
import { WRITES } from '../refusal.ts';
import { chapter, gives, list, puts, REMOVES, type Route, route } from '../route.ts';
import { nothing, page } from '../shape.ts';
import { alert, alertQuery, alerts, alertView, silence, silenceRequest, silences, silenceView } from './shapes.ts';

/** Every alert has two addresses: in its vault, and in the list of all. */
const inVault = (names: { readonly vault: string; readonly alert: string }): AlertPlace => ({
  vault: names.vault,
  id: names.alert,
});
/** The id of an alert names its vault, or says that it is about the service as a whole. */
const anywhere = (names: { readonly alert: string }): AlertPlace => ({
  vault: vaultOfAlert(names.alert) ?? null,
  id: names.alert,
});

const READ = {
  who: 'Reader',
  codes: ['VaultNotFound', 'AlertNotFound'],
  ...gives(alert, alertView),
} as const;
const MOVE = { ...READ, who: 'Operator', body: nothing } as const;
const ACKNOWLEDGE = { ...MOVE, codes: ['VaultNotFound', 'AlertNotFound', 'InvalidTransition', 'Busy'] } as const;
const CLOSE = { ...MOVE, codes: ['VaultNotFound', 'AlertNotFound', 'Busy'] } as const;

export const alertRoutes: readonly Route[] = [
  ...chapter('Alerts', [
    route({
      ...READ,
      name: 'getVaultAlert',
      at: 'GET vaults/{vault}/alerts/{alert}',
      summary: 'Read an alert of a vault',
      run: ({ ports, names }) => getAlert(ports, inVault(names)),
    }),
    route({
      ...ACKNOWLEDGE,
      name: 'acknowledgeVaultAlert',
      at: 'POST vaults/{vault}/alerts/{alert}/acknowledge',
      summary: 'Acknowledge an alert of a vault',
      run: ({ ports, names }, request) => acknowledgeAlert(ports, request, inVault(names)),
    }),
    route({
      ...CLOSE,
      name: 'closeVaultAlert',
      at: 'POST vaults/{vault}/alerts/{alert}/close',
      summary: 'Close an alert of a vault',
      run: ({ ports, names }, request) => closeAlert(ports, request, inVault(names)),
    }),
    route({
      ...READ,
      name: 'getAlert',
      at: 'GET alerts/{alert}',
      summary: 'Read an alert by its id',
      run: ({ ports, names }) => getAlert(ports, anywhere(names)),
    }),
    route({
      ...ACKNOWLEDGE,
      name: 'acknowledgeAlert',
      at: 'POST alerts/{alert}/acknowledge',
      summary: 'Acknowledge an alert by its id',
      run: ({ ports, names }, request) => acknowledgeAlert(ports, request, anywhere(names)),
    }),
    route({
      ...CLOSE,
      name: 'closeAlert',
      at: 'POST alerts/{alert}/close',
      summary: 'Close an alert by its id',
      run: ({ ports, names }, request) => closeAlert(ports, request, anywhere(names)),
    }),
    list({
      name: 'listVaultAlerts',
      at: 'GET vaults/{vault}/alerts',
      who: 'Reader',
      summary: 'List the alerts of a vault',
      codes: ['VaultNotFound'],
      query: alertQuery,
      list: alerts,
      run: ({ ports, names, query }, wanted) => listVaultAlerts(ports, names.vault, query, wanted),
      view: alertView,
    }),
    list({
      name: 'listAlerts',
      at: 'GET alerts',
      who: 'Reader',
      summary: 'List the alerts of all vaults and of the service',
      codes: [],
      query: alertQuery,
      list: alerts,
      run: ({ ports, query }, wanted) => listAlerts(ports, query, wanted),
      view: alertView,
    }),
  ]),
  ...chapter('Silences', [
    route({
      name: 'putSilence',
      at: 'PUT vaults/{vault}/silences/{silence}',
      who: 'Contributor',
      summary: 'Send no mail for a while',
      description: 'For 30 days at most. Without `types` it silences all types, and without `items` all items.',
      codes: ['VaultNotFound', 'LimitReached', ...WRITES],
      body: silenceRequest,
      run: ({ ports, names, body }, request) => putSilence(ports, request, names, { name: names.silence, ...body }),
      ...puts(silence, (result: SilenceResult) => silenceView(result.silence)),
    }),
    route({
      name: 'getSilence',
      at: 'GET vaults/{vault}/silences/{silence}',
      who: 'Reader',
      summary: 'Read a silence',
      codes: ['VaultNotFound', 'SilenceNotFound'],
      run: ({ ports, now, names }) => getSilence(ports, names.vault, names.silence, now),
      ...gives(silence, silenceView),
    }),
    list({
      name: 'listSilences',
      at: 'GET vaults/{vault}/silences',
      who: 'Reader',
      summary: 'List the silences of a vault',
      codes: ['VaultNotFound'],
      query: page,
      list: silences,
      run: ({ ports, now, names }, wanted) => listSilences(ports, now, names.vault, wanted),
      view: silenceView,
    }),
    route({
      name: 'deleteSilence',
      at: 'DELETE vaults/{vault}/silences/{silence}',
      who: 'Contributor',
      summary: 'End a silence',
      codes: ['VaultNotFound', 'SilenceNotFound', ...WRITES],
      run: ({ ports, names }, request) => removeSilence(ports, request, names, { name: names.silence }),
      ...REMOVES,
    }),
  ]),
];
