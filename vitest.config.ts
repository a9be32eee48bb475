import { defineConfig } from 'vitest/config';
import { slowestFiles } from './test/support/slowestFiles.ts';

/** So long that only what never ends is late, however slow the machine is. */
const PATIENCE_MS = 300_000;

/** The kind of a test is its folder: `npx vitest --project unit`. */
const project = (name: string, folders: string, patience = PATIENCE_MS) => ({
  test: {
    name,
    include: [`test/${folders}/**/*.test.ts`],
    // the files of a worker share its modules: to load them anew for each file would take longer than most tests do
    isolate: false,
    setupFiles: ['test/support/ends.ts'],
    testTimeout: patience,
    hookTimeout: patience,
  },
});

export default defineConfig({
  test: {
    // Tests wait for other processes more than they compute: two files at a time also on two cores.
    maxWorkers: 2,
    globalSetup: ['test/support/sharedStorage.ts'],
    reporters: ['default', slowestFiles],
    projects: [
      project('unit', '{app,cli,client,core,docs,flows,house,http,infra,letters,portal,telemetry,tools,versions}'),
      project('contract', '{contract,mail}'),
      project('local', 'local'),
      project('faults', 'faults', 12 * PATIENCE_MS),
      project('host', 'host'),
    ],
  },
});
