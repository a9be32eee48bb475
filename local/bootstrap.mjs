/**
 * The door of a fresh clone: `npm start`, `npm test` and `npm run verify` come here first. Plain JavaScript without a
 * dependency, because it runs on whatever Node npm has (18 or later) before anything is installed. It installs and
 * builds when that is needed, says so, and hands over to Node 24 from node_modules.
 */
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, isBuilt } from './bundle.mjs';
import { bin, install, isInstalled } from './install.mjs';
import { passSignalsOn, runStep } from './step.mjs';
import { takeTurn } from './turn.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line) => process.stderr.write(`reprieve: ${line}\n`);

const CHECKS = [
  { name: 'format and lint', tool: 'biome', args: ['check', '--error-on-warnings'] },
  // one checker: each of several reads the same types again, and the other checks want the processors too
  { name: 'types', tool: 'tsc', args: ['-p', '.', '--checkers', '1'] },
  { name: 'types of the portal', tool: 'tsc', args: ['-p', 'portal', '--checkers', '1'] },
  {
    name: 'arrows',
    tool: 'depcruise',
    args: [
      '--config',
      '.dependency-cruiser.cjs',
      'src',
      'client',
      'portal',
      'cli',
      'examples',
      'executor',
      'local',
      'tools',
      'test',
    ],
  },
  { name: 'dead code', tool: 'knip', args: [] },
  { name: 'states', tool: 'node', args: ['tools/states.ts', '--check'] },
  { name: 'controls', tool: 'node', args: ['tools/controls.ts', '--check'] },
  { name: 'rooms', tool: 'node', args: ['tools/rooms.ts', '--check'] },
  { name: 'settings table', tool: 'node', args: ['tools/settings.ts', '--check'] },
  { name: 'figures of scale', tool: 'node', args: ['tools/scale.ts', '--check'] },
  { name: 'help of the command line', tool: 'node', args: ['tools/cli.ts', '--check'] },
  { name: 'API document, its client and examples', tool: 'node', args: ['tools/api.ts', '--check'] },
  { name: 'compiled template', tool: 'node', args: ['tools/bicep.ts', '--check'] },
  { name: 'infrastructure', tool: 'node', args: ['tools/check-infra.ts'] },
  { name: 'package', tool: 'node', args: ['tools/package.ts', '--check'] },
];
const UNIT_AND_CONTRACT = ['run', '--project', 'unit', '--project', 'contract'];

/** `needs` come first, in order; what is typed after the task's name goes to its last step. Steps in a list run side by side. */
const TASKS = {
  start: { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['local/start.ts'], leash: true }] },
  parts: { needs: ['install'], steps: [{ tool: 'node', args: ['local/start-parts.ts'], leash: true }] },
  test: { needs: ['install', 'build'], steps: [CHECKS, { name: 'tests', tool: 'vitest', args: ['run'] }] },
  verify: {
    needs: ['install', 'build'],
    steps: [CHECKS, { name: 'tests', tool: 'vitest', args: UNIT_AND_CONTRACT }],
  },
  package: { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['tools/package.ts'] }] },
  build: { needs: ['install'], steps: [{ run: () => build(root) }] },
  faults: {
    needs: ['install', 'build'],
    steps: [
      {
        tool: 'vitest',
        args: ['run', 'test/faults/', 'test/host/sweep/', 'test/flows/', 'test/contract/'],
        env: { FAULTS: 'full' },
      },
    ],
  },
  soak: {
    needs: ['install'],
    steps: [{ tool: 'vitest', args: ['run', 'test/flows/soak.test.ts'], env: { SOAK: 'full' } }],
  },
  attacks: { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['test/attacks/run.ts'], leash: true }] },
  fuzz: { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['tools/fuzz.ts'], leash: true }] },
  'store-reindex': { needs: ['install'], steps: [{ tool: 'node', args: ['tools/store-reindex.ts'] }] },
  'check-store': { needs: ['install'], steps: [{ tool: 'node', args: ['tools/check-store.ts'] }] },
  bench: { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['test/bench/run.ts'], leash: true }] },
  bicep: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/bicep.ts'] }] },
  'check-infra': { needs: ['install'], steps: [{ tool: 'node', args: ['tools/check-infra.ts'] }] },
  api: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/api.ts'] }] },
  settings: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/settings.ts'] }] },
  scale: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/scale.ts'] }] },
  demo: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/demo.ts'] }] },
  'portal-pictures': { needs: ['install', 'build'], steps: [{ tool: 'node', args: ['tools/portal-pictures.ts'] }] },
  'cli-help': { needs: ['install'], steps: [{ tool: 'node', args: ['tools/cli.ts'] }] },
  states: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/states.ts'] }] },
  controls: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/controls.ts'] }] },
  rooms: { needs: ['install'], steps: [{ tool: 'node', args: ['tools/rooms.ts'] }] },
  'mail-preview': { needs: ['install'], steps: [{ tool: 'node', args: ['tools/mail-preview.ts'] }] },
};

const NEEDS = {
  install: { met: () => isInstalled(root), meet: () => install(root), doing: 'installing packages (npm ci)' },
  build: { met: () => isBuilt(root), meet: () => build(root), doing: 'building dist/main.js' },
};

async function meet(name) {
  const need = NEEDS[name];
  if (need.met()) return 0;
  return takeTurn(join(root, '.reprieve', 'setup.lock'), say, async () => {
    if (need.met()) return 0; // the one before us did it
    say(need.doing);
    return need.meet();
  });
}

async function perform(step, extra) {
  if (step.name) say(step.name);
  if (step.run) return step.run();
  Object.assign(process.env, step.env);
  return runStep({ command: bin(root, step.tool), args: [...step.args, ...extra], cwd: root, leash: step.leash });
}

/** As many at a time as there are processors, none after one that failed. What each says comes whole, when it is done. */
async function together(steps) {
  const waiting = steps.values();
  const codes = [];
  const failed = () => codes.find((code) => code !== 0);
  const work = async () => {
    for (const { name, tool, args } of waiting) {
      if (failed()) return;
      const said = [];
      const hold = (chunk) => said.push(chunk);
      codes.push(await runStep({ command: bin(root, tool), args, cwd: root, hold }));
      say(name);
      process.stderr.write(Buffer.concat(said));
    }
  };
  await Promise.all(Array.from({ length: cpus().length }, work));
  return failed() ?? 0;
}

async function main([name, ...extra]) {
  const task = Object.hasOwn(TASKS, name ?? '') ? TASKS[name] : undefined;
  if (!task) {
    say(`there is no task "${name ?? ''}"; there are ${Object.keys(TASKS).join(', ')}`);
    return 2;
  }
  for (const need of task.needs) {
    const code = await meet(need);
    if (code !== 0) return code;
  }
  // Node keeps what it compiled: whatever a task starts, starts in two thirds of the time. It goes with the packages.
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules', '.cache', 'node');
  for (const step of task.steps) {
    const code = Array.isArray(step)
      ? await together(step)
      : await perform(step, step === task.steps.at(-1) ? extra : []);
    if (code !== 0) return code;
  }
  return 0;
}

passSignalsOn();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  say(error.message);
  process.exitCode = 1;
}
