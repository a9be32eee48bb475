import { defineConfig } from 'vitest/config';
import { LongFirst } from './test/support/longFirst.ts';
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
    // Tests also wait: for processes that start, for a browser, between two tries of a call. Four files at a time keep two cores busy.
    maxWorkers: 4,
    sequence: { sequencer: LongFirst },
    globalSetup: ['test/support/sharedStorage.ts'],
    reporters: ['default', slowestFiles],
    projects: [
      project(
        'unit',
        '{app,cli,client,core,docs,executor,flows,house,http,infra,letters,portal,telemetry,tools,versions}',
      ),
      project('contract', '{contract,mail}'),
      project('local', 'local'),
      project('faults', 'faults', 12 * PATIENCE_MS),
      project('host', 'host'),
      project('examples', 'examples'),
    ],
  },
});
