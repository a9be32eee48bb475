import { randomUUID } from 'node:crypto';
import type { HttpRequest, HttpResponseInit } from '@azure/functions';
import type { Wrong } from '../config.ts';
import { type Refused, refuse } from '../core/problems.ts';
import { idsOf } from './pipeline.ts';
import { refusalReply } from './refusal.ts';
import { type Reply, reply, toResponse } from './reply.ts';
import type * as shapes from './service/shapes.ts';
import type { Told } from './shape.ts';

const sentenceOf = ({ name, needs }: Wrong): string => `${name} ${needs}`;

/** For the log: the names of the settings and what they need, never what is in them. */
export const complaintOf = (wrong: readonly Wrong[]): string =>
  `The settings are not right, so Reprieve does nothing. ${wrong.map(sentenceOf).join('; ')}.`;

const ready = (wrong: readonly Wrong[]): Told<typeof shapes.readiness> => ({
  checks: [{ name: 'settings', status: 'fail', detail: wrong.map(sentenceOf).join('; ') }],
});

/** What can be told all the same, by the name of the route. */
const TOLD: { readonly [route: string]: (wrong: readonly Wrong[]) => Reply } = {
  live: () => reply(200, { status: 'ok' }),
  ready: (wrong) => reply(503, ready(wrong)),
};

export const isTold = (route: string): boolean => Object.hasOwn(TOLD, route);

const refused = (wrong: readonly Wrong[]): Refused =>
  refuse(
    'NotConfigured',
    'Settings of this service are missing or wrong, and until they are right it does nothing. Put them right and restart it.',
    {
      details: wrong.map((one) => ({ code: 'NotConfigured', message: `${sentenceOf(one)}.`, target: one.name })),
    },
  );

/** Answers every door while settings are wrong. It asks nobody who they are, reads no body and touches no storage. */
export function notConfigured(wrong: readonly Wrong[]) {
  const { refusal } = refused(wrong);
  return (route: string) =>
    async (request: HttpRequest): Promise<HttpResponseInit> => {
      const told = TOLD[route]?.(wrong) ?? refusalReply(refusal, request.headers.get('accept'), '');
      return toResponse(told, idsOf(request, randomUUID()));
    };
}
