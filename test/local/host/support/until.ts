const DEADLINE = 20_000;

/** Asks again and again until the answer is yes; fails with what was missing when the deadline passes. */
export async function until(ask: () => boolean | Promise<boolean>, missing: () => string): Promise<void> {
  const end = Date.now() + DEADLINE;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`Waited ${DEADLINE / 1_000} s for ${missing()}`);
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
