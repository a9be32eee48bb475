import type { ChildProcess } from 'node:child_process';
import { describeExit, exitOf, hasExited } from './child.ts';
import { builtInHost, coreTools } from './host-process.ts';
import { NEIGHBOURS_SETTING } from './neighbours.ts';
import type { Options } from './options.ts';
import type { Part, Settings } from './part.ts';

/** `main`: the module that is the host. It starts after all that it stores in or calls, and stops before them. */
export const hostPart = (main: string): Part => ({
  name: 'functions host',
  ports: ({ port }) => (port === 0 ? [] : [{ option: 'port', port }]),
  async start({ options, root, settings, neighbours, output, say, onStop, died }) {
    const told = { [NEIGHBOURS_SETTING]: [...neighbours].join() };
    const env = { ...process.env, ...settings, ...ownSettings(options), ...told };
    const wish = { root, port: options.port, env, output };
    const { child, ready, stop } = options.func ? await coreTools(wish) : builtInHost(main, wish);
    let stopping = false;
    onStop(async (haste) => {
      stopping = true;
      if (!(await stop(haste))) say('The functions host did not stop in time and was killed.');
    });
    const origin = await ready;
    if (origin === undefined) throw new Error(`The functions host did not start; it ended ${await howItEnded(child)}.`);
    neighbours.add(Number(new URL(origin).port));
    void exitOf(child).then((exit) => {
      if (!stopping) died(`The functions host ended by itself ${describeExit(exit)}.`);
    });
    return { facts: { api: origin, portal: `${origin}/portal` }, settings: {} };
  },
});

/** `func` may also be silent for too long, and live. */
async function howItEnded(child: ChildProcess): Promise<string> {
  if (!hasExited(child)) return 'with no answer in time';
  return describeExit(await exitOf(child));
}

const ownSettings = ({ schedule, timer }: Options): Settings => ({
  FUNCTIONS_WORKER_RUNTIME: 'node',
  AZURE_FUNCTIONS_ENVIRONMENT: 'Development',
  ...(schedule === undefined ? {} : { SWEEP_SCHEDULE: schedule }),
  ...(timer ? {} : { 'AzureWebJobs.sweep.Disabled': 'true' }),
});
