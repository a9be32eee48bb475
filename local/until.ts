import { setTimeout as pause } from 'node:timers/promises';

const STEP_MS = 50;

/** Asks again and again until the answer is yes (true) or the time is over (false). */
export async function until(
  condition: () => boolean | Promise<boolean>,
  withinMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= deadline || signal?.aborted) return false;
    await pause(STEP_MS);
  }
}
