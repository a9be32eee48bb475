import { createHash, timingSafeEqual } from 'node:crypto';
import { type Outcome, ok, type Refused, refuse } from '../../core/problems.ts';
import { dismiss, redrive, takeReports } from '../../flows/alerts/mails.ts';
import { listDeadLetters } from '../../flows/alerts/read.ts';
import type { Request } from '../../flows/story/request.ts';
import type { DeadLetter } from '../../ports.ts';
import { NO_CONTENT, reply } from '../reply.ts';
import { chapter, list, type Route, route } from '../route.ts';
import { nothing, page, type Told } from '../shape.ts';
import {
  deadLetter,
  deadLetters,
  deadLetterView,
  deliveriesIn,
  deliveryTally,
  gridEvents,
  handshake,
  validationCode,
} from './mailShapes.ts';

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

type ReportAnswer = Told<typeof deliveryTally> | Told<typeof handshake>;

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
      list: deadLetters,
      run: ({ ports }, wanted) => listDeadLetters(ports, wanted),
      view: deadLetterView,
    }),
    route({
      name: 'redriveDeadLetter',
      at: 'POST deadletters/{id}/redrive',
      who: 'Contributor',
      summary: 'Send a mail again that the service gave up',
      codes: ['DeadLetterNotFound', 'InvalidTransition', 'Busy'],
      body: nothing,
      answers: { 202: deadLetter },
      run: ({ ports, names }, request: Request<DeadLetter>) => redrive(ports, request, names),
      view: (letter) => reply(202, deadLetterView(letter)),
    }),
    route({
      name: 'dismissDeadLetter',
      at: 'DELETE deadletters/{id}',
      who: 'Contributor',
      summary: 'Dismiss a mail that the service gave up',
      codes: ['DeadLetterNotFound'],
      answers: { 204: null },
      run: ({ ports, names }, request: Request<null>) => dismiss(ports, request, names),
      view: () => NO_CONTENT,
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
      body: gridEvents,
      answers: { 200: [deliveryTally, handshake] },
      run: async ({ ports, now, body }): Promise<Outcome<ReportAnswer>> => {
        const code = validationCode(body);
        return code === undefined ? takeReports(ports, deliveriesIn(body), now) : ok({ validationResponse: code });
      },
      view: (body) => reply(200, body),
    }),
  ]);
