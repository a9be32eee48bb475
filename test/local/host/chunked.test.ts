/** What nobody knows the length of is never done. Every route that changes something is asked, by bytes that no client library sends. */
import { beforeAll, describe, expect, test } from 'vitest';
import { movableClock } from '../../../src/clock.ts';
import { routesOf } from '../../../src/http/routes.ts';
import { call } from '../../support/call.ts';
import { ok } from '../../support/estate.ts';
import { sendRaw } from '../../support/sendRaw.ts';
import { startService } from '../../support/service.ts';

const { api, token: mint } = await startService();
const token = await mint({ sub: 'ada', roles: ['Contributor', 'GuardAdmin'], mfa: true });

const WRITES = routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local')
  .filter(({ method }) => method !== 'GET' && method !== 'ANY')
  .map(({ method, path, body }) => ({ method, path, reads: body !== undefined }));

/** Names of things that are there, so that nothing but the form of the request stands in the way. */
const NAMES: Readonly<Record<string, string>> = { vault: 'v', item: 'vm-a', policy: 'daily' };

beforeAll(async () => {
  const put = async (path: string, body: object) => ok(await call(api, 'PUT', `/api/vaults/v${path}`, { token, body }));
  await put('', { kind: 'RecoveryServices' });
  await put('/policies/daily', { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } });
  await put('/items/vm-a', { workload: 'AzureVM', policy: 'daily', sourceId: '/s/vm-a' });
});

const BODY = '{"dryRun":true}';
const CHUNKS = `${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;
const CHUNKED = 'Transfer-Encoding: chunked\r\n';

interface Form {
  readonly form: string;
  readonly headers: string;
  readonly body: string;
}

const UNKNOWN: readonly Form[] = [
  { form: 'chunked', headers: CHUNKED, body: CHUNKS },
  { form: 'chunked in several pieces', headers: CHUNKED, body: '1\r\n{\r\n1\r\n}\r\n0\r\n\r\n' },
  { form: 'chunked and empty', headers: CHUNKED, body: '0\r\n\r\n' },
  { form: 'chunked, and no chunks', headers: CHUNKED, body: BODY },
  { form: 'chunked, waiting for a word', headers: `${CHUNKED}Expect: 100-continue\r\n`, body: '' },
  { form: 'zipped and chunked', headers: 'Transfer-Encoding: gzip, chunked\r\n', body: CHUNKS },
  { form: 'both, the length first', headers: `Content-Length: ${BODY.length}\r\n${CHUNKED}`, body: CHUNKS },
  { form: 'both, the length last', headers: `${CHUNKED}Content-Length: ${BODY.length}\r\n`, body: CHUNKS },
  { form: 'both, the length wrong', headers: `Content-Length: 4\r\n${CHUNKED}`, body: CHUNKS },
  { form: 'both, the length none', headers: `Content-Length: 0\r\n${CHUNKED}`, body: CHUNKS },
];

const send = ({ method, path }: (typeof WRITES)[number], { headers, body }: Form, hangUp = false) => {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => NAMES[name] ?? 'x');
  const head = `${method} /api/${address} HTTP/1.1\r\nHost: ${new URL(api).host}\r\nConnection: close\r\nAuthorization: Bearer ${token}\r\n`;
  const text = `${head}Content-Type: application/json\r\n${headers}\r\n${body}`;
  return sendRaw(api, Buffer.from(text, 'latin1'), { hangUp });
};

const codeIn = (body: Buffer): unknown => JSON.parse(body.toString()).error.code;

describe.each(WRITES)('$method $path', (write) => {
  test.each(UNKNOWN)('$form: 411, in our own words', async (form) => {
    const { status, body } = await send(write, form);
    expect([status, codeIn(body)]).toEqual([411, 'LengthRequired']);
  });

  test('a length that is longer than what comes is never a success', async () => {
    const { status } = await send(
      write,
      { form: '', headers: `Content-Length: ${BODY.length + 5}\r\n`, body: BODY },
      true,
    );
    expect([0, 400]).toContain(status);
  });
});

test.each(WRITES.filter(({ reads }) => reads))(
  '$method $path: a length that is shorter is broken JSON',
  async (write) => {
    const { status } = await send(write, { form: '', headers: 'Content-Length: 4\r\n', body: BODY });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  },
);

test('two lengths, and one that is no number, are refused before the app sees them', async () => {
  for (const headers of [
    'Content-Length: 2\r\nContent-Length: 3\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: x\r\n',
  ])
    for (const write of WRITES) expect((await send(write, { form: '', headers, body: '{}' })).status).toBe(400);
});
