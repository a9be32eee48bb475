import { type Command, named } from '../command.ts';
import { type Json, listIn, textAt, textOf } from '../json.ts';
import { facts, table } from '../output/shown.ts';

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
        ['Told', names('alerts', 'recipients')],
        ['Owners', names('alerts', 'owners')],
        ['Protected', 'counts.protected'],
        ['Stopped', 'counts.stopped'],
        ['Soft-deleted', 'counts.softDeleted'],
      ]),
    ],
  },
];

function names(...where: readonly string[]): (one: Json) => string {
  return (one) =>
    listIn(one, ...where)
      .map(textOf)
      .join(', ');
}
