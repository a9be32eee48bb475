import { vi } from 'vitest';
import '../../http/orders/deadlines.test.ts';

vi.mock('../../http/serviceInMemory.ts', async () => {
  const { ownHosts } = await import('../support/serviceAtHost.ts');
  return { serviceInMemory: ownHosts };
});
