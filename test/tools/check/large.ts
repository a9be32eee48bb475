/**
 * One vault of very many rows, made while it is read, and checked with little memory:
 * `node --max-old-space-size=256 test/tools/check/large.ts 1000000`. Nothing but the check itself takes memory here.
 */
import { chainOf, headOf, type LinkedEntry, linkAfter, START } from '../../../src/core/evidence.ts';
import { iso } from '../../../src/core/time.ts';
import { hintKey, keys, shardOf } from '../../../src/store/keys.ts';
import { pack, type Row } from '../../../src/store/table.ts';
import { checkStore } from '../../../tools/check/store.ts';
import type { Placed, Scan, TableName, Within } from '../../../tools/check/terms.ts';
import { anItem, aPolicy, aVault, later } from '../../support/builders.ts';
import { anEntry } from '../../support/world.ts';

const VAULT = 'large';
const ENTRIES = Number(process.argv[3] ?? 9);
const ITEMS = Math.ceil(Number(process.argv[2] ?? 1_000_000) / (ENTRIES + 1));

const row = (key: string, cells: Row['cells']): Row => ({ key, tag: 'W/"1"', cells });
const nameOf = (item: number): string => `vm-${String(item).padStart(7, '0')}`;

/** The history of an item, the newest first. */
function historyOf(item: number): readonly LinkedEntry[] {
  const name = nameOf(item);
  const all: LinkedEntry[] = [];
  for (let at = 0; at < ENTRIES; at += 1) {
    const entry = anEntry(name, { to: 'ProtectionStopped', facts: { note: 'x'.repeat(200) } });
    const last = all[0];
    const link = { ...linkAfter(last ? headOf(last) : START, chainOf(VAULT, entry), entry), seal: '' };
    all.unshift({ ...entry, link });
  }
  return all;
}

function* rowsOfItems(kind: 'audit' | 'item'): Generator<Row> {
  for (let item = 0; item < ITEMS; item += 1) {
    const name = nameOf(item);
    const history = historyOf(item);
    const [newest] = history;
    if (kind === 'audit')
      for (const entry of history)
        yield row(keys.entry(VAULT, entry, entry.link.seq), pack(entry, { w: `w${entry.link.seq}` }));
    else if (newest) {
      const one = anItem('ProtectionStopped', { vault: VAULT, name, superseded: true, etag: `w${ENTRIES}` });
      yield row(keys.item(VAULT, name), pack({ ...one, evidence: headOf(newest) }, { state: one.state }));
    }
  }
}

const vault = { ...aVault({ name: VAULT }), fence: 'f' };
const HEAD: readonly Row[] = [
  row(keys.fence(VAULT, 'f'), { v: 1 }),
  row(keys.policy(VAULT, 'daily'), pack(aPolicy('daily'))),
  row(keys.vault(VAULT), pack({ vault, fence: 'f' })),
];

function* vaults(prefix: string): Generator<Row> {
  const parts = { audit: () => rowsOfItems('audit'), head: () => HEAD, item: () => rowsOfItems('item') };
  for (const [kind, rows] of Object.entries(parts)) {
    const all = `${VAULT}!${kind}!`;
    if (prefix.startsWith(all) || all.startsWith(prefix))
      for (const one of rows()) if (one.key.startsWith(prefix)) yield one;
  }
}

/** A hint for each item, which is looked at in a month. */
function* agenda(): Generator<Placed> {
  for (let item = 0; item < ITEMS; item += 1) {
    const hint = { due: later(30), kind: 'expire', vault: VAULT, item: nameOf(item) } as const;
    const cells = { v: 1, kind: hint.kind, vault: VAULT, item: hint.item, due: iso(hint.due), tries: 0 };
    yield { partition: shardOf(hint), row: row(hintKey(hint), cells) };
  }
}

const scan: Scan = async function* (table: TableName, within?: Within) {
  if (table === 'agenda') yield* agenda();
  if (table === 'registry') yield { partition: 'vaults', row: row(VAULT, { name: VAULT }) };
  if (table === 'vaults') for (const one of vaults(within?.prefix ?? '')) yield { partition: VAULT, row: one };
};

const { findings, counts } = await checkStore(scan, later(1));
process.stdout.write(`${counts.rows} rows, ${counts.hints} hints, ${findings.length} findings\n`);
for (const { rule, row: at, message } of findings.slice(0, 5)) process.stdout.write(`${rule} ${at}: ${message}\n`);
process.stdout.write(`${Math.round((process.resourceUsage().maxRSS ?? 0) / 1024)} MB resident at the most\n`);
