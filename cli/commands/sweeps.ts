import { type Command, named } from '../command.ts';
import { at, type Json, listIn, textAt } from '../json.ts';
import { facts, hint, minutes, type Shown, table } from '../output/shown.ts';
import { unless } from '../trouble.ts';

function report(answer: Json): Shown {
  const token = textAt(answer, 'held', 'token');
  const done = facts(answer, [
    ['Dry run', 'dryRun'],
    ['Complete', 'complete'],
    ['Due', 'due'],
    ['Purged', 'purged'],
    ['Ordered', 'ordered'],
    ['Warned', 'warned'],
    ['Expired', 'expired'],
    ['Retold', 'retold'],
    ['Skipped', 'skipped'],
    ['Failed', 'failed'],
    ['Held', 'held.reason'],
    ['Why', 'held.detail'],
    ['Limit', 'held.limit'],
    ['Vaults', 'held.vaults'],
    ['Token', 'held.token'],
  ]);
  const items = table(
    listIn(answer, 'items'),
    [
      ['Vault', 'vault'],
      ['Item', 'item'],
      ['Would', 'action'],
      ['Why', 'why'],
    ],
    'Nothing is due.',
  );
  const release = hint(`If it is right: npx reprieve sweep --acknowledge-belt ${token}`);
  return [done, ...(at(answer, 'dryRun') === true ? [items] : []), ...(token ? [release] : [])];
}

const paused = (answer: Json): Shown => [
  facts(answer, [
    ['Paused', (one) => (one === null ? 'no' : 'yes')],
    ['Until', minutes('until')],
    ['Reason', 'reason'],
    ['By', 'by'],
    ['Since', minutes('at')],
  ]),
];

/** The day at which one answer breaks off comes again in the next, with the rest. */
function joined(days: readonly Json[]): readonly Json[] {
  const all = new Map<string, Json>();
  for (const day of days) {
    const date = textAt(day, 'date');
    const before = all.get(date);
    const count = Number(at(before ?? {}, 'count') ?? 0) + Number(at(day, 'count') ?? 0);
    all.set(
      date,
      before ? { ...Object(before), count, items: [...listIn(before, 'items'), ...listIn(day, 'items')] } : day,
    );
  }
  return [...all.values()];
}

/** One row for each day and item; a day without items has none. */
const coming = (answer: Json): readonly Json[] =>
  listIn(answer, 'days').flatMap((day) =>
    listIn(day, 'items').map((item) => ({ date: at(day, 'date'), vault: at(item, 'vault'), ...Object(item) })),
  );

export const sweepCommands: readonly Command[] = [
  {
    words: ['sweep'],
    help: 'Do now what the timer does: purge, warn and expire what is due. Try --dry-run first.',
    takes: ['dry-run', 'acknowledge-belt'],
    examples: ['sweep --dry-run', 'sweep'],
    run: (given, client) =>
      client.call('runSweep', {
        body: { dryRun: given['dry-run'] === true, acknowledgeBelt: given['acknowledge-belt'] },
      }),
    view: report,
  },
  {
    words: ['forecast'],
    help: 'Show what will be purged on which day, if nobody does anything.',
    takes: ['days'],
    examples: ['forecast', 'forecast --days 14'],
    check: ({ days }) =>
      days === undefined || (/^\d{1,3}$/.test(days) && Number(days) >= 1 && Number(days) <= 180)
        ? undefined
        : '--days is a number from 1 to 180.',
    run: async ({ days }, client) => {
      const all: Json[] = [];
      const unreadable: Json[] = [];
      for await (const page of client.pages('forecast', {
        query: { days: days === undefined ? undefined : Number(days) },
      })) {
        all.push(...listIn(page, 'days'));
        unreadable.push(...listIn(page, 'unreadable'));
      }
      return { days: joined(all), unreadable };
    },
    view: (answer) => [
      table(
        coming(answer),
        [
          ['Date', 'date'],
          ['Vault', 'vault'],
          ['Item', 'item'],
          ['PurgeAt', minutes('purgeAt')],
        ],
        'Nothing will be purged in these days.',
      ),
      ...listIn(answer, 'days').flatMap((day) => {
        const more = Number(at(day, 'count') ?? 0) - listIn(day, 'items').length;
        return more > 0 ? [hint(`On ${textAt(day, 'date')} ${more} more are purged.`)] : [];
      }),
      ...listIn(answer, 'unreadable').map((one) =>
        hint(
          `Not in the forecast, because it could not be read: ${textAt(one, 'item') || 'all'} in ${textAt(one, 'vault')}`,
        ),
      ),
    ],
  },
  {
    words: ['pause'],
    help: 'Stop all purging for a while. Without options: show whether purging is paused.',
    takes: ['reason', 'until', 'end'],
    examples: ['pause --until 2026-11-24T08:00:00Z --reason "restore test"', 'pause', 'pause --end'],
    check: ({ reason, until, end }) => {
      if (end) return reason === undefined && until === undefined ? undefined : '--end stands alone.';
      return (reason === undefined) === (until === undefined) ? undefined : '--until and --reason go together.';
    },
    run: async ({ reason = '', until, end }, client) => {
      if (until !== undefined) return client.call('putPause', { body: { reason, until } });
      if (!end) return client.call('getPause').catch(unless('PauseNotFound', null));
      return client.call('deletePause');
    },
    view: paused,
  },
  {
    words: ['quarantine', 'list'],
    isDefault: true,
    help: 'Show what could not be dealt with. The service tries it once a day.',
    examples: ['quarantine'],
    run: (_, client) => client.call('getQuarantine'),
    view: (answer) => [
      table(
        listIn(answer, 'value'),
        [
          ['Vault', 'vault'],
          ['Item', 'item'],
          ['Why', 'why'],
          ['Since', minutes('since')],
          ['Tries', 'tries'],
          ['NextTry', minutes('nextTryAt')],
        ],
        'Nothing is in quarantine.',
      ),
    ],
  },
  {
    words: ['quarantine', 'retry'],
    help: 'Try now what would be tried within a day, under every brake.',
    needs: ['vault', 'item'],
    examples: ['quarantine retry --vault contoso-prod --item sql-01'],
    run: (given, client) => client.call('retryQuarantined', { names: named(given, 'vault', 'item'), body: {} }),
    view: (answer) => [
      facts(answer, [
        ['Outcome', 'outcome'],
        ['Why', 'why'],
      ]),
    ],
  },
];
