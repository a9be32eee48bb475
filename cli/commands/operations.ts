import type { Command } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import { facts, hint, minutes, type Shown, table } from '../output/shown.ts';

/** What became of each item. */
export const outcomesIn = (answer: Json, empty: string, ...where: readonly string[]) =>
  table(
    listIn(answer, ...where),
    [
      ['Item', 'item'],
      ['Outcome', 'outcome'],
      ['Why', 'code'],
    ],
    empty,
  );

const operationIn = (answer: Json): Shown => [
  facts(answer, [
    ['Kind', 'kind'],
    ['Vault', 'vault'],
    ['Subject', 'subject'],
    ['Status', 'status'],
    ['Done', (one) => `${textAt(one, 'done')} of ${textAt(one, 'total') || 'nobody knows how many'}`],
    ['Failed', 'failed'],
    ['Started', minutes('startedAt')],
    ['By', (one) => textAt(one, 'startedBy') || 'the service'],
    ['Ended', minutes('endedAt')],
    ['Why', 'error.message'],
  ]),
  ...(textAt(answer, 'status') === 'Running' ? [hint('It goes on by itself; with --wait you see how it ends.')] : []),
];

const ID = 'contoso~9d1f6c3e-2b74-4a58-8e0d-c5a1b7f2e639~4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90';

export const operationCommands: readonly Command[] = [
  {
    words: ['operation', 'show'],
    isDefault: true,
    help: 'Show how far an operation is that a call has begun: its id stands in Operation-Location.',
    needs: ['id'],
    takes: ['wait'],
    examples: [`operation show --id ${ID}`, `operation show --id ${ID} --wait`],
    run: (given, client) =>
      given.wait
        ? client.follow(given.id ?? '')
        : client.call('getOperation', { names: { operation: given.id ?? '' } }),
    view: operationIn,
  },
  {
    words: ['operation', 'results'],
    help: 'List what became of the items of an operation that undeletes many.',
    needs: ['id'],
    examples: [`operation results --id ${ID}`],
    run: (given, client) => client.all('listOperationResults', { names: { operation: given.id ?? '' } }),
    view: (results) => [outcomesIn({ results }, 'No item has its outcome yet.', 'results')],
  },
];
