import { vi } from 'vitest';
import '../../http/items/ordered.cases.test.ts';

vi.mock('../../http/serviceInMemory.ts', async () => {
  const { startedHost } = await import('../support/serviceAtHost.ts');
  return { serviceInMemory: await startedHost({ operators: ['operators@contoso.com'] }) };
});
