import type { Client } from '../../client/client.ts';
import type { Command, Person } from '../command.ts';
import { type Json, textAt } from '../json.ts';
import { facts, hint, minutes, type Shown } from '../output/shown.ts';

const WAIT_SECONDS = 10;

/** Asks until it has ended, as often as the service says that it is worth it. */
async function waitFor(id: string, client: Client, { sleep }: Person) {
  for (;;) {
    const answer = await client.ask('getOperation', { names: { operation: id } });
    if (!answer.ok) throw answer.problem;
    if (answer.value.status !== 'Running') return answer.value;
    await sleep(1000 * Number(answer.headers.get('retry-after') ?? WAIT_SECONDS));
  }
}

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
    run: (given, client, person) =>
      given.wait
        ? waitFor(given.id ?? '', client, person)
        : client.call('getOperation', { names: { operation: given.id ?? '' } }),
    view: operationIn,
  },
];
