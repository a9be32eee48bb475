/** Says at the end of a run where its time went: the ten test files that took longest. */
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

const SHOWN = 10;

/** All of what a file costs: its import, which may start a service, its hooks and its tests. */
const secondsOf = (module: TestModule): number => {
  const { collectDuration, duration, setupDuration } = module.diagnostic();
  return (collectDuration + duration + setupDuration) / 1000;
};

export const slowestFiles: Reporter = {
  onTestRunEnd: (modules) => {
    if (modules.length <= SHOWN) return;
    const lines = modules
      .map((module) => ({ module, seconds: secondsOf(module) }))
      .toSorted((a, b) => b.seconds - a.seconds)
      .slice(0, SHOWN)
      .map(({ module, seconds }) => `${seconds.toFixed(1).padStart(8)} s  ${relative(process.cwd(), module.moduleId)}`);
    process.stdout.write(`\n The ${SHOWN} slowest files\n${lines.join('\n')}\n`);
  },
};
