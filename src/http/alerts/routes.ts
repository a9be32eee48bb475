import { createHash, timingSafeEqual } from 'node:crypto';
import { vaultOfAlert } from '../../core/alerts.ts';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { listAlerts, listVaultAlerts } from '../../flows/alerts/alertLists.ts';
import { type AlertPlace, acknowledgeAlert, closeAlert, getAlert } from '../../flows/alerts/alerts.ts';
import { dismiss } from '../../flows/alerts/dismissal.ts';
import { listDeadLetters, redrive, takeReports } from '../../flows/alerts/mails.ts';
import {
  getSilence,
  listSilences,
  putSilence,
  removeSilence,
  type SilenceResult,
} from '../../flows/alerts/silences.ts';
import type { Request } from '../../flows/story/request.ts';
import type { DeadLetter } from '../../ports/alerts.ts';
import { WRITES } from '../refusal.ts';
import { reply } from '../reply.ts';
import { chapter, gives, list, puts, REMOVES, type Route, route } from '../route.ts';
import { listOf, nothing, page, type Told } from '../shape.ts';
import * as shapes from './shapes.ts';
import { alertView, silenceView } from './shapes.ts';

const READ = {
  who: 'Reader',
  codes: [],
  ...gives(alertView),
} as const;
const MOVE = { ...READ, who: 'Operator', body: nothing } as const;
const ACKNOWLEDGE = { ...MOVE, codes: ['InvalidTransition', 'Busy'] } as const;
const CLOSE = { ...MOVE, codes: ['Busy'] } as const;

/** Every alert has two addresses: in its vault, and in the list of all. */
type Names = { readonly vault?: string; readonly alert: string };

/** The id of an alert names its vault, or says that it is about the service as a whole. */
const placeOf = ({ vault, alert }: Names): AlertPlace => ({
  ...{ vault: vault ?? vaultOfAlert(alert) ?? null, id: alert },
  ...(vault === undefined ? {} : { within: true }),
});

const alertAt = (path: 'vaults/{vault}/alerts/{alert}' | 'alerts/{alert}', name: string, which: string) => [
  route({
    ...READ,
    name: `get${name}`,
    at: `GET ${path}`,
    summary: `Read an alert ${which}`,
    outlives: true,
    run: ({ ports, names }) => getAlert(ports, placeOf(names)),
  }),
  route({
    ...ACKNOWLEDGE,
    name: `acknowledge${name}`,
    at: `POST ${path}/acknowledge`,
    summary: `Acknowledge an alert ${which}`,
    run: ({ ports, names }, request) => acknowledgeAlert(ports, request, placeOf(names)),
  }),
  route({
    ...CLOSE,
    name: `close${name}`,
    at: `POST ${path}/close`,
    summary: `Close an alert ${which}`,
    run: ({ ports, names }, request) => closeAlert(ports, request, placeOf(names)),
  }),
];

export const alertRoutes: readonly Route[] = [
  ...chapter('Alerts', [
    ...alertAt('vaults/{vault}/alerts/{alert}', 'VaultAlert', 'of a vault'),
    ...alertAt('alerts/{alert}', 'Alert', 'by its id'),
    list({
      name: 'listVaultAlerts',
      at: 'GET vaults/{vault}/alerts',
      who: 'Reader',
      summary: 'List the alerts of a vault',
      outlives: true,
      codes: [],
      query: shapes.alertQuery,
      list: shapes.alerts,
      run: ({ ports, names, query }, wanted) => listVaultAlerts(ports, names.vault, query, wanted),
      view: alertView,
    }),
    list({
      name: 'listAlerts',
      at: 'GET alerts',
      who: 'Reader',
      summary: 'List the alerts of all vaults and of the service',
      codes: [],
      query: shapes.alertQuery,
      list: shapes.alerts,
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
      description:
        'For 30 days at most, and from its creation at the earliest. Without `types` it silences all types that can be silenced, and without `items` all items. Security is never silenced. One that is new, longer or wider is a weakening.',
      codes: ['LimitReached', 'GuardApprovalRequired', ...WRITES],
      body: shapes.silenceRequest,
      run: ({ ports, names, body }, request) => putSilence(ports, request, names, { name: names.silence, ...body }),
      ...puts(silenceView, (result: SilenceResult) => result.silence),
    }),
    route({
      name: 'getSilence',
      at: 'GET vaults/{vault}/silences/{silence}',
      who: 'Reader',
      summary: 'Read a silence',
      codes: [],
      run: ({ ports, now, names }) => getSilence(ports, names.vault, names.silence, now),
      ...gives(silenceView),
    }),
    list({
      name: 'listSilences',
      at: 'GET vaults/{vault}/silences',
      who: 'Reader',
      summary: 'List the silences of a vault',
      codes: [],
      query: page,
      list: listOf('SilenceList', 'A page of silences.', shapes.silence),
      run: ({ ports, now, names }, wanted) => listSilences(ports, now, names.vault, wanted),
      view: silenceView,
    }),
    route({
      name: 'deleteSilence',
      at: 'DELETE vaults/{vault}/silences/{silence}',
      who: 'Contributor',
      summary: 'End a silence',
      codes: WRITES,
      run: ({ ports, names }, request) => removeSilence(ports, request, names, { name: names.silence }),
      ...REMOVES,
    }),
  ]),
];

const KEY_HEADER = 'x-reprieve-webhook-key';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Event Grid brings no token of ours. The keys are compared in constant time: how long that takes tells nothing about the key. */
const withKey =
  (key: string | undefined) =>
  (headers: Headers): Refused | undefined => {
    const given = headers.get(KEY_HEADER);
    if (key !== undefined && given !== null && timingSafeEqual(digest(given), digest(key))) return undefined;
    return refuse('Unauthenticated', `Reports of deliveries need the key of this service in the header ${KEY_HEADER}.`);
  };

type ReportAnswer = Told<typeof shapes.deliveryTally> | Told<typeof shapes.handshake>;

/** What became of mails: those that the service gave up, and what the mail service reports about the others. */
export const mailRoutes = (deliveryKey: string | undefined): readonly Route[] =>
  chapter('Mail', [
    list({
      name: 'listDeadLetters',
      at: 'GET deadletters',
      who: 'Reader',
      summary: 'List the mails that the service gave up',
      codes: [],
      query: page,
      list: listOf('DeadLetterList', 'A page of mails that the service gave up.', shapes.deadLetter),
      run: ({ ports }, wanted) => listDeadLetters(ports, wanted),
      view: shapes.deadLetterView,
    }),
    route({
      name: 'redriveDeadLetter',
      at: 'POST deadletters/{id}/redrive',
      who: 'Contributor',
      summary: 'Send a mail again that the service gave up',
      codes: ['InvalidTransition', 'Busy'],
      body: nothing,
      answers: { 202: shapes.deadLetter },
      run: ({ ports, names }, request: Request<DeadLetter>) => redrive(ports, request, names),
      view: (letter) => reply(202, shapes.deadLetterView(letter)),
    }),
    route({
      name: 'dismissDeadLetter',
      at: 'DELETE deadletters/{id}',
      who: 'Contributor',
      summary: 'Dismiss a mail that the service gave up',
      description: 'It is never sent, and its alert goes on to say so. The people of the vault hear of it.',
      codes: ['GuardApprovalRequired', 'Busy'],
      run: ({ ports, names }, request) => dismiss(ports, request, names),
      ...REMOVES,
    }),
    route({
      name: 'takeDeliveryReports',
      at: 'POST alerts/deliveryReports',
      who: 'anyone',
      admits: withKey(deliveryKey),
      summary: 'Take the reports of the mail service',
      description:
        'Event Grid calls this, with the key of the service in the header `x-reprieve-webhook-key`. It answers the validation handshake of Event Grid as well.',
      codes: ['Unauthenticated', 'Busy'],
      body: shapes.gridEvents,
      answers: { 200: [shapes.deliveryTally, shapes.handshake] },
      run: async ({ ports, now, body }): Promise<Outcome<ReportAnswer>> => {
        const code = shapes.validationCode(body);
        return code === undefined
          ? takeReports(ports, shapes.deliveriesIn(body), now)
          : ok({ validationResponse: code });
      },
      view: (body) => reply(200, body),
    }),
  ]);
