import { setTimeout as pause } from 'node:timers/promises';

/** The one deadline of all tests: only what never comes is late, however slow the machine is. */
const DEADLINE_MS = 120_000;
const STEP_MS = 20;

/** Asks again and again until the answer is yes; fails with what is missing when the deadline has passed. */
export async function eventually(ask: () => boolean | Promise<boolean>, missing: () => unknown): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Waited ${DEADLINE_MS / 1000} s for ${await missing()}`);
    await pause(STEP_MS);
  }
}
