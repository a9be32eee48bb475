import * as z from 'zod';
import { type Executor, MAX_CALLERS, MAX_CONFIRM_HOURS, MAX_CONTACTS } from '../core/executors.ts';
import {
  type Counted,
  deleteExecutor,
  type ExecutorResult,
  listExecutors,
  putExecutor,
  readExecutor,
} from '../flows/executors/executors.ts';
import { WRITES } from './refusal.ts';
import { chapter, gives, list, puts, REMOVES, type Route, route } from './route.ts';
import {
  answer,
  common,
  count,
  EXAMPLE,
  email,
  field,
  instant,
  listOf,
  orDefault,
  page,
  request,
  says,
} from './shape.ts';
import { viewOf } from './view.ts';

const CALLERS = says('The apps that act for it, by tenant and object id.', [
  { tid: EXAMPLE.tid, oid: '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d' },
]);
const HOURS = says('For how many hours an order may wait for its confirmation before somebody is told.', 24);
const CONTACTS = says('Who else is written to about orders that it leaves unconfirmed.', ['data@contoso.com']);

const who = (most: z.ZodString) => ({
  tid: field(most, 'The tenant of the app.', EXAMPLE.tid),
  oid: field(most, 'The object id of the app.', '0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d'),
});

const fields = {
  name: common.name(EXAMPLE.executor),
  callers: z.array(answer('ExecutorCaller', 'An app that acts for an executor.', who(z.string()))).meta(CALLERS),
  confirmWithinHours: z.int().meta(HOURS),
  contacts: z.array(z.string()).meta(CONTACTS),
  lastSeenAt: field(instant.nullable(), 'When it called last, to the minute; null: never.', null),
  etag: common.etag,
};
const executor = answer('Executor', 'Apps of your own that destroy what is purged.', fields);
const executorView = viewOf(executor, (one: Executor) => one);

const orders = answer('ExecutorOrders', 'How many orders it has, each counted to 1,000, by what its work list says.', {
  open: field(count, 'Can be claimed. A lease that was renewed counts here from its old end until somebody claims.', 0),
  leased: field(count, 'Somebody is at it.', 0),
  waiting: field(count, 'Can be claimed later, or not before a hold ends.', 0),
  blocked: field(count, 'A person must decide.', 0),
  unconfirmed: field(count, 'Of all of them those that should have been confirmed by now.', 0),
});
const countedExecutor = answer('CountedExecutor', 'An executor, with what it has to do.', { ...fields, orders });
const countedView = viewOf(countedExecutor, ({ executor: one, orders: its }: Counted) => ({ ...one, orders: its }));

/** As a token says it. */
const claim = z.string().regex(/^[\x21-\x7e]{1,64}$/, 'must be an id of 1 to 64 printable characters');

const executorRequest = request(
  'ExecutorRequest',
  'Any part of an executor; a new one needs its callers. Null gives the default back.',
  {
    callers: z
      .array(request('ExecutorRequestCaller', 'An app that acts for an executor.', who(claim)))
      .min(1)
      .max(MAX_CALLERS)
      .optional()
      .meta(CALLERS),
    confirmWithinHours: orDefault(z.int().min(1).max(MAX_CONFIRM_HOURS), 24).meta(HOURS),
    contacts: orDefault(z.array(email).max(MAX_CONTACTS), []).meta(CONTACTS),
  },
);

export const executorRoutes: readonly Route[] = chapter('Executors', [
  route({
    name: 'putExecutor',
    at: 'PUT executors/{executor}',
    who: 'Contributor',
    summary: 'Create an executor, or change the given parts',
    description:
      'Every change raises `ExecutorChanged`. A caller that is added to an executor which a vault or a kind names takes a person with a second factor, and the approval of the guard of the service.',
    codes: ['StepUpRequired', 'GuardApprovalRequired', ...WRITES],
    body: executorRequest,
    run: ({ ports, names, body }, request) => putExecutor(ports, request, names, body),
    ...puts(executorView, (found: ExecutorResult) => found.executor),
  }),
  route({
    name: 'getExecutor',
    at: 'GET executors/{executor}',
    who: 'Reader',
    summary: 'Read an executor',
    codes: [],
    run: ({ ports, names, now }) => readExecutor(ports, names.executor, now),
    ...gives(countedView),
  }),
  list({
    name: 'listExecutors',
    at: 'GET executors',
    who: 'Reader',
    summary: 'List the executors',
    codes: [],
    query: page,
    list: listOf('ExecutorList', 'A page of executors.', executor),
    run: ({ ports }, wanted) => listExecutors(ports, wanted),
    view: executorView,
  }),
  route({
    name: 'deleteExecutor',
    at: 'DELETE executors/{executor}',
    who: 'Contributor',
    summary: 'Delete an executor that nothing names',
    description:
      'What still names it stands in `innererror.blockers`; a deleted vault counts, since it may come back. So does a kind for an hour ' +
      'after it named it last (`until`): a sweep that began before may still ask it.',
    codes: ['ExecutorInUse', ...WRITES],
    run: ({ ports, names }, request) => deleteExecutor(ports, request, names),
    ...REMOVES,
  }),
]);
