import { vi } from 'vitest';
import '../../http/orders/verbs.test.ts';

vi.mock('../../http/serviceInMemory.ts', () => import('../support/serviceAtHost.ts'));
