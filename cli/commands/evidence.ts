import { readFileSync } from 'node:fs';
import type { Client } from '../../client/client.ts';
import { type Command, named } from '../command.ts';
import { at, type Json, listIn, textAt, textOf } from '../json.ts';
import type { Given } from '../options.ts';
import { type Block, facts, hint, minutes, table } from '../output/shown.ts';
import { DoesNotHold, WrongUsage } from '../trouble.ts';
import {
  chainsIn,
  type Entry,
  type Evidence,
  evidenceIn,
  faultsInArchive,
  faultsInReceipt,
  type Receipt,
  receiptIn,
} from '../verify.ts';

const STDIN = 0;

function textFrom(file: string | undefined): string {
  if (file === undefined)
    throw new WrongUsage('Which file? Name it, or - for standard input.', 'reprieve verify --help');
  try {
    return readFileSync(file === '-' ? STDIN : file, 'utf8');
  } catch {
    throw new WrongUsage(`${file} cannot be read.`, 'reprieve verify --help');
  }
}

function archiveIn(file: string): readonly Entry[] {
  return textFrom(file)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line, at) => {
      try {
        return JSON.parse(line) as Entry;
      } catch {
        throw new DoesNotHold([`line ${at + 1} of ${file} is no entry`]);
      }
    });
}

/** Where the history of a chain is shown. */
function historyOf(client: Client, chain: string, query = {}) {
  const [kind, name = '', , item] = chain.split('/');
  if (kind === 'service') return client.pages('serviceHistory', { query });
  if (kind === 'guard') return client.pages('guardHistory', { names: { guard: name }, query });
  if (item !== undefined) return client.pages('itemHistory', { names: { vault: name, item }, query });
  return client.pages('vaultHistory', { names: { vault: name }, query });
}

/** Is the entry in the service's own history, as it is named? */
async function isThere(client: Client, { chain, seq, hash }: Evidence): Promise<boolean> {
  for await (const page of historyOf(client, chain)) {
    const entries = listIn(page, 'value');
    const found = entries.find((entry) => at(entry, 'seq') === seq);
    if (found !== undefined) return at(found, 'hash') === hash;
    if (entries.some((entry) => Number(at(entry, 'seq') ?? 0) < seq)) return false;
  }
  return false;
}

async function verified(given: Given, client: Client) {
  const text = textFrom(given.file);
  const receipt = receiptIn(text);
  const named: readonly Evidence[] = receipt ? [receipt.receipt.head] : evidenceIn(text);
  if (named.length === 0)
    throw new WrongUsage('This is no receipt, and no line in it begins with "Evidence:".', 'reprieve verify --help');
  const faults = receipt ? [...faultsInReceipt(receipt)] : [];
  if (given.export !== undefined) {
    const archive = archiveIn(given.export);
    const chains = chainsIn(archive);
    faults.push(...faultsInArchive(archive));
    for (const { chain, seq, hash } of named)
      if (!chains.get(chain)?.some((entry) => entry.seq === seq && entry.hash === hash))
        faults.push(`${chain} ${seq} ${hash}: the archive has no such entry`);
  } else if (!given.offline)
    for (const one of named)
      if (!(await isThere(client, one)))
        faults.push(`${one.chain} ${one.seq} ${one.hash}: the service has no such entry`);
  if (faults.length > 0) throw new DoesNotHold(faults);
  return { holds: true, kind: receipt ? 'receipt' : 'text', evidence: named };
}

const ENTRIES = [
  ['Number', 'seq'],
  ['Time', minutes('at')],
  ['Operation', 'operation'],
  ['Outcome', (one: Json) => textAt(one, 'code') || textAt(one, 'outcome')],
  ['By', 'caller.oid'],
  ['From', 'from'],
  ['To', 'to'],
] as const;

/** What the service gives is checked before anybody files it. */
async function receipt(given: Given, client: Client): Promise<Receipt> {
  const { generation } = given;
  const query = generation === undefined ? {} : { generation: Number(generation) };
  const answer = await client.call('itemReceipt', { names: named(given, 'vault', 'item'), query });
  const made = answer as unknown as Receipt;
  const faults = faultsInReceipt(made);
  if (faults.length > 0) throw new DoesNotHold(faults);
  return made;
}

const proofOf = (answer: Json, name: string): Json => at(answer, 'receipt', 'proof', name);

const CONFIRMED: Readonly<Record<string, string>> = { true: 'yes', false: 'never' };
const livesOn = (one: Json): string => [textAt(one, 'what'), textAt(one, 'until')].filter(Boolean).join(', until ');

const SAYS = [
  ['Item', 'receipt.item'],
  ['Vault', 'receipt.vault'],
  ['Deleted', minutes('receipt', 'deleted', 'at')],
  ['By', 'receipt.deleted.by.oid'],
  ['Purged', minutes('receipt', 'purgedAt')],
  ['Told', (one: Json) => String(listIn(at(one, 'receipt'), 'told').length)],
  ['Executor', 'receipt.executor'],
  ['Asked', minutes('receipt', 'orderedAt')],
  ['Confirmed', (one: Json) => CONFIRMED[textAt(one, 'receipt', 'confirmed')] ?? ''],
  ['Said by', 'receipt.confirmedBy.oid'],
  ['Attempts', (one: Json) => (textAt(one, 'receipt', 'executor') ? textAt(one, 'receipt', 'attempts') : '')],
  ['Objects', (one: Json) => textOf(proofOf(one, 'objects'))],
  ['Bytes', (one: Json) => textOf(proofOf(one, 'bytes'))],
  ['Method', (one: Json) => textOf(proofOf(one, 'method'))],
  ['Lives on', (one: Json) => listIn(proofOf(one, 'remaining')).map(livesOn).join('; ')],
  ['Proof digest', 'receipt.proofDigest'],
  ['Statement', 'receipt.statement'],
  ['Entries', (one: Json) => String(listIn(at(one, 'receipt'), 'entries').length)],
  ['Hash', 'hash'],
] as const;

export const receiptFacts = (answer: Json): Block => facts(answer, SAYS);

const PROVES = {
  help: 'Prove a purge: what was deleted, by whom, who was told. Exit code 4 says that it does not hold.',
  needs: ['vault', 'item'],
  takes: ['generation'],
  run: receipt,
  view: (answer) => [receiptFacts(answer), hint('It holds.')],
} satisfies Partial<Command>;

export const evidenceCommands: readonly Command[] = [
  {
    ...PROVES,
    words: ['receipt'],
    examples: ['receipt --vault contoso --item sql-01', 'receipt --vault contoso --item sql-01 --json'],
  },
  {
    ...PROVES,
    words: ['items', 'receipt'],
    examples: ['items receipt --vault contoso --item sql-01'],
  },
  {
    words: ['verify'],
    file: 'A receipt, a saved mail, or any text with lines "Evidence: …"; - reads standard input.',
    help: 'Check a receipt or a mail against the history: exit code 4 says that it does not hold.',
    takes: ['export', 'offline'],
    examples: ['verify receipt.json', 'verify mail.eml --export archive.jsonl', 'verify receipt.json --offline'],
    run: verified,
    view: (answer) => [
      table(
        listIn(answer, 'evidence'),
        [
          ['Chain', 'chain'],
          ['Number', 'seq'],
          ['Hash', 'hash'],
        ],
        '',
      ),
      hint('It holds.'),
    ],
  },
  {
    words: ['history', 'list'],
    isDefault: true,
    help: 'List what happened: to an item, a vault, a guard, or (without a name) to the service.',
    takes: ['vault', 'item', 'guard'],
    examples: ['history --vault contoso --item sql-01', 'history list --guard security-team', 'history'],
    check: ({ vault, item, guard }) => {
      if (item !== undefined && vault === undefined) return 'Say in which vault the item is: --vault.';
      return guard !== undefined && vault !== undefined ? 'Either --guard or --vault.' : undefined;
    },
    run: async ({ vault, item, guard }, client) => {
      const chain = guard ? `guard/${guard}` : vault ? `vault/${vault}${item ? `/item/${item}` : ''}` : 'service';
      for await (const page of historyOf(client, chain, { top: 100 })) return page;
      return { value: [], intact: true };
    },
    view: (page) => [
      table(listIn(page, 'value'), ENTRIES, 'Nothing has happened.'),
      ...(at(page, 'intact') === false
        ? [hint(`It does not hold: entries ${listIn(page, 'broken').join(', ')} were changed or removed.`)]
        : []),
    ],
  },
  {
    words: ['history', 'export'],
    help: 'Write every entry of a vault and its items, one a line, for an archive.',
    needs: ['vault'],
    examples: ['history export --vault contoso'],
    run: async (given, client, { out }) => {
      let count = 0;
      const query = { scope: 'all', top: 200 } as const;
      for await (const page of client.pages('vaultHistory', { names: named(given, 'vault'), query })) {
        const entries = listIn(page, 'value');
        for (const entry of entries) out(`${JSON.stringify(entry)}\n`);
        count += entries.length;
      }
      return { count };
    },
    view: (answer) => [hint(`${textAt(answer, 'count')} entries.`)],
  },
];
