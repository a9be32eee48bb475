import { createServer } from 'node:net';
import type { TokenCredential } from '@azure/identity';
import { beforeAll, expect, test } from 'vitest';
import { connect, queueNotices } from '../../src/store/azure.ts';

/** Nobody listens there. Tokens go over TLS only, so what is asked for is read off the failure. */
let nowhere = '';
beforeAll(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = server.address();
  nowhere = `https://127.0.0.1:${typeof at === 'object' && at ? at.port : 1}`;
  await new Promise((resolve) => server.close(resolve));
});

const asked: (string | string[])[] = [];
const credential: TokenCredential = {
  getToken(scopes) {
    asked.push(scopes);
    return Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 });
  },
};

const failureOf = async (work: Promise<unknown>): Promise<{ request?: { url?: string } }> =>
  work.then(
    () => ({}),
    (error: { request?: { url?: string } }) => error,
  );

test('tables and queues are asked where they are, with a token of storage', async () => {
  const account = { tables: `${nowhere}/tables`, queues: `${nowhere}/queues`, credential };
  const tables = await failureOf(connect(account).storage.ping());
  expect(tables.request?.url).toContain(`${nowhere}/tables/vaults(`);
  const queue = await failureOf(queueNotices(account).send({ vault: 'v', alerts: ['a'] }));
  expect(queue.request?.url).toContain(`${nowhere}/queues/notifications`);
  expect(asked.flat()).toContain('https://storage.azure.com/.default');
});
