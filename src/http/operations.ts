import * as z from 'zod';
import { OPERATION_KINDS, OPERATION_STATUSES } from '../core/operations.ts';
import { UNDELETE_OUTCOMES } from '../core/undeletion.ts';
import { readOperation, readResults } from '../flows/items/operations/read.ts';
import { reply } from './reply.ts';
import { type Call, chapter, list, type Route, route } from './route.ts';
import { answer, code, common, count, EXAMPLE, field, instant, listOf, oneOf, page } from './shape.ts';
import { viewOf } from './view.ts';

const failure = answer('OperationError', 'Why an operation cannot go on.', {
  code: field(z.string(), 'The reason.', 'VaultDeleted'),
  message: field(z.string(), 'The same in words.', 'Vault contoso was deleted.'),
});

const operation = answer('Operation', 'Long work that a call has begun and that goes on behind it.', {
  id: field(z.string(), 'Its id.', EXAMPLE.operation),
  kind: oneOf('OperationKind', 'What is done.', OPERATION_KINDS),
  vault: common.vault,
  subject: field(z.string().nullable(), 'The policy that it is about; null: the vault as a whole.', EXAMPLE.policy),
  status: oneOf('OperationStatus', 'Whether it runs, or how it ended. Failed: it cannot go on.', OPERATION_STATUSES),
  startedAt: field(instant, 'When it was begun.', '2026-11-21T09:30:00.000Z'),
  endedAt: field(instant.nullable(), 'When it ended; null: it still runs.', null),
  done: field(count, 'How many items are done; of a vault that is removed, how many rows.', 1200),
  failed: field(count, 'How many could not be dealt with. They stand in its results, or in quarantine.', 0),
  total: field(count.nullable(), 'How many there were when it was begun; null: nobody has counted.', 5000),
  startedBy: field(z.string().nullable(), 'The object id of who began it; null: the service.', EXAMPLE.oid),
  error: field(failure.nullable(), 'Why it cannot go on; null: nothing keeps it.', null),
});

const operationView = viewOf(operation);

const result = answer('OperationResult', 'What became of one item of an operation, and why.', {
  item: common.item,
  outcome: oneOf('OperationOutcome', 'What became of the item.', UNDELETE_OUTCOMES),
  code: field(code.optional(), 'The code of the refusal.'),
});
const resultView = viewOf(result);

/** While it runs it is worth asking again after so long. */
const AGAIN_SECONDS = '10';

export const operationRoutes: readonly Route[] = chapter('Operations', [
  route({
    name: 'getOperation',
    at: 'GET operations/{operation}',
    who: 'Reader',
    summary: 'Read an operation',
    description:
      'Its address is told by the call that began it, in `Operation-Location`. It is kept for 30 days after its end.',
    codes: [],
    run: ({ ports, now, names }) => readOperation(ports, now, names.operation),
    answers: { 200: operation },
    view: (found) =>
      reply(200, operationView(found), found.status === 'Running' ? { 'retry-after': AGAIN_SECONDS } : {}),
  }),
  list({
    name: 'listOperationResults',
    at: 'GET operations/{operation}/results',
    who: 'Reader',
    summary: 'List what became of the items of an operation',
    description: 'Only `UndeleteItems` keeps results. While it runs, the list has those that are known so far.',
    codes: ['ResultsNotFound'],
    query: page,
    list: listOf('OperationResultList', 'A page of results.', result),
    run: ({ ports, now, names }, wanted) => readResults(ports, now, names.operation, wanted),
    view: resultView,
  }),
]);

/** The header that tells of the operation which a call has begun, or found running. */
export const toldOf = (id: string | undefined, { url }: Pick<Call, 'url'>): Readonly<Record<string, string>> =>
  id === undefined
    ? {}
    : { 'operation-location': new URL(url.pathname.replace(/\/vaults\/.*$/i, `/operations/${id}`), url).href };
