import type { AlertState, AlertType, DeadLetter } from '../../client/api.ts';
import type { Command } from '../command.ts';
import { type Json, listIn, textAt } from '../json.ts';
import { type Block, minutes, table } from '../output/shown.ts';
import { unless } from '../trouble.ts';

const listed = (answer: Json): readonly Json[] => listIn({ answer }, 'answer');

/** How many of its mails are where: `Sent 2, Queued 1`. */
function told(alert: Json): string {
  const counts = new Map<string, number>();
  for (const one of listIn(alert, 'notifications')) {
    const status = textAt(one, 'status');
    counts.set(status, (counts.get(status) ?? 0) + 1);
  }
  return [...counts].map(([status, count]) => `${status} ${count}`).join(', ');
}

const letters = (answer: Json, empty: string): Block =>
  table(
    listed(answer),
    [
      ['Id', 'id'],
      ['Recipient', 'recipient'],
      ['Code', 'code'],
      ['Tries', 'attempts'],
      ['LastFailed', minutes('lastFailedAt')],
      ['Reason', 'reason'],
    ],
    empty,
  );

export const mailCommands: readonly Command[] = [
  {
    words: ['alerts', 'list'],
    isDefault: true,
    help: 'List the alerts of a vault, or of all.',
    takes: ['vault', 'state', 'type'],
    examples: ['alerts', 'alerts list --vault contoso --state New'],
    run: ({ vault, state, type }, client) => {
      const query = { state: state as AlertState, type: type as AlertType };
      return vault === undefined
        ? client.all('listAlerts', { query })
        : client.all('listVaultAlerts', { names: { vault }, query });
    },
    view: (alerts) => [
      table(
        listed(alerts),
        [
          ['Fired', minutes('firedAt')],
          ['Severity', 'severity'],
          ['Type', 'type'],
          ['Vault', 'vault'],
          ['Item', 'item'],
          ['State', 'state'],
          ['Mails', told],
        ],
        'There are no such alerts.',
      ),
    ],
  },
  {
    words: ['deadletters', 'list'],
    isDefault: true,
    help: 'List the mails that could not be sent.',
    examples: ['deadletters list'],
    run: (_, client) => client.all('listDeadLetters'),
    view: (answer) => [letters(answer, 'There are no dead letters.')],
  },
  {
    words: ['deadletters', 'redrive'],
    help: 'Send mails again that could not be sent.',
    takes: ['id', 'all'],
    examples: ['deadletters redrive --id <id>', 'deadletters redrive --all'],
    check: ({ id, all }) => ((id === undefined) === !all ? 'Give --id or --all.' : undefined),
    run: async ({ id }, client) => {
      const redrive = (one: string) => client.call('redriveDeadLetter', { names: { id: one }, body: {} });
      if (id !== undefined) return [await redrive(id)];
      const sent: DeadLetter[] = [];
      for (const letter of await client.all('listDeadLetters')) {
        // somebody else may have redriven it since the list was read
        const done = await redrive(letter.id).catch(unless('DeadLetterNotFound', undefined));
        if (done) sent.push(done);
      }
      return sent;
    },
    view: (answer) => [letters(answer, 'There are no dead letters.')],
  },
];
