/** The words of the document that stand in no schema. That none is missing, and none is left over, a test looks after. */
export const INTRODUCTION = [
  'Stop, undelete and resume the protection of backup items.',
  '**Calls.** JSON in UTF-8, at most 64 KiB; every field is known or refused. Times are ISO 8601 in UTC, durations ISO 8601. Names are compared without regard to case.',
  '**Answers.** Each bears `x-ms-request-id`. A refusal bears its code in `x-ms-error-code` and `error.code`; with `Accept: application/problem+json` it comes as RFC 9457. ' +
    'An address that is none answers 404 `RouteNotFound`, a method that an address does not take 405 `MethodNotAllowed`.',
  '**Repeating.** With an `Idempotency-Key` a call is done once, and its answer given again for 24 hours. With `If-Match` a change is only done to what was read.',
  '**Lists.** Follow `nextLink` as long as there is one. Nothing that existed throughout is lost or comes twice.',
].join('\n\n');

export const PARAMETER_WORDS: Readonly<Record<string, string>> = {
  vault: 'The name of the vault.',
  policy: 'The name of the policy.',
  server: 'The name of the server.',
  guard: 'The name of the guard.',
  item: 'The name of the item.',
  hold: 'The name of the hold.',
  job: 'The id of the job.',
  recoveryPoint: 'The name of the recovery point.',
  alert: 'The id of the alert, as a list of alerts shows it.',
  silence: 'The name of the silence.',
  id: 'The id of the dead letter.',
  top: 'How many entries a page has at most.',
  continuation: 'Where the last page ended: as `nextLink` has it, never made up.',
  state: 'Only those in this state.',
  workload: 'Only those of this workload.',
  type: 'Only those of this type.',
  includeSoftDeleted: 'Whether soft-deleted items are shown.',
  preview: 'Only say what would be removed, and change nothing.',
  days: 'How many days ahead, today being the first.',
  'api-version': 'The version of the API; absent: the newest.',
  'x-ms-client-request-id': 'An id of the caller’s own, given back with the answer.',
  'If-Match': 'The etag that was read: if it is another by now, nothing is changed.',
  'Idempotency-Key': 'A key for this very call: repeated with it, the call is not done again.',
  'x-reprieve-security-pin': 'The PIN that stands for a second factor where a token cannot carry one.',
};
