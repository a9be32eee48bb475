/** `npm start` over a storage account that stands already; its connection string is the first argument. */
import { join } from 'node:path';
import type { Part } from '../../local/part.ts';
import { parts } from '../../local/parts.ts';
import { run } from '../../local/run.ts';

const [storage = '', ...argv] = process.argv.slice(2);
const [, ...others] = parts();

const standing: Part = {
  name: 'storage',
  ports: () => [],
  start: async () => ({ facts: { storage }, settings: { AzureWebJobsStorage: storage, DATA_STORAGE: storage } }),
};

await run({ argv, root: join(import.meta.dirname, '..', '..'), parts: [standing, ...others] });
