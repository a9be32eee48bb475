import { vi } from 'vitest';
import '../../http/kinds/items.test.ts';

vi.mock('../../http/serviceInMemory.ts', async () => {
  const { ownHosts } = await import('../support/serviceAtHost.ts');
  return { serviceInMemory: ownHosts };
});
