/** Evidence through the running service: headers, mails and archives name entries that the histories hold, and `reprieve verify` says so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import type { Io } from '../../../cli/io.ts';
import { run } from '../../../cli/run.ts';
import { ok } from '../../support/estate.ts';
import { sharedService } from '../../support/service.ts';
import { anItem, aVault, deletion, done, doorOf, fresh } from '../support/door.ts';
import { mailingOf } from '../support/mailing.ts';

const service = await sharedService();
const door = doorOf(service.api);
const s = mailingOf(service);
const folder = mkdtempSync(join(tmpdir(), 'reprieve-evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER = 'x-reprieve-evidence';
const named = (header: string | null) => {
  const [chain, seq, hash] = (header ?? '').split(' ');
  return { chain, seq: Number(seq), hash };
};

async function reprieve(...line: readonly string[]) {
  const said = { out: '', err: '' };
  const io: Io = {
    env: { REPRIEVE_URL: service.api },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    isTerminal: false,
    isErrTerminal: false,
    ask: async () => undefined,
    fetch: (url, init) => fetch(url, init),
    sleep: (ms) => setTimeout(ms),
    az: async () => undefined,
  };
  return { code: await run(line, io), ...said };
}

const file = (text: string): string => {
  const path = join(folder, fresh('file'));
  writeFileSync(path, text);
  return path;
};

describe('an answer to a write', () => {
  test('names the entry that it left, a refusal too, and the same one when it is repeated under its key', async () => {
    const path = await anItem(door, await aVault(door));
    const headers = { 'idempotency-key': fresh('key') };
    const stop = () => door('POST', `${path}/stop`, { body: deletion(path), headers });
    const [first, again] = [await stop(), await stop()];
    expect([first.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
    expect(again.headers.get(HEADER)).toBe(first.headers.get(HEADER));
    const refused = await door('POST', `${path}/resume`, { body: { policy: 'other' } });
    expect(refused.status).toBe(409);
    const { value, ...history } = (await done(door('GET', `${path}/history`))) as unknown as {
      value: readonly { readonly chain: string; readonly seq: number; readonly hash: string }[];
      head: object;
    };
    const links = value.map(({ chain, seq, hash }) => ({ chain, seq, hash }));
    expect([refused, first].map((reply) => named(reply.headers.get(HEADER)))).toEqual(links.slice(0, 2));
    expect(history).toMatchObject({ head: { seq: links[0]?.seq, hash: links[0]?.hash }, intact: true });
    expect((await door('GET', path)).headers.get(HEADER)).toBeNull();
  });
});

describe('reprieve verify', () => {
  test('says of a mail that it holds, and of an altered one that it does not', async () => {
    const vault = await s.vault();
    ok(await vault.protect('vm'));
    ok(await vault.delete('vm'));
    await vault.settled();
    const mail = (await vault.mails()).find(({ text }) => text.includes('Evidence: '));
    const text = mail?.text ?? '';
    expect(await reprieve('verify', file(text))).toMatchObject({ code: 0 });
    const altered = text.replace(
      /(Evidence: \S+ \d+ )(.)/,
      (_, start, digit) => `${start}${digit === '0' ? '1' : '0'}`,
    );
    const refused = await reprieve('verify', file(altered));
    expect(refused.code).toBe(4);
    expect(refused.err).toContain('the service has no such entry');
  });

  test('takes the archive of a vault, and finds one changed letter in it', async () => {
    const vault = await aVault(door);
    const path = await anItem(door, vault);
    const answer = await door('POST', `${path}/stop`, { body: deletion(path) });
    const anchor = file(`Evidence: ${answer.headers.get(HEADER)}\n`);
    const { out } = await reprieve('history', 'export', '--vault', vault);
    expect(await reprieve('verify', anchor, '--export', file(out))).toMatchObject({ code: 0 });
    const altered = out.replace('"operation":"Protect"', '"operation":"Pretect"');
    expect(altered).not.toBe(out);
    expect(await reprieve('verify', anchor, '--export', file(altered))).toMatchObject({ code: 4 });
  });
});
