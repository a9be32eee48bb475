import type { KindRequest } from '../../client/api.ts';
import { type Command, named } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import { facts, hint, type Shown, table } from '../output/shown.ts';
import { WrongUsage } from '../trouble.ts';

const yesNo = (name: string) => (one: Json) => (textAt(one, name) === 'true' ? 'yes' : 'no');

const kindOf = (kind: Json): Shown => [
  facts(kind, [
    ['Kind', 'name'],
    ['Title', 'title'],
    ['Plural', 'plural'],
    ['BuiltIn', yesNo('builtIn')],
    ['Class', 'class'],
    ['Vaults', (one) => listIn(one, 'vaultKinds').map(String).join(', ')],
    ['Represents', 'represents'],
    ['RecoveryPoints', yesNo('recoveryPoints')],
    ['MinimumDays', 'minimumRetentionDays'],
    ['Executor', (one) => textAt(one, 'executor') || 'none'],
    ['Active', yesNo('active')],
  ]),
];

function membersIn(body: string | undefined): KindRequest {
  try {
    const members: unknown = JSON.parse(body ?? '{}');
    if (typeof members === 'object' && members !== null && !Array.isArray(members)) return members;
  } catch {
    // said below
  }
  throw new WrongUsage('--body is a JSON object, for instance {"title":"Tenant"}.');
}

export const kindCommands: readonly Command[] = [
  {
    words: ['kinds', 'list'],
    isDefault: true,
    help: 'List what can be protected: the built-in workloads, and kinds of your own.',
    examples: ['kinds', 'kinds list --json'],
    run: (_, client) => client.all('listKinds', {}),
    view: (answer) => [
      table(
        listIn({ answer }, 'answer'),
        [
          ['Kind', 'name'],
          ['Title', 'title'],
          ['BuiltIn', yesNo('builtIn')],
          ['Class', 'class'],
          ['Represents', 'represents'],
          ['MinimumDays', 'minimumRetentionDays'],
          ['Executor', 'executor'],
          ['Active', yesNo('active')],
        ],
        'There are none.',
      ),
    ],
  },
  {
    words: ['kinds', 'show'],
    help: 'Show a kind.',
    needs: ['kind'],
    examples: ['kinds show --kind tenant'],
    run: (given, client) => client.call('getKind', { names: named(given, 'kind') }),
    view: kindOf,
  },
  {
    words: ['kinds', 'set'],
    help: 'Make a kind of your own, or change the given members of a kind.',
    needs: ['kind'],
    takes: ['body'],
    examples: ['kinds set --kind tenant', `kinds set --kind tenant --body '{"title":"Tenant","active":false}'`],
    run: (given, client) => client.call('putKind', { names: named(given, 'kind'), body: membersIn(given.body) }),
    view: kindOf,
  },
  {
    words: ['kinds', 'delete'],
    help: 'Delete a kind of your own of which no vault has or had an item.',
    needs: ['kind'],
    examples: ['kinds delete --kind tenant'],
    run: async (given, client) => (await client.call('deleteKind', { names: named(given, 'kind') })) ?? null,
    view: () => [hint('It is deleted.')],
  },
];
