import type { Proof, ResolveRequest } from '../../client/api.ts';
import type { Command } from '../command.ts';
import { at, type Json, listIn, textAt, textOf } from '../json.ts';
import type { Given } from '../options.ts';
import { facts, hint, minutes, type Shown, table } from '../output/shown.ts';
import { WrongUsage } from '../trouble.ts';
import { receiptFacts } from './evidence.ts';
import { itemFacts } from './items.ts';

const namesOf = ({ id = '' }: Given) => ({ order: id });

const RESOLVE = 'reprieve orders resolve --help';

const callerAt = (one: Json, ...where: readonly string[]): string =>
  [textAt(one, ...where, 'tid'), textAt(one, ...where, 'oid')].filter(Boolean).join('/');
const membersAt = (one: Json, name: string): string => (textAt(one, name) === '{}' ? '' : textAt(one, name));

/** As far as anybody can say. */
function destroyed(order: Json): string {
  if (textAt(order, 'state') === 'Completed') return 'all of it, as was confirmed';
  return at(order, 'untouched') === true ? 'nothing' : 'perhaps something';
}

const orderOf = (order: Json): Shown => [
  facts(order, [
    ['Order', 'order'],
    ['State', 'state'],
    ['Item', 'item'],
    ['Vault', 'vault'],
    ['Executor', 'executor'],
    ['Asked', minutes('orderedAt')],
    ['Confirm by', minutes('confirmBy')],
    ['Can be claimed', minutes('availableAt')],
    ['Attempts', 'attempts'],
    ['Destroyed', destroyed],
    ['Held by', (one) => callerAt(one, 'lease', 'holder')],
    ['Lease ends', minutes('lease', 'until')],
    ['Failed', minutes('lastFailure', 'at')],
    ['Because', (one) => [textAt(one, 'lastFailure', 'code'), textAt(one, 'lastFailure', 'message')].join(' ').trim()],
    ['It destroyed', 'lastFailure.destroyed'],
    ['Checkpoint', 'checkpoint'],
    ['Kind', 'kind'],
    ['Represents', 'represents'],
    ['Source', 'sourceId'],
    ['Server', 'server'],
    ['Deleted', minutes('deletedAt')],
    ['Deleted by', 'deletedBy'],
    ['Reason', 'reason'],
    ['Comment', 'comment'],
    ['Due', minutes('purgeAt')],
    ['Recovery points', 'recoveryPoints.count'],
    ['Parameters', (one) => membersAt(one, 'parameters')],
  ]),
];

/** What the service makes of it, the service says. */
function proofIn(given: Given): Proof {
  try {
    const proof: unknown = JSON.parse(given.proof ?? '');
    if (typeof proof === 'object' && proof !== null && !Array.isArray(proof)) return proof as Proof;
  } catch {
    // said below
  }
  throw new WrongUsage('--proof is a JSON object, for instance {"objects":12}.', RESOLVE);
}

const outcomeOf = (given: Given): ResolveRequest['outcome'] => {
  if (given.retry) return 'retry';
  return given.confirmed ? 'confirmed' : 'abandoned';
};

const ORDERS = [
  ['Item', 'item'],
  ['State', 'state'],
  ['Executor', 'executor'],
  ['Attempts', 'attempts'],
  ['ConfirmBy', minutes('confirmBy')],
  ['Vault', 'vault'],
  ['Order', 'order'],
] as const;

const ID = 'contoso~sql-01~4f2b9d3c';

export const orderCommands: readonly Command[] = [
  {
    words: ['orders', 'list'],
    isDefault: true,
    help: 'List what an executor is asked to destroy, or what is to be destroyed from a vault.',
    takes: ['executor', 'vault', 'state'],
    examples: ['orders --executor blobs', 'orders list --vault contoso --state Blocked'],
    check: ({ executor, vault }) =>
      executor === undefined && vault === undefined ? 'Say whose: --executor or --vault.' : undefined,
    run: ({ executor, vault, state }, client) =>
      // the service refuses a state that it does not know
      client.all('listPurgeOrders', { query: { executor, vault, state: state as 'Open' | undefined } }),
    view: (orders) => [table(listIn({ orders }, 'orders'), ORDERS, 'There are no such orders.')],
  },
  {
    words: ['orders', 'show'],
    help: 'Show one purge order: how far it is, and what is asked. Also one that has ended.',
    needs: ['id'],
    examples: [`orders show --id ${ID}`],
    run: (given, client) => client.call('getPurgeOrder', { names: namesOf(given) }),
    view: orderOf,
  },
  {
    words: ['orders', 'points'],
    help: 'List the recovery points of an ordered item.',
    needs: ['id'],
    examples: [`orders points --id ${ID}`],
    run: (given, client) => client.all('listPurgeOrderPoints', { names: namesOf(given) }),
    view: (points) => [
      table(
        listIn({ points }, 'points'),
        [
          ['Recovery point', 'name'],
          ['Made', minutes('createdAt')],
          ['Rung', 'rung'],
        ],
        'It has none.',
      ),
    ],
  },
  {
    words: ['orders', 'recall'],
    help: 'Take an order back while nothing was destroyed: its item goes back to the trash.',
    needs: ['id', 'reason'],
    examples: [`orders recall --id ${ID} --reason "they stay with us"`],
    run: (given, client) =>
      client.call('recallPurgeOrder', { names: namesOf(given), body: { reason: textOf(given.reason) } }),
    view: (item) => [
      itemFacts(item),
      hint(
        `To bring it back: npx reprieve items undelete --vault ${textAt(item, 'vault')} --item ${textAt(item, 'name')}`,
      ),
    ],
  },
  {
    words: ['orders', 'resolve'],
    help: 'Decide about an order: try it again, or close it by hand, which purges its item for good.',
    needs: ['id', 'reason'],
    takes: ['retry', 'confirmed', 'abandoned', 'confirm-name', 'proof'],
    examples: [
      `orders resolve --id ${ID} --retry --reason "the account is back"`,
      `orders resolve --id ${ID} --abandoned --confirm-name sql-01 --reason "the executor is gone"`,
      `orders resolve --id ${ID} --confirmed --confirm-name sql-01 --proof '{"objects":12}' --reason gone`,
    ],
    check: (given) => {
      const { retry, confirmed, abandoned, proof } = given;
      if ([retry, confirmed, abandoned].filter(Boolean).length !== 1)
        return 'Say what is true: --retry, --confirmed or --abandoned.';
      if (confirmed && proof === undefined) return '--confirmed needs --proof: what was destroyed.';
      if (!confirmed && proof !== undefined) return '--proof goes with --confirmed.';
      return retry && given['confirm-name'] !== undefined ? '--confirm-name is for closing an order.' : undefined;
    },
    run: async (given, client, { ask, env }) => {
      const names = namesOf(given);
      const body = { outcome: outcomeOf(given), reason: textOf(given.reason) };
      if (given.retry) return client.call('resolvePurgeOrder', { names, body });
      const confirmName =
        given['confirm-name'] ?? (await ask('This purges the item for good. Type its name to go on: '))?.trim();
      if (confirmName === undefined)
        throw new WrongUsage('To close an order, give --confirm-name with the name of the item.', RESOLVE);
      const proof = given.confirmed ? { proof: proofIn(given) } : {};
      return client.call('resolvePurgeOrder', {
        names,
        body: { ...body, confirmName, ...proof },
        securityPin: env['REPRIEVE_SECURITY_PIN'] || undefined,
      });
    },
    view: (answer) => (at(answer, 'receipt') === undefined ? orderOf(answer) : [receiptFacts(answer)]),
  },
];
