/** docs/evidence.md is right: its examples are computed again, by this code, by `verify` and by the Python of the page. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Entry as Archived, faultsIn, faultsInReceipt } from '../../cli/verify.ts';
import type { Entry } from '../../src/core/caller.ts';
import { canonical, chainOf, digestOf, hashAfter, sha256 } from '../../src/core/evidence.ts';
import { type Proof, proofDigest } from '../../src/core/proof.ts';
import { parseInstant } from '../../src/core/time.ts';
import { ROOT } from '../support/launch.ts';
import { must } from '../support/world.ts';

const PAGE = readFileSync(join(ROOT, 'docs', 'evidence.md'), 'utf8');
const block = (language: string): string => must(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(PAGE)?.[1]);
const EXAMPLES = block('jsonl').trim().split('\n');
const parsed = EXAMPLES.map((line) => JSON.parse(line) as Archived & { readonly at: string });

test('the examples of the page are in the canonical form, and hashed as the service hashes', () => {
  expect(EXAMPLES).toHaveLength(3);
  for (const [at, entry] of parsed.entries()) {
    expect(canonical(entry)).toBe(EXAMPLES[at]);
    const { chain = '', seq, prev, digest, hash, ...said } = entry;
    const told = { ...said, item: 'sql-01', at: must(parseInstant(entry.at)) } as unknown as Entry;
    expect(chainOf('Contoso', told)).toBe(chain);
    expect(digestOf(chain, seq, told)).toBe(digest);
    expect(hashAfter(prev, digest)).toBe(hash);
  }
});

test('the proof of the page is in the canonical form, and its digest is what the service and verify compute', () => {
  const [text = '', digest = ''] = block('proof').trim().split('\n');
  const proof = JSON.parse(text) as Proof;
  expect(canonical(proof)).toBe(text);
  expect(proofDigest(proof)).toBe(digest);
  const last = must(parsed.at(-1));
  const entries = [{ ...last, facts: { proofDigest: digest } }];
  const faultsWith = (proofDigest: string) => {
    const receipt = { entries, head: { ...last, chain: last.chain ?? '' }, proof, proofDigest };
    return faultsInReceipt({ hash: sha256(canonical(receipt)), receipt }).filter((one) => one.startsWith('proof'));
  };
  expect([faultsWith(digest), faultsWith(digest.replace('sha256:', ''))]).toEqual([
    [],
    ['proofDigest: it is of another proof'],
  ]);
});

describe('the examples hold, and no longer when a character is another', () => {
  const altered = EXAMPLES.map((line, at) => (at === 1 ? line.replace('StopDelete', 'StopRetain') : line));
  test.each([
    ['as they stand', EXAMPLES, 0],
    ['altered', altered, 1],
  ])('%s, says verify', (_, lines, faults) => {
    expect(faultsIn(lines.map((line) => JSON.parse(line) as Archived))).toHaveLength(faults);
  });

  const python = (() => {
    try {
      return execFileSync('python3', ['--version']).toString();
    } catch {
      return undefined;
    }
  })();
  if (python === undefined) process.stdout.write('skipped: the Python of docs/evidence.md, for there is no python3\n');
  test.skipIf(python === undefined).each([
    ['as they stand', EXAMPLES, 3],
    ['altered', altered, 2],
  ])('%s, says the Python of the page', (_, lines, good) => {
    const said = execFileSync('python3', ['-c', block('python')], { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
    expect(said.split('\n').filter((line) => / holds$/.test(line))).toHaveLength(good);
    expect(said.split('\n').filter((line) => / DOES NOT HOLD$/.test(line))).toHaveLength(3 - good);
  });
});
