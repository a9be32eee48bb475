import { afterAll } from 'vitest';

const jobs: Array<() => unknown> = [];

/** Runs when the test file ends, last begun first, whatever happened in between. */
export const onTestsEnd = (job: () => unknown): void => void jobs.push(job);

afterAll(async () => {
  for (const job of jobs.splice(0).reverse()) await job();
});
