import type { Command } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import { facts, table } from '../output/shown.ts';
import { path } from '../path.ts';
import { itemFacts, minutes } from './itemView.ts';

const EMPTY = 'There are no such items.';
const listed = (answer: Json): readonly Json[] => listIn({ answer }, 'answer');

export const itemReading: readonly Command[] = [
  {
    words: ['items', 'list'],
    help: 'List the backup items of a vault.',
    needs: ['vault'],
    takes: ['state', 'workload', 'server'],
    examples: ['items list --vault contoso', 'items list --vault contoso --state SoftDeleted'],
    run: ({ vault, state, workload, server }, { list }) =>
      list({ method: 'GET', path: path`vaults/${vault}/items`, query: { state, workload, server } }),
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
    run: ({ vault, item }, { send }) => send({ method: 'GET', path: path`vaults/${vault}/items/${item}` }),
    view: (item) => [itemFacts(item)],
  },
  {
    words: ['items', 'explain'],
    help: 'Say why an item was purged or not, and what can be done with it.',
    needs: ['vault', 'item'],
    examples: ['items explain --vault contoso --item sql-01'],
    run: ({ vault, item }, { send }) => send({ method: 'GET', path: path`vaults/${vault}/items/${item}/explain` }),
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
