import { explainItem } from '../../flows/items/explain.ts';
import { type HoldResult, putHold, removeHold } from '../../flows/items/holds.ts';
import { listItems } from '../../flows/items/list.ts';
import { type Protection, protect } from '../../flows/items/protect.ts';
import { readHold, readItem, readKeptItem } from '../../flows/items/read.ts';
import { type Resumption, resume } from '../../flows/items/resume.ts';
import { type Stopped, stop } from '../../flows/items/stop.ts';
import { undelete } from '../../flows/items/undelete.ts';
import type { Request } from '../../flows/story/request.ts';
import { NOT_IN_TRASH, READS_ITEM, SECOND_FACTOR, WRITES, WRITES_ITEM } from '../refusal.ts';
import { reply } from '../reply.ts';
import { chapter, gives, list, puts, REMOVES, type Route, route } from '../route.ts';
import { listOf, nothing } from '../shape.ts';
import { previewView, resumePreview } from './backups.ts';
import { explanationView } from './explanation.ts';
import * as requests from './requestShapes.ts';
import * as shapes from './shapes.ts';

/** One source is protected by one item, over all vaults. */
const TAKEN = ['AlreadyProtected', 'ActiveElsewhere', ...NOT_IN_TRASH] as const;

export const itemRoutes: readonly Route[] = [
  ...chapter('Items', [
    route({
      name: 'protectItem',
      at: 'PUT vaults/{vault}/items/{item}',
      who: ['Operator', 'Agent'],
      summary: 'Protect a source',
      description:
        'As a new item, by resuming a stopped one, or out of the trash: hybrid items always, others with `recoverSoftDeleted`. ' +
        'If another product protects such a workload, the answer names that product. Without recovery points a kind takes no policy, and an original has one item over all vaults until that is purged.',
      codes: [
        ...(['PolicyNotFound', 'ServerNotFound', 'NotABackupItem', 'WrongVaultKind', 'ImmutabilityBlocked'] as const),
        ...(['GuardApprovalRequired', 'LimitReached', 'KindRetired'] as const),
        ...TAKEN,
        ...WRITES,
      ],
      body: requests.protectRequest,
      run: ({ ports, names, body }, request) => protect(ports, request, names, body),
      ...puts(shapes.protectedView, (result: Protection) => result),
    }),
    route({
      name: 'getItem',
      at: 'GET vaults/{vault}/items/{item}',
      who: ['Reader', 'Agent'],
      summary: 'Read an item',
      codes: READS_ITEM,
      query: requests.itemQuery,
      run: ({ ports, now, names, query }) => (query.includeSoftDeleted ? readItem : readKeptItem)(ports, now, names),
      ...gives(shapes.itemView),
    }),
    list({
      name: 'listItems',
      at: 'GET vaults/{vault}/items',
      who: 'Reader',
      summary: 'List the items of a vault',
      codes: [],
      query: requests.itemsQuery,
      list: listOf('ItemList', 'A page of items.', shapes.item),
      run: ({ ports, names, query }, wanted) => listItems(ports, names.vault, query, wanted),
      view: (item, { head }, call) => shapes.itemView({ item, head }, call),
    }),
    route({
      name: 'stopItem',
      at: 'POST vaults/{vault}/items/{item}/stop',
      who: ['Operator', 'Agent'],
      summary: 'Stop protecting an item',
      description:
        '`retain` keeps everything. `retainPerPolicy` lets points age out. `delete` moves the backups to the trash, or destroys them where soft delete is off: ' +
        '`softDeleteApplied` says which. Where an executor is named it is asked to destroy the data instead, and `purgeOrder` says how far that is. `delete` needs the role Contributor and `confirmName`; of a hybrid item it is a critical operation.',
      codes: [
        ...WRITES_ITEM,
        ...SECOND_FACTOR,
        ...NOT_IN_TRASH,
        ...(['ConfirmationRequired', 'ObjectLocked', 'InvalidTransition', 'GuardApprovalRequired'] as const),
        ...([
          'NotSupportedByKind',
          'ExecutorNotFound',
          'ImmutabilityRequired',
          'ImmutabilityBlocked',
          'AlwaysOnForbidsPortalDelete',
          'AgentTooOld',
        ] as const),
      ],
      body: requests.stopRequest,
      answers: { 200: [shapes.stoppedItem, shapes.tombstone] },
      run: ({ ports, names, body }, request: Request<Stopped>) => stop(ports, request, names, body),
      view: (result, call) => reply(200, shapes.stoppedView(result, call)),
    }),
    route({
      name: 'undeleteItem',
      at: 'POST vaults/{vault}/items/{item}/undelete',
      who: ['Operator', 'Agent'],
      summary: 'Undelete an item',
      description:
        'It comes back as ProtectionStopped: no backup runs until it is resumed. This needs no approval of a guard and no second factor.',
      codes: [...WRITES_ITEM, 'ItemNotSoftDeleted', 'UndeleteWindowClosed', 'PurgeInProgress', 'ActiveElsewhere'],
      body: nothing,
      run: ({ ports, names }, request) => undelete(ports, request, names),
      ...gives(shapes.itemView),
    }),
    route({
      name: 'resumeItem',
      at: 'POST vaults/{vault}/items/{item}/resume',
      who: ['Operator', 'Agent'],
      summary: 'Resume protection under a policy',
      description:
        'Recovery points whose time is over are removed now. With `preview` they are listed and nothing is changed. In a Backup vault `policy` may be left out.',
      codes: [
        ...WRITES_ITEM,
        ...TAKEN,
        ...(['PolicyNotFound', 'ImmutabilityBlocked', 'GuardApprovalRequired', 'LimitReached'] as const),
      ],
      body: requests.resumeRequest,
      query: requests.preview,
      answers: { 200: [shapes.resumedItem, resumePreview] },
      run: ({ ports, names, body, query }, request: Request<Resumption>) =>
        resume(ports, request, names, { verb: 'resume', policy: body.policy, preview: query.preview }),
      view: (result, call) =>
        reply(200, call.query.preview ? previewView(result, call) : shapes.resumedView(result, call)),
    }),
    route({
      name: 'changePolicy',
      at: 'POST vaults/{vault}/items/{item}/changePolicy',
      who: ['Operator', 'Agent'],
      summary: 'Move an item to another policy',
      codes: [
        ...WRITES_ITEM,
        ...TAKEN,
        ...(['PolicyNotFound', 'ImmutabilityBlocked', 'InvalidTransition', 'GuardApprovalRequired'] as const),
        ...(['LimitReached', 'NotSupportedByKind'] as const),
      ],
      body: requests.policyChange,
      run: ({ ports, names, body }, request) =>
        resume(ports, request, names, { verb: 'changePolicy', policy: body.policy }),
      ...gives(shapes.resumedView),
    }),
    route({
      name: 'explainItem',
      at: 'GET vaults/{vault}/items/{item}/explain',
      who: ['Reader', 'Agent'],
      summary: 'Why an item was or was not purged',
      description: 'What stands in the way of the purge, when it is expected, and what can be done about it.',
      codes: READS_ITEM,
      run: ({ ports, now, names }) => explainItem(ports, now, names),
      ...gives(explanationView),
    }),
  ]),
  ...chapter('Holds', [
    route({
      name: 'putHold',
      at: 'PUT vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Contributor',
      summary: 'Keep an item from being purged',
      description: 'To let somebody else’s hold end earlier takes a second factor.',
      codes: [...WRITES_ITEM, ...SECOND_FACTOR, 'GuardApprovalRequired', 'PurgeInProgress', 'LimitReached'],
      body: shapes.holdRequest,
      run: ({ ports, names, body }, request) => putHold(ports, request, names, { name: names.hold, ...body }),
      ...puts(shapes.holdView, (result: HoldResult) => result.hold),
    }),
    route({
      name: 'getHold',
      at: 'GET vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Reader',
      summary: 'Read a hold',
      codes: READS_ITEM,
      run: ({ ports, now, names }) => readHold(ports, now, names, names.hold),
      ...gives(shapes.holdView),
    }),
    route({
      name: 'deleteHold',
      at: 'DELETE vaults/{vault}/items/{item}/holds/{hold}',
      who: 'Contributor',
      summary: 'End a hold',
      description: 'Somebody else’s takes a second factor.',
      codes: [...WRITES_ITEM, ...SECOND_FACTOR, 'GuardApprovalRequired'],
      run: ({ ports, names }, request) => removeHold(ports, request, names, { name: names.hold }),
      ...REMOVES,
    }),
  ]),
];
