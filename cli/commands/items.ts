import type { ItemState } from '../../client/api.ts';
import { type Command, named } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import { type Block, facts, minutes, table } from '../output/shown.ts';

const EMPTY = 'There are no such items.';
const listed = (answer: Json): readonly Json[] => listIn({ answer }, 'answer');

export const itemFacts = (item: Json): Block =>
  facts(item, [
    ['Name', 'name'],
    ['Vault', 'vault'],
    ['State', 'state'],
    ['Workload', 'workload'],
    ['Tier', 'tier'],
    ['Source', 'sourceId'],
    ['Server', 'server'],
    ['Policy', 'policy'],
    ['Last policy', (one) => (textAt(one, 'policy') ? '' : textAt(one, 'previousPolicy'))],
    ['Last backup', (one) => [textAt(one, 'lastBackup', 'status'), minutes('lastBackup', 'at')(one)].join(' ').trim()],
    ['Job', 'activeJob.operation'],
    ['Recovery points', 'recoveryPoints.count'],
    ['Deleted', minutes('softDelete', 'deletedAt')],
    ['Deleted by', 'softDelete.deletedBy'],
    ['Reason', 'softDelete.reason'],
    ['Comment', 'softDelete.comment'],
    ['Purged at', (one) => minutes('softDelete', 'purgeAt')(one) || minutes('purgedAt')(one)],
    ['Days left', 'softDelete.daysLeft'],
    ['Order', 'purgeOrder.order'],
    ['Order state', 'purgeOrder.state'],
    ['Executor', 'purgeOrder.executor'],
    ['Confirm by', minutes('purgeOrder', 'confirmBy')],
    [
      'Holds',
      (one) =>
        listIn(one, 'holds')
          .map((hold) => `${textAt(hold, 'name')}: ${textAt(hold, 'reason')}`)
          .join('; '),
    ],
  ]);

export const itemReading: readonly Command[] = [
  {
    words: ['items', 'list'],
    help: 'List the backup items of a vault.',
    needs: ['vault'],
    takes: ['state', 'workload', 'server'],
    examples: ['items list --vault contoso', 'items list --vault contoso --state SoftDeleted'],
    run: (given, client) =>
      client.all('listItems', {
        names: named(given, 'vault'),
        // the service refuses a state or workload that it does not know
        query: { state: given.state as ItemState, workload: given.workload, server: given.server },
      }),
    view: (items) => [
      table(
        listed(items),
        [
          ['Name', 'name'],
          ['Workload', 'workload'],
          ['State', 'state'],
          ['Policy', 'policy'],
          ['Points', 'recoveryPoints.count'],
          ['DaysLeft', 'softDelete.daysLeft'],
          ['PurgeAt', minutes('softDelete', 'purgeAt')],
        ],
        EMPTY,
      ),
    ],
  },
  {
    words: ['items', 'show'],
    help: 'Show one backup item.',
    needs: ['vault', 'item'],
    examples: ['items show --vault contoso --item sql-01'],
    run: (given, client) => client.call('getItem', { names: named(given, 'vault', 'item') }),
    view: (item) => [itemFacts(item)],
  },
  {
    words: ['items', 'explain'],
    help: 'Say why an item was purged or not, and what can be done with it.',
    needs: ['vault', 'item'],
    examples: ['items explain --vault contoso --item sql-01'],
    run: (given, client) => client.call('explainItem', { names: named(given, 'vault', 'item') }),
    view: (answer) => [
      facts(answer, [
        ['State', 'state'],
        ['Not before', minutes('notBefore')],
        ['Expected by', minutes('expectedBy')],
        ['Possible', (one) => listIn(one, 'can').join(', ')],
      ]),
      table(
        listIn(answer, 'blockers'),
        [
          ['What keeps it', 'code'],
          ['Why', 'message'],
        ],
        'Nothing keeps it.',
      ),
    ],
  },
];

export const pointsTable = (points: readonly Json[]) =>
  table(
    points,
    [
      ['Recovery point', (one) => textAt(one, 'name')],
      ['Made', minutes('createdAt')],
      ['Rung', 'rung'],
      ['Expires', minutes('expiresAt')],
    ],
    'No recovery point would be cleaned up.',
  );
