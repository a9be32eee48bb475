import { vi } from 'vitest';
import '../../http/orders/receipts.test.ts';

vi.mock('../../http/serviceInMemory.ts', () => import('../support/serviceAtHost.ts'));
