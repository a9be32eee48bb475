import * as z from 'zod';
import { type Code, PROBLEMS, type Refusal } from '../core/problems.ts';
import type { Reply } from './reply.ts';
import { answer, code, field, loose, type Told } from './shape.ts';

const target = field(z.string(), 'The field, header or name that is meant.');
const detail = answer('ErrorDetail', 'One thing that is wrong.', {
  code,
  message: field(z.string(), 'What is wrong with it.'),
  target,
});
const told = {
  target: target.optional(),
  details: field(z.array(detail).optional(), 'One for each thing that is wrong.'),
};

export const failure = answer('ErrorResponse', 'A refusal, in the form of Azure.', {
  error: answer('Error', 'A refusal.', {
    code,
    message: field(z.string(), 'What happened, and what to do next.'),
    ...told,
    innererror: loose('InnerError', 'The facts of a refusal, by name.', {
      azureCode: field(z.string().optional(), 'The code that Azure has for it.'),
    }).optional(),
  }),
});

export const problem = loose('Problem', 'A refusal in the form of RFC 9457. Its facts stand beside these fields.', {
  type: field(z.string().regex(/^\/problems\/[A-Za-z]+$/), 'Which problem it is.'),
  title: field(z.string(), 'The code in words.'),
  status: field(z.int().min(400).max(599), 'The status of the answer.'),
  detail: field(z.string(), 'What happened, and what to do next.'),
  code,
  ...told,
});

const CHALLENGES: { readonly [code: string]: (context: string) => string } = {
  Unauthenticated: () => 'Bearer',
  StepUpRequired: (context) =>
    `Bearer error="insufficient_user_authentication", acr_values="${context}", max_age="600"`,
};

/** RFC 9470 for everyone; and what Microsoft's own libraries act upon, for clients that said they would. */
const entraChallenge = (context: string): string => {
  const claims = { access_token: { acrs: { essential: true, value: context } } };
  return `Bearer error="insufficient_claims", claims="${Buffer.from(JSON.stringify(claims)).toString('base64')}"`;
};

/** A refusal as the API says it: the error envelope, or RFC 9457 when the caller prefers that. */
export function refusalReply(
  refusal: Refusal,
  accept: string | null,
  stepUpContext: string,
  takesClaims = false,
): Reply {
  const { code, message, facts, retryAfterSeconds } = refusal;
  const { target, details } = whereOf(refusal);
  const status = PROBLEMS[code];
  const asked = CHALLENGES[code]?.(stepUpContext);
  const challenge =
    asked && takesClaims && code === 'StepUpRequired' ? `${asked}, ${entraChallenge(stepUpContext)}` : asked;
  const headers = {
    'x-ms-error-code': code,
    ...(challenge ? { 'www-authenticate': challenge } : {}),
    ...(code === 'MethodNotAllowed' ? { allow: [facts?.['allowed']].flat().join(', ') } : {}),
    ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
  };
  const more = { ...(target === undefined ? {} : { target }), ...(details ? { details } : {}) };
  if (accept?.toLowerCase().includes('application/problem+json')) {
    // Extensions first: type, title, status and detail are the RFC's own.
    const said = { type: `/problems/${code}`, title: titleOf(code), status, detail: message };
    const body: Told<typeof problem> = { ...facts, ...more, code, ...said };
    return { status, body, headers: { ...headers, 'content-type': 'application/problem+json' } };
  }
  const body: Told<typeof failure> = { error: { code, message, ...more, ...(facts ? { innererror: facts } : {}) } };
  return { status, body, headers };
}

/** A request that is wrong in one place says so in the same form as one that is wrong in many, and names that place. */
function whereOf({ code, message, target, details }: Refusal) {
  if (code !== 'InvalidRequest') return { target, details };
  if (target !== undefined) return { target, details: details ?? [{ code, message, target }] };
  return { target: details?.length === 1 ? details[0]?.target : undefined, details };
}

/** `ItemSoftDeleted` → `Item soft deleted`. */
export const titleOf = (code: string): string => {
  const words = code.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Codes that come together, by what an operation does. Each route names those that it can answer. */
export const READS_ITEM = ['ItemPurged'] as const satisfies readonly Code[];
/** It writes what has an etag. */
export const WRITES = ['PreconditionFailed', 'Busy'] as const satisfies readonly Code[];
export const WRITES_ITEM = [...READS_ITEM, ...WRITES] as const;
/** The item must not be in the trash. */
export const NOT_IN_TRASH = ['ItemSoftDeleted', 'PurgeInProgress'] as const satisfies readonly Code[];
/** It asks for a second factor, in the token or as a PIN. */
export const SECOND_FACTOR = [
  'StepUpRequired',
  'SecurityPinRequired',
  'SecurityPinInvalid',
  'TooManyAttempts',
] as const satisfies readonly Code[];
