/** What executors rest on, asked of the running host: the suite that the service in memory passes, and the fake door. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe } from 'vitest';
import { ordersContract } from '../../executor/ordersContract.ts';
import { doorInto } from '../../http/orders/serviceDoor.ts';
import { startService } from '../../support/service.ts';
import { doorOf } from '../support/door.ts';

let service: Awaited<ReturnType<typeof startService>>;
beforeAll(async () => {
  service = await startService();
});

describe('the running host keeps orders', () =>
  ordersContract(() => {
    const { api: url, token } = service;
    return doorInto({ url, fetch: (...given) => fetch(...given), door: doorOf(url), token }, randomUUID());
  }));
