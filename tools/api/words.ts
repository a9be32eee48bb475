import * as z from 'zod';
import type { Code } from '../../src/core/problems.ts';
import { isKept, type Route } from '../../src/http/route.ts';
import { EXAMPLE, shape } from '../../src/http/shape.ts';

/** What the document says beside its operations and shapes. */
export const INTRODUCTION = [
  'Stop, undelete and resume the protection of backup items.',
  '**Calls.** JSON in UTF-8, at most 64 KiB. A field or a query parameter that the service does not know is refused, and so is a parameter that is there twice; parameters are spelled in any case. Times are ISO 8601 in UTC, and durations ISO 8601. Names are compared without regard to case.',
  '**The length of a body.** Every body needs its `Content-Length`. The platform hands over nothing of a body that comes in chunks, so a request with `Transfer-Encoding` is refused with 411 `LengthRequired` before anything is done. ' +
    'Most libraries send the length by themselves. In .NET `PostAsJsonAsync`, `PutAsJsonAsync`, `PatchAsJsonAsync` and `JsonContent` do not: make the content, `await content.LoadIntoBufferAsync()`, then send it with `PostAsync`; or send a `StringContent`. ' +
    'A request with neither a body nor a `Content-Type`, or with `Content-Length: 0`, counts as `{}`, but not where a call can mean everything there is: `POST /api/sweeps` and the undelete of many items need a body.',
  '**Answers.** Each has the header `x-ms-request-id`. A refusal has its code in `x-ms-error-code` and in `error.code`. With `Accept: application/problem+json` it comes in the form of RFC 9457. ' +
    'An address that does not exist answers 404 `RouteNotFound`; a method that an address does not take answers 405 `MethodNotAllowed`.',
  '**Repeating.** With an `Idempotency-Key` a call is carried out once, and repeating it within 24 hours gives the same answer. With `If-Match` a change is made only to the version that was read.',
  '**Lists.** Follow `nextLink` as long as there is one. An entry that exists all the time is never left out and never comes twice.',
].join('\n\n');

export const ALERT_ID = shape(
  'AlertId',
  'The id of an alert: vault, item, type and occurrence.',
  z.string().max(300).meta({ pattern: '^[^~]*~[^~]*~[A-Za-z]{1,40}~[A-Za-z0-9._-]{1,100}$' }),
);

export const OPERATION_ID = shape(
  'OperationId',
  'The id of an operation: its vault, the id of that, and its own.',
  z.string().max(230).meta({ pattern: '^[^~]{1,63}~[A-Za-z0-9._-]{1,80}~[A-Za-z0-9._-]{1,80}$' }),
);

export const ORDER_ID = shape(
  'OrderId',
  'The id of a purge order: vault, item and the deletion that it is about.',
  z.string().max(170).meta({ pattern: '^[^~]{1,63}~[^~]{1,63}~[A-Za-z0-9_-]{1,40}$' }),
);

interface Named {
  readonly description: string;
  readonly example: string;
  /** How a call is refused when there is no such thing. */
  readonly missing: readonly Code[];
}

/** The names in paths. */
export const NAMES: Readonly<Record<string, Named>> = {
  vault: { description: 'The name of the vault.', example: EXAMPLE.vault, missing: ['VaultNotFound'] },
  policy: { description: 'The name of the policy.', example: EXAMPLE.policy, missing: ['PolicyNotFound'] },
  server: { description: 'The name of the server.', example: EXAMPLE.server, missing: ['ServerNotFound'] },
  guard: { description: 'The name of the guard.', example: EXAMPLE.guard, missing: ['GuardNotFound'] },
  kind: { description: 'The name of the kind.', example: EXAMPLE.kind, missing: ['KindNotFound'] },
  executor: { description: 'The name of the executor.', example: EXAMPLE.executor, missing: ['ExecutorNotFound'] },
  grant: {
    description: 'The id of the grant.',
    example: '5b1f0c2a9d3e4f67-7a6b5c4d-3e2f-4a1b-9c8d-0e1f2a3b4c5d',
    missing: ['GrantNotFound'],
  },
  item: { description: 'The name of the item.', example: EXAMPLE.item, missing: ['ItemNotFound'] },
  hold: { description: 'The name of the hold.', example: EXAMPLE.hold, missing: ['HoldNotFound'] },
  job: { description: 'The id of the job.', example: EXAMPLE.job, missing: ['JobNotFound'] },
  recoveryPoint: {
    description: 'The name of the recovery point.',
    example: EXAMPLE.point,
    missing: ['RecoveryPointNotFound'],
  },
  alert: {
    description: 'The id of the alert, as a list of alerts shows it.',
    example: EXAMPLE.alert,
    // it names a vault
    missing: ['VaultNotFound', 'AlertNotFound'],
  },
  order: {
    description: 'The id of the purge order, as a claim, a list of orders or its item tells it.',
    example: EXAMPLE.order,
    missing: ['PurgeOrderNotFound'],
  },
  operation: {
    description: 'The id of the operation, as `Operation-Location` tells it.',
    example: EXAMPLE.operation,
    missing: ['OperationNotFound'],
  },
  silence: { description: 'The name of the silence.', example: EXAMPLE.silence, missing: ['SilenceNotFound'] },
  id: { description: 'The id of the dead letter.', example: EXAMPLE.letter, missing: ['DeadLetterNotFound'] },
};

export const VERSION = {
  description: 'The version of the API; absent: the newest.',
  schema: { type: 'string', enum: ['2026-11-01'] },
} as const;

const PRINTABLE = { type: 'string', pattern: '^[ -~]{1,128}$' };

/** Headers that a request may have, and which operations take them. */
export const REQUEST_HEADERS: readonly {
  readonly name: string;
  readonly description: string;
  readonly schema: object;
  readonly example?: string;
  readonly applies: (route: Route) => boolean;
}[] = [
  {
    name: 'x-ms-client-request-id',
    description: 'An id of the caller’s own. The answer repeats it.',
    schema: PRINTABLE,
    example: 'ticket-4711',
    applies: () => true,
  },
  {
    name: 'If-Match',
    description: 'The etag that was read. If there is another one now, nothing is changed.',
    schema: { type: 'string', maxLength: 2000 },
    example: EXAMPLE.etag,
    applies: ({ codes }) => codes.includes('PreconditionFailed'),
  },
  {
    name: 'Idempotency-Key',
    description: 'A key for this one call. Repeated with the same key, the call is not carried out again.',
    schema: PRINTABLE,
    example: 'stop-sql-01-2026-11-21',
    applies: isKept,
  },
  {
    name: 'x-reprieve-security-pin',
    description: 'The PIN that takes the place of a second factor where a token cannot carry one.',
    schema: { type: 'string' },
    applies: ({ codes }) => codes.includes('SecurityPinInvalid'),
  },
];
