import { describe } from 'vitest';
import { ordersContract } from './ordersContract.ts';
import { fakeDoor } from './support/fakeDoor.ts';

describe('the fake door keeps orders as the service does', () => ordersContract(() => fakeDoor()));
