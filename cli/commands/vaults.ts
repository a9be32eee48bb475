import { type Client, operationIn } from '../../client/client.ts';
import { type Command, named } from '../command.ts';
import { at, type Json, listIn, textAt, textOf } from '../json.ts';
import type { Given } from '../options.ts';
import { facts, hint, type Shown, table } from '../output/shown.ts';
import { outcomesIn } from './operations.ts';

const undeleted = (answer: Json, { wait }: Given): Shown => {
  const id = textAt(answer, 'operation');
  if (id !== '' && !wait)
    return [
      facts(answer, [['Operation', 'operation']]),
      hint(`They are too many for one answer. See how it ends: reprieve operation show --id ${id} --wait`),
      hint(`What becomes of each: reprieve operation results --id ${id}`),
    ];
  return [
    outcomesIn(answer, 'No item fits.', 'results'),
    ...(at(answer, 'more') === true ? [hint('There are more, or may be; a dry run shows the first of them.')] : []),
  ];
};

/** Where an operation undeletes them, and somebody waits for that, the answer has its outcomes. */
async function undeleteMany(given: Given, client: Client) {
  const answer = await client.ask('undeleteItems', { names: named(given, 'vault'), body: meant(given) });
  if (!answer.ok) throw answer.problem;
  const operation = operationIn(answer.headers);
  if (operation === undefined || !given.wait) return answer.value;
  await client.follow(operation);
  return { operation, results: await client.all('listOperationResults', { names: { operation } }) };
}

export const vaultCommands: readonly Command[] = [
  {
    words: ['vaults', 'list'],
    isDefault: true,
    help: 'List the vaults.',
    examples: ['vaults', "vaults list --json | jq '.[].name'"],
    run: (_, client) => client.all('listVaults'),
    view: (vaults) => [
      table(
        listIn({ vaults }, 'vaults'),
        [
          ['Name', 'name'],
          ['Kind', 'kind'],
          ['SoftDelete', 'softDelete.state'],
          ['Days', 'softDelete.retentionDays'],
          ['Protected', 'counts.protected'],
          ['Stopped', 'counts.stopped'],
          ['Deleted', 'counts.softDeleted'],
        ],
        'There are no vaults.',
      ),
    ],
  },
  {
    words: ['vaults', 'show'],
    help: 'Show one vault.',
    needs: ['vault'],
    examples: ['vaults show --vault contoso'],
    run: (given, client) => client.call('getVault', { names: named(given, 'vault') }),
    view: (vault) => [
      facts(vault, [
        ['Name', 'name'],
        ['Kind', 'kind'],
        [
          'Soft delete',
          (one) => `${textAt(one, 'softDelete', 'state')}, ${textAt(one, 'softDelete', 'retentionDays')} days`,
        ],
        ['Hybrid security', 'hybrid.state'],
        ['Immutability', 'immutability'],
        ['Guard', 'guard'],
        ['Executor', 'purge.executor'],
        ['Told', names('alerts', 'recipients')],
        ['Owners', names('alerts', 'owners')],
        ['Protected', 'counts.protected'],
        ['Stopped', 'counts.stopped'],
        ['Soft-deleted', 'counts.softDeleted'],
      ]),
    ],
  },
  {
    words: ['vaults', 'deleted'],
    help: 'List the vaults that are deleted and can be restored.',
    examples: ['vaults deleted'],
    run: (_, client) => client.all('listDeletedVaults'),
    view: (vaults) => [
      table(
        listIn({ vaults }, 'vaults'),
        [
          ['Name', 'name'],
          ['Kind', 'kind'],
          ['Deleted', 'deletedAt'],
          ['By', 'deletedBy'],
          ['Removed', 'removeAt'],
          ['Reason', 'reason'],
        ],
        'No vault is deleted.',
      ),
    ],
  },
  {
    words: ['vaults', 'restore'],
    help: 'Bring a deleted vault back as it was.',
    needs: ['vault'],
    examples: ['vaults restore --vault contoso'],
    run: (given, client) => client.call('restoreVault', { names: named(given, 'vault'), body: {} }),
    view: (vault) => [
      facts(vault, [
        ['Name', 'name'],
        ['Kind', 'kind'],
      ]),
    ],
  },
  {
    words: ['vaults', 'undelete'],
    help: 'Bring many soft-deleted items of a vault back at once. Try --dry-run first.',
    needs: ['vault'],
    takes: ['all', 'deleted-by', 'from', 'to', 'dry-run', 'wait'],
    examples: [
      'vaults undelete --vault contoso --deleted-by 6f1d0c52-8b3e-4d7a-a1c9-2e5b7f904d31 --from 2026-11-21T08:00:00Z --dry-run',
      'vaults undelete --vault contoso --all --wait',
    ],
    check: (given) => {
      const saysWhich = [given['deleted-by'], given.from, given.to].some((one) => one !== undefined);
      if (saysWhich === (given.all === true))
        return 'Say which: --all, or else --deleted-by, --from and --to, one of them or more.';
      return undefined;
    },
    run: undeleteMany,
    view: undeleted,
  },
];

const meant = (given: Given) => ({
  ...(given.all ? { all: true as const } : {}),
  deletedBy: given['deleted-by'],
  from: given.from,
  to: given.to,
  dryRun: given['dry-run'],
});

function names(...where: readonly string[]): (one: Json) => string {
  return (one) =>
    listIn(one, ...where)
      .map(textOf)
      .join(', ');
}
