/** What executors rest on, asked of the service itself: the same suites as of the fake door. */
import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { executorContract } from '../../executor/executorContract.ts';
import { ordersContract } from '../../executor/ordersContract.ts';
import { serviceDoor } from './serviceDoor.ts';

describe('the service keeps orders', () => ordersContract(() => serviceDoor(randomUUID())));
describe('runExecutor works before the service', () => executorContract(() => serviceDoor(randomUUID())));
