import { defineConfig } from 'vitest/config';

/** The kind of a test is its folder: `npx vitest --project unit`. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{cli,client,core,docs,flows,http,infra,letters,portal,telemetry,versions}/**/*.test.ts'],
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/{contract,mail}/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: 'local', include: ['test/local/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: { name: 'faults', include: ['test/faults/**/*.test.ts'], testTimeout: 3_600_000, hookTimeout: 120_000 },
      },
      { test: { name: 'host', include: ['test/host/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000 } },
    ],
  },
});
