import { vi } from 'vitest';
import '../../http/orders/lostLeases.test.ts';

vi.mock('../../http/serviceInMemory.ts', () => import('../support/serviceAtHost.ts'));
