import { vi } from 'vitest';
import '../../http/kinds/kinds.test.ts';

vi.mock('../../http/serviceInMemory.ts', async () => {
  const { ownHosts } = await import('../support/serviceAtHost.ts');
  return { serviceInMemory: ownHosts };
});
