import { createHash, timingSafeEqual } from 'node:crypto';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import type { Asking } from '../../flows/asking.ts';
import { dismiss, redrive } from '../../flows/deadLetters.ts';
import { type Delivery, type Tally, takeReports } from '../../flows/deliveryReports.ts';
import type { DeadLetter } from '../../ports.ts';
import { cut, listReply, startOf } from '../paging.ts';
import { type Route, route } from '../route.ts';
import { bodies, type GridEvent, queries } from '../schemas.ts';
import { deadLetterView } from '../views.ts';

const KEY_HEADER = 'x-reprieve-webhook-key';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Event Grid brings no token of ours. Compared in constant time, so that an answer's delay tells nothing about the key. */
const withKey =
  (key: string | undefined) =>
  (headers: Headers): Refused | undefined => {
    const given = headers.get(KEY_HEADER);
    if (key !== undefined && given !== null && timingSafeEqual(digest(given), digest(key))) return undefined;
    return refuse('Unauthenticated', `Reports of deliveries need the key of this service in the header ${KEY_HEADER}.`);
  };

const deliveriesIn = (events: readonly GridEvent[]): readonly Delivery[] =>
  events.flatMap((event) => {
    if (event.eventType !== 'Microsoft.Communication.EmailDeliveryReportReceived') return [];
    const { messageId, recipient, status, deliveryStatusDetails } = event.data;
    return [{ messageId, recipient, status, reason: deliveryStatusDetails?.statusMessage ?? undefined }];
  });

const validationCode = (events: readonly GridEvent[]): string | undefined => {
  for (const event of events)
    if (event.eventType === 'Microsoft.EventGrid.SubscriptionValidationEvent') return event.data.validationCode;
  return undefined;
};

/** What became of mails: those that nobody could send, and what the mail service reports of the others. */
export const mailRoutes = (deliveryKey: string | undefined): readonly Route[] => [
  route({
    name: 'listDeadLetters',
    method: 'GET',
    path: 'deadletters',
    who: 'Reader',
    query: queries.page,
    run: async ({ ports, query }) => {
      const after = startOf(query);
      if (!after.ok) return after;
      const letters = await ports.ledger.dead({ after: after.value, limit: query.top + 1 });
      return ok(cut(letters, ({ id }) => id, undefined, query.top));
    },
    view: ({ shown, last }, { url }) => listReply(shown.map(deadLetterView), last, url),
  }),
  route({
    name: 'redriveDeadLetter',
    method: 'POST',
    path: 'deadletters/{id}/redrive',
    who: 'Contributor',
    body: bodies.nothing,
    run: ({ ports, names: { id = '' } }, asking: Asking<DeadLetter>) => redrive(ports, asking, id),
    view: (letter) => ({ status: 202, body: deadLetterView(letter) }),
  }),
  route({
    name: 'dismissDeadLetter',
    method: 'DELETE',
    path: 'deadletters/{id}',
    who: 'Contributor',
    run: ({ ports, names: { id = '' } }, asking: Asking<null>) => dismiss(ports, asking, id),
    view: () => ({ status: 204 }),
  }),
  route({
    name: 'takeDeliveryReports',
    method: 'POST',
    path: 'alerts/deliveryReports',
    who: 'anyone',
    admits: withKey(deliveryKey),
    body: bodies.gridEvents,
    run: async ({ ports, now, body }): Promise<Outcome<Tally | { readonly validationResponse: string }>> => {
      const code = validationCode(body);
      return code === undefined ? takeReports(ports, deliveriesIn(body), now) : ok({ validationResponse: code });
    },
    view: (body) => ({ status: 200, body }),
  }),
];
