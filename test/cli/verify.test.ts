/** `reprieve verify` and `history`: what holds ends with 0, what does not with 4 and a line for each fault. */

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { canonical, evidenceIn } from '../../cli/verify.ts';
import type { Entry } from '../../src/core/caller.ts';
import { digestOf, hashAfter, START, statementOf } from '../../src/core/evidence.ts';
import { anEntry, must } from '../support/world.ts';
import { json, refusal, type } from './io.ts';

const FOLDER = mkdtempSync(join(tmpdir(), 'reprieve-verify-'));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));
const file = (name: string, text: string): string => {
  const path = join(FOLDER, name);
  writeFileSync(path, text);
  return path;
};

const CHAIN = 'vault/contoso/item/sql-01';

/** A chain as the API shows it, the oldest first. */
function chainOf(entries: readonly Entry[]) {
  let prev = START.hash;
  return entries.map((entry, at) => {
    const digest = digestOf(CHAIN, at + 1, entry);
    const shown = { ...statementOf(CHAIN, at + 1, entry), digest, prev, hash: hashAfter(prev, digest) };
    prev = shown.hash;
    return shown;
  });
}

const ENTRIES = chainOf(['Protect', 'StopDelete', 'Purge'].map((operation) => anEntry('sql-01', { operation })));
const lineOf = ({ chain, seq, hash }: (typeof ENTRIES)[number]): string => `Evidence: ${chain} ${seq} ${hash}`;
const archive = (entries: readonly object[]) => entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const receiptOf = (over: object = {}) => {
  const { chain, seq, hash } = must(ENTRIES.at(-1));
  const receipt = {
    version: 1,
    entries: ENTRIES.slice(1),
    head: { chain, seq, hash },
    proof: null,
    proofDigest: null,
    ...over,
  };
  return { hash: sha256(canonical(receipt)), receipt };
};

/** The service has this history, the newest first, two entries a page. */
const serviceWith =
  (entries: readonly object[]) =>
  (path: string, { url }: { readonly url: string }) => {
    if (path !== 'vaults/contoso/items/sql-01/history') return refusal(404, 'ItemNotFound', 'There is none.');
    const from = Number(new URL(url).searchParams.get('continuation') ?? 0);
    const newest = entries.toReversed();
    const more = from + 2 < newest.length ? { nextLink: `http://any/api?continuation=${from + 2}` } : {};
    return json({ value: newest.slice(from, from + 2), intact: true, ...more });
  };

describe('a mail', () => {
  const mail = file('mail.eml', `Subject: gone\n\n${ENTRIES.map(lineOf).join('\n')}\n`);

  test('holds where the service has every entry that it names', async () => {
    const { code, out, sent } = await type(['verify', mail], { answer: serviceWith(ENTRIES) });
    expect({ code, lines: out.trim().split('\n').length }).toEqual({ code: 0, lines: 3 });
    expect(sent.length).toBeGreaterThan(1);
  });

  test.each([
    ['was rewritten', ENTRIES.map((entry, at) => (at === 1 ? { ...entry, hash: 'f'.repeat(64) } : entry)), 2],
    ['was cut off', ENTRIES.slice(0, 2), 3],
    ['lost its beginning', ENTRIES.slice(1), 1],
  ])('does not hold where the history %s', async (_, entries, seq) => {
    const { code, err } = await type(['verify', mail], { answer: serviceWith(entries) });
    expect(code).toBe(4);
    expect(err).toContain(`${CHAIN} ${seq} `);
    expect(err).toContain('the service has no such entry');
  });

  test('is held against an archive, and nobody is asked', async () => {
    const good = file('good.jsonl', archive(ENTRIES));
    const cut = file('cut.jsonl', archive(ENTRIES.slice(0, 2)));
    const bad = file('bad.jsonl', archive(ENTRIES).replace('StopDelete', 'StopRetain'));
    const [one, two, three] = [
      await type(['verify', mail, '--export', good]),
      await type(['verify', mail, '--export', cut]),
      await type(['verify', mail, '--export', bad]),
    ];
    expect([one.code, two.code, three.code]).toEqual([0, 4, 4]);
    expect([one, two, three].flatMap(({ sent }) => sent)).toEqual([]);
    expect(two.err).toContain('the archive has no such entry');
    expect(three.err).toContain('its digest is of something else');
  });

  test('whose long lines a mail program broke is read all the same', () => {
    const line = lineOf(must(ENTRIES[0]));
    expect(evidenceIn(`${line.slice(0, 76)}=\r\n${line.slice(76)}`)).toHaveLength(1);
  });
});

describe('a receipt', () => {
  test('holds by itself, without a service', async () => {
    const path = file('receipt.json', JSON.stringify(receiptOf()));
    const { code, sent } = await type(['verify', path, '--offline']);
    expect({ code, sent }).toEqual({ code: 0, sent: [] });
  });

  test('of which one character was altered does not hold, wherever that is', async () => {
    const text = JSON.stringify(receiptOf());
    // every kind of place: the hash, an entry, the head, a digest
    for (const at of ['"hash":"', '"operation":"Stop', '"requestId":"', '"digest":"', '"version":'].map(
      (part) => text.indexOf(part) + part.length,
    )) {
      const altered = `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`;
      const { code } = await type(['verify', file('altered.json', altered), '--offline']);
      expect([at, code]).toEqual([at, 4]);
    }
  });

  test('with a gap, or a head that is not the last entry, does not hold', async () => {
    const gap = receiptOf({ entries: [ENTRIES[0], ENTRIES[2]] });
    const { chain, seq, hash } = must(ENTRIES[1]);
    const head = receiptOf({ head: { chain, seq, hash } });
    for (const receipt of [gap, head])
      expect((await type(['verify', file('r.json', JSON.stringify(receipt)), '--offline'])).code).toBe(4);
  });
});

test('what is neither a receipt nor names an entry is wrong usage, and so is a file that is not there', async () => {
  expect((await type(['verify', file('empty.txt', 'nothing')])).code).toBe(2);
  expect((await type(['verify', join(FOLDER, 'missing')])).code).toBe(2);
  expect((await type(['verify'])).code).toBe(2);
});

test('a history is written whole, one entry a line, for an archive that verify takes', async () => {
  const answer = (path: string) =>
    path === 'vaults/contoso/history' ? json({ value: ENTRIES, intact: true }) : refusal(404, 'VaultNotFound', 'none');
  const { code, out, sent } = await type(['history', 'export', '--vault', 'contoso'], { answer });
  expect(code).toBe(0);
  expect(sent[0]?.url).toMatch(/\?.*scope=all/);
  const mail = file('one.txt', lineOf(must(ENTRIES[2])));
  expect((await type(['verify', mail, '--export', file('archive.jsonl', out)])).code).toBe(0);
});
