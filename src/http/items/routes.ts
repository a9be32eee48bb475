import { type Caller, channelOf, hasRole } from '../../core/caller.ts';
import { type Refused, refuse } from '../../core/problems.ts';
import { type HoldResult, putHold, removeHold } from '../../flows/items/holds.ts';
import { type Protection, protect } from '../../flows/items/protect.ts';
import { itemHistory, listItems, readHold, readItem, readKeptItem } from '../../flows/items/read.ts';
import { type Resumption, resume } from '../../flows/items/resume.ts';
import { type Stopped, stop } from '../../flows/items/stop.ts';
import { type ItemResult, undelete } from '../../flows/items/undelete.ts';
import { explainItem } from '../../flows/service/explain.ts';
import type { Request } from '../../flows/story/request.ts';
import { READS_ITEM, SECOND_FACTOR, WRITES, WRITES_ITEM } from '../refusal.ts';
import { made, NO_CONTENT, reply, resource } from '../reply.ts';
import { type Call, chapter, list, type Route, route } from '../route.ts';
import { nothing, page } from '../shape.ts';
import { pointView, resumePreview } from './backupShapes.ts';
import { entries, entryView, explanation, explanationView } from './historyShapes.ts';
import * as requests from './requestShapes.ts';
import * as shapes from './shapes.ts';
import { hold, holdView, item, itemView, resumedItem, stoppedItem, tombstone, tombstoneView } from './shapes.ts';

type At = Pick<Call, 'now'>;
const shown = (result: ItemResult, { now }: At) => resource(200, itemView(result.item, result.head ?? undefined, now));

const resumed = (result: Resumption, { now }: At) =>
  resource(200, {
    ...itemView(result.item, result.head, now),
    recoveryPointsRemoved: result.removed.map((one) => one.name),
  });

const previewed = ({ item: of, head, removed }: Resumption, { now }: At) =>
  reply(200, { preview: true, recoveryPointsToRemove: removed.map((one) => pointView(one, of, head, now)) });

const stopped = (result: Stopped, { now }: At) => {
  const { softDeleteApplied } = result;
  const more = softDeleteApplied === undefined ? {} : { softDeleteApplied };
  return result.item.state === 'Purged'
    ? resource(200, { ...tombstoneView(result.item), ...more })
    : resource(200, { ...itemView(result.item, result.head, now), ...more });
};

const mayDelete = (caller: Caller): Refused | undefined =>
  hasRole(caller, 'Contributor') || channelOf(caller) === 'agent'
    ? undefined
    : refuse('Forbidden', 'Deleting backups needs the role Contributor.', { facts: { requiredRole: 'Contributor' } });

/** One source is protected by one item, over all vaults. */
const TAKEN = ['AlreadyProtected', 'ActiveElsewhere', 'ItemSoftDeleted', 'PurgeInProgress'] as const;

export const itemRoutes: readonly Route[] = [
  ...chapter('Items', [
    route({
      name: 'protectItem',
      at: 'PUT vaults/{vault}/items/{item}',
      who: 'Operator',
      agent: true,
      summary: 'Protect a source',
      description:
        'As a new item, by resuming a stopped one, or out of the trash: hybrid items always, others with `recoverSoftDeleted`. ' +
        'If another product protects such a workload, the answer names that product.',
      codes: [
        ...(['VaultNotFound', 'PolicyNotFound', 'ServerNotFound', 'NotABackupItem', 'WrongVaultKind'] as const),
        ...TAKEN,
        'ImmutabilityBlocked',
        ...WRITES,
      ],
      body: requests.protectRequest,
      answers: { 200: shapes.protectedItem, 201: shapes.protectedItem },
      run: ({ ports, names, body }, request: Request<Protection>) => protect(ports, request, names, body),
      view: ({ removed, created, ...result }, { now }) =>
        made(created, {
          ...itemView(result.item, result.head, now),
          ...(removed.length > 0 ? { recoveryPointsRemoved: removed.map((one) => one.name) } : {}),
        }),
    }),
    route({
      name: 'getItem',
      at: 'GET vaults/{vault}/items/{item}',
      who: 'Reader',
      agent: true,
      summary: 'Read an item',
      codes: READS_ITEM,
      query: requests.itemQuery,
      answers: { 200: item },
      run: ({ ports, now, names, query }) => (query.includeSoftDeleted ? readItem : readKeptItem)(ports, now, names),
      view: shown,
    }),
    list({
      name: 'listItems',
      at: 'GET vaults/{vault}/items',
      who: 'Reader',
      summary: 'List the items of a vault',
      codes: ['VaultNotFound'],
      query: requests.itemsQuery,
      list: shapes.items,
      run: ({ ports, names, query }, wanted) => listItems(ports, names.vault, query, wanted),
      view: (one, { head }, { now }) => itemView(one, head, now),
    }),
    route({
      name: 'stopItem',
      at: 'POST vaults/{vault}/items/{item}/stop',
      who: 'Operator',
      agent: true,
      summary: 'Stop protecting an item',
      description:
        '`retain` keeps everything. `retainPerPolicy` lets points age out. `delete` moves the backups to the trash, or destroys them where soft delete is off: ' +
        '`softDeleteApplied` says which. `delete` needs the role Contributor and `confirmName`; of a hybrid item it is a critical operation.',
      codes: [
        ...WRITES_ITEM,
        ...SECOND_FACTOR,
        ...([
          'ConfirmationRequired',
          'ItemSoftDeleted',
          'PurgeInProgress',
          'ObjectLocked',
          'InvalidTransition',
        ] as const),
        ...(['ImmutabilityRequired', 'ImmutabilityBlocked', 'AlwaysOnForbidsPortalDelete', 'AgentTooOld'] as const),
        'GuardApprovalRequired',
      ],
      body: requests.stopRequest,
      answers: { 200: [stoppedItem, tombstone] },
      run: async ({ ports, caller, names, body }, request) =>
        (body.mode === 'delete' && mayDelete(caller)) || stop(ports, request, names, body),
      view: stopped,
    }),
    route({
      name: 'undeleteItem',
      at: 'POST vaults/{vault}/items/{item}/undelete',
      who: 'Operator',
      agent: true,
      summary: 'Undelete an item',
      description:
        'It comes back as ProtectionStopped: no backup runs until it is resumed. This needs no approval of a guard and no second factor.',
      codes: [
        ...WRITES_ITEM,
        ...(['ItemNotSoftDeleted', 'UndeleteWindowClosed', 'PurgeInProgress', 'ActiveElsewhere'] as const),
      ],
      body: nothing,
      answers: { 200: item },
      run: ({ ports, names }, request) => undelete(ports, request, names),
      view: shown,
    }),
    route({
      name: 'resumeItem',
      at: 'POST vaults/{vault}/items/{item}/resume',
      who: 'Operator',
      agent: true,
      summary: 'Resume protection under a policy',
      description:
        'Recovery points whose time is over are removed now. With `preview` they are listed and nothing is changed. In a Backup vault `policy` may be left out.',
      codes: [...WRITES_ITEM, ...TAKEN, 'PolicyNotFound', 'ImmutabilityBlocked'],
      body: requests.resumeRequest,
      query: requests.preview,
      answers: { 200: [resumedItem, resumePreview] },
      run: ({ ports, names, body, query }, request: Request<Resumption>) =>
        resume(ports, request, names, { verb: 'resume', policy: body.policy, preview: query.preview }),
      view: (result, call) => (call.query.preview ? previewed(result, call) : resumed(result, call)),
    }),
    route({
      name: 'changePolicy',
      at: 'POST vaults/{vault}/items/{item}/changePolicy',
      who: 'Operator',
      agent: true,
      summary: 'Move an item to another policy',
      codes: [
        ...WRITES_ITEM,
        ...TAKEN,
        ...(['PolicyNotFound', 'ImmutabilityBlocked', 'InvalidTransition', 'GuardApprovalRequired'] as const),
      ],
      body: requests.policyChange,
      answers: { 200: resumedItem },
      run: ({ ports, names, body }, request) =>
        resume(ports, request, names, { verb: 'changePolicy', policy: body.policy }),
      view: resumed,
    }),
    list({
      name: 'itemHistory',
      at: 'GET vaults/{vault}/items/{item}/history',
      who: 'Reader',
      agent: true,
      summary: 'List what happened to an item, newest first',
      description: 'The history outlives the purge. It contains refusals too.',
      codes: READS_ITEM,
      query: page,
      list: entries,
      run: ({ ports, names }, wanted) => itemHistory(ports, names, wanted),
      view: entryView,
    }),
    route({
      name: 'explainItem',
      at: 'GET vaults/{vault}/items/{item}/explain',
      who: 'Reader',
      agent: true,
      summary: 'Why an item was or was not purged',
      description: 'What stands in the way of the purge, when it is expected, and what can be done about it.',
      codes: READS_ITEM,
      answers: { 200: explanation },
      run: ({ ports, now, names }) => explainItem(ports, now, names),
      view: (found) => reply(200, explanationView(found)),
    }),
  ]),
  ...chapter('Holds', [
    route({
      name: 'putHold',
      at: 'PUT vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Contributor',
      summary: 'Keep an item from being purged',
      codes: [...WRITES_ITEM, 'PurgeInProgress', 'LimitReached'],
      body: shapes.holdRequest,
      answers: { 200: hold, 201: hold },
      run: ({ ports, names, body }, request: Request<HoldResult>) =>
        putHold(ports, request, names, { name: names.hold, ...body }),
      view: (result) => made(result.created, holdView(result.hold)),
    }),
    route({
      name: 'getHold',
      at: 'GET vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Reader',
      summary: 'Read a hold',
      codes: [...READS_ITEM, 'HoldNotFound'],
      answers: { 200: hold },
      run: ({ ports, now, names }) => readHold(ports, now, names, names.hold),
      view: (found) => resource(200, holdView(found)),
    }),
    route({
      name: 'deleteHold',
      at: 'DELETE vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Contributor',
      summary: 'End a hold',
      codes: [...WRITES_ITEM, 'HoldNotFound'],
      answers: { 204: null },
      run: ({ ports, names }, request: Request<null>) => removeHold(ports, request, names, { name: names.hold }),
      view: () => NO_CONTENT,
    }),
  ]),
];
