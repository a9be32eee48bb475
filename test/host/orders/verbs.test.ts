import { vi } from 'vitest';
import '../../http/orders/verbs.test.ts';

vi.mock('../../http/serviceInMemory.ts', async () => {
  const { oneHost } = await import('../support/serviceAtHost.ts');
  return { serviceInMemory: oneHost() };
});
