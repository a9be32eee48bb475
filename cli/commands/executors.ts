import type { ExecutorRequest } from '../../client/api.ts';
import { type Command, named } from '../command.ts';
import { type Json, listIn, textAt, textOf } from '../json.ts';
import type { Given } from '../options.ts';
import { facts, hint, minutes, type Shown, table } from '../output/shown.ts';
import { WrongUsage } from '../trouble.ts';

const callersOf = (one: Json): string =>
  listIn(one, 'callers')
    .map((caller) => `${textAt(caller, 'tid')}/${textAt(caller, 'oid')}`)
    .join(', ');

const executorOf = (executor: Json): Shown => [
  facts(executor, [
    ['Name', 'name'],
    ['Callers', callersOf],
    ['Confirms within', (one) => `${textAt(one, 'confirmWithinHours')} hours`],
    ['Contacts', (one) => listIn(one, 'contacts').map(textOf).join(', ')],
    ['Seen', minutes('lastSeenAt')],
  ]),
];

const listed = (text: string): readonly string[] => text.split(',').filter((one) => one !== '');

function callerOf(text: string): { tid: string; oid: string } {
  const [tid = '', oid = '', ...rest] = text.split('/');
  if (tid === '' || oid === '' || rest.length > 0)
    throw new WrongUsage('--callers is TENANT/ID, or several with commas.');
  return { tid, oid };
}

function asked({ callers, contacts, hours }: Given): ExecutorRequest {
  const confirmWithinHours = hours === undefined ? undefined : Number(hours);
  if (confirmWithinHours !== undefined && !Number.isInteger(confirmWithinHours))
    throw new WrongUsage('--hours is a whole number.');
  return {
    ...(callers === undefined ? {} : { callers: listed(callers).map(callerOf) }),
    ...(contacts === undefined ? {} : { contacts: listed(contacts) }),
    ...(confirmWithinHours === undefined ? {} : { confirmWithinHours }),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // The same is wrong with it.
  }
  throw new WrongUsage('--parameters is a JSON object.');
}

const purgeOf = ({ executor, none, parameters }: Given) => ({
  ...(executor === undefined ? {} : { executor }),
  ...(none ? { executor: null } : {}),
  ...(parameters === undefined ? {} : { parameters: parsed(parameters) }),
});

const APP = 'd2a94c1b-5e60-4f38-b7a2-90c3e8f1d564/0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d';

export const executorCommands: readonly Command[] = [
  {
    words: ['executors', 'list'],
    isDefault: true,
    help: 'List the executors.',
    examples: ['executors'],
    run: (_, client) => client.all('listExecutors'),
    view: (executors) => [
      table(
        listIn({ executors }, 'executors'),
        [
          ['Name', 'name'],
          ['Callers', callersOf],
          ['Hours', 'confirmWithinHours'],
          ['Seen', minutes('lastSeenAt')],
        ],
        'There are no executors.',
      ),
    ],
  },
  {
    words: ['executors', 'show'],
    help: 'Show one executor.',
    needs: ['executor'],
    examples: ['executors show --executor blobs'],
    run: (given, client) => client.call('getExecutor', { names: named(given, 'executor') }),
    view: executorOf,
  },
  {
    words: ['executors', 'set'],
    help: 'Make an executor, or change what is given of it. A new one needs its callers.',
    needs: ['executor'],
    takes: ['callers', 'hours', 'contacts'],
    examples: [`executors set --executor blobs --callers ${APP}`, 'executors set --executor blobs --hours 48'],
    run: (given, client) => client.call('putExecutor', { names: named(given, 'executor'), body: asked(given) }),
    view: (executor) => [...executorOf(executor), hint('Everybody who keeps an eye on executors is told by mail.')],
  },
  {
    words: ['executors', 'delete'],
    help: 'Delete an executor that nothing names.',
    needs: ['executor'],
    examples: ['executors delete --executor blobs'],
    run: async (given, client) => (await client.call('deleteExecutor', { names: named(given, 'executor') })) ?? null,
    view: () => [hint('It is deleted.')],
  },
  {
    words: ['vaults', 'executor'],
    help: 'Say which executor destroys what is purged from a vault, and with which parameters.',
    needs: ['vault'],
    takes: ['executor', 'none', 'parameters'],
    examples: [
      `vaults executor --vault contoso --executor blobs --parameters '{"account":"customers"}'`,
      'vaults executor --vault contoso --none',
    ],
    check: ({ executor, none, parameters }) => {
      if (executor !== undefined && none) return 'Either --executor or --none.';
      return executor === undefined && !none && parameters === undefined
        ? 'Say what: --executor, --none or --parameters.'
        : undefined;
    },
    run: (given, client) =>
      client.call('patchVault', { names: named(given, 'vault'), body: { purge: purgeOf(given) } }),
    view: (vault) => [
      facts(vault, [
        ['Name', 'name'],
        ['Executor', 'purge.executor'],
      ]),
    ],
  },
];
