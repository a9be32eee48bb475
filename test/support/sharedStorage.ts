/** Before all tests, once: one Azurite for everybody who needs nothing but a store. It starts when the first asks. */
import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { portOf } from '../../local/ports.ts';
import { type Accounts, startAccounts } from './accounts.ts';

const ACCOUNTS = 1000;

declare module 'vitest' {
  interface ProvidedContext {
    /** A GET answers the connection string of an account that nobody used before. */
    readonly newAccount: string;
  }
}

export default async function ({ provide }: TestProject) {
  let accounts: Promise<Accounts> | undefined;
  const server = createServer((_, response) => {
    response.setHeader('connection', 'close');
    accounts ??= startAccounts(ACCOUNTS);
    accounts.then(
      ({ next }) => response.end(next()),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  provide('newAccount', `http://127.0.0.1:${portOf(server)}`);
  return async () => {
    server.closeAllConnections();
    server.close();
    await (await accounts)?.stop();
  };
}
