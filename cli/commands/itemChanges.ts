import type { StopRequest } from '../../client/api.ts';
import { type Command, named, type Person } from '../command.ts';
import { at, type Json, listIn, textAt, textOf } from '../json.ts';
import type { Given } from '../options.ts';
import { facts, hint, type Shown } from '../output/shown.ts';
import { WrongUsage } from '../trouble.ts';
import { itemFacts, pointsTable } from './items.ts';

const STOP = 'reprieve items stop --help';
const called = (verb: string, item: Json): string =>
  `npx reprieve items ${verb} --vault ${textAt(item, 'vault')} --item ${textAt(item, 'name')}`;

const modeOf = (given: Given): StopRequest['mode'] => {
  if (given.delete) return 'delete';
  return given['retain-per-policy'] ? 'retainPerPolicy' : 'retain';
};

/** The name once more, typed by a person or given as an option. The service compares it. */
async function confirmed(given: Given, { ask }: Person): Promise<string | undefined> {
  if (!given.delete || given['confirm-name'] !== undefined) return given['confirm-name'];
  const typed = await ask(`This deletes the backups of ${given.item} in ${given.vault}. Type its name to go on: `);
  if (typed === undefined)
    throw new WrongUsage('To delete, give --confirm-name with the name of the item once more.', STOP);
  if (typed.trim() !== given.item) throw new WrongUsage('That is another name. Nothing was changed.', STOP);
  return typed.trim();
}

function stopped(item: Json): Shown {
  const state = textAt(item, 'state');
  if (state === 'SoftDeleted') return [itemFacts(item), hint(`To bring it back: ${called('undelete', item)}`)];
  const order = textAt(item, 'purgeOrder', 'order');
  if (order !== '')
    return [
      itemFacts(item),
      hint(
        `Soft delete did not apply to it: its executor is asked to destroy it. See how far that is: npx reprieve orders show --id ${order}`,
      ),
    ];
  if (state === 'Purged' || at(item, 'softDeleteApplied') === false)
    return [itemFacts(item), hint('Soft delete did not apply to it: it is gone for good.')];
  return [itemFacts(item), hint(`To turn backups on again: ${called('resume', item)} --policy <policy>`)];
}

const removed = (item: Json): Shown => [
  itemFacts(item),
  ...(listIn(item, 'recoveryPointsRemoved').length > 0
    ? [facts(item, [['Cleaned up', (one) => listIn(one, 'recoveryPointsRemoved').map(textOf).join(', ')]])]
    : []),
];

export const itemChanges: readonly Command[] = [
  {
    words: ['items', 'stop'],
    help: 'Stop the protection of an item: keep its backups, or delete them.',
    needs: ['vault', 'item'],
    takes: ['delete', 'retain-per-policy', 'confirm-name', 'reason', 'comment', 'cancel-active-job'],
    examples: [
      'items stop --vault contoso --item sql-01',
      'items stop --vault contoso --item sql-01 --delete --confirm-name sql-01 --reason "cleaning up"',
    ],
    check: (given) => {
      if (given.delete && given['retain-per-policy']) return '--delete and --retain-per-policy contradict each other.';
      return given['confirm-name'] !== undefined && !given.delete ? '--confirm-name goes with --delete.' : undefined;
    },
    run: async (given, client, person) => {
      const confirmName = await confirmed(given, person);
      return client.call('stopItem', {
        names: named(given, 'vault', 'item'),
        body: {
          mode: modeOf(given),
          confirmName,
          reason: given.reason,
          comment: given.comment,
          cancelActiveJob: given['cancel-active-job'],
        },
        securityPin: person.env['REPRIEVE_SECURITY_PIN'] || undefined,
      });
    },
    view: stopped,
  },
  {
    words: ['items', 'undelete'],
    help: 'Bring a soft-deleted item back, with every recovery point. Its backups stay stopped.',
    needs: ['vault', 'item'],
    examples: ['items undelete --vault contoso --item sql-01'],
    run: (given, client) => client.call('undeleteItem', { names: named(given, 'vault', 'item'), body: {} }),
    view: (item) => [
      itemFacts(item),
      hint(`Backups stay off until you resume it: ${called('resume', item)} --policy <policy>`),
    ],
  },
  {
    words: ['items', 'resume'],
    help: 'Protect a stopped item again, under a policy.',
    needs: ['vault', 'item', 'policy'],
    takes: ['preview'],
    examples: [
      'items resume --vault contoso --item sql-01 --policy daily --preview',
      'items resume --vault contoso --item sql-01 --policy daily',
    ],
    run: (given, client) =>
      client.call('resumeItem', {
        names: named(given, 'vault', 'item'),
        query: { preview: given.preview },
        body: { policy: given.policy },
      }),
    view: (answer, { preview }) =>
      preview ? [pointsTable(listIn(answer, 'recoveryPointsToRemove'))] : removed(answer),
  },
];
