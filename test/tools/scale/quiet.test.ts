/** What a service with nothing to do asks of storage: its queue functions look as often as the host's rule says, and the timer turns. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readHostJson } from '../../../local/host/hostJson.ts';
import { type BackOff, backOff, START } from '../../../local/host/queues/listener.ts';
import { RENEW_EVERY } from '../../../local/host/timers/singleton.ts';
import { type Functions, register } from '../../../src/functions.ts';
import { COUNTED } from '../../../tools/scale/counted.ts';
import { QUEUE_FUNCTIONS, QUIET_MINUTE, SWEEP_MINUTES } from '../../../tools/scale/quiet.ts';
import { randomOf } from '../../faults/random.ts';

const ROOT = join(import.meta.dirname, '../../..');
const MOST = 50;
const HOUR_MS = 3_600_000;

const settings: Record<string, string> = JSON.parse(readFileSync(join(ROOT, 'local.settings.json'), 'utf8')).Values;

function registered() {
  const queues: string[] = [];
  const schedules: string[] = [];
  const app = {
    http: () => undefined,
    timer: (_: string, { schedule }: { readonly schedule: string }) => void schedules.push(schedule),
    storageQueue: (name: string) => void queues.push(name),
    hook: { appStart: () => undefined, appTerminate: () => undefined },
  };
  register(app as unknown as Functions, { ...settings, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' });
  return { queues, schedules };
}

/** How often one function looks at its empty queue in an hour that begins right after a message. */
function looksIn(ceiling: number, seed: number): number {
  const random = randomOf(seed);
  let looks = 0;
  let waiting: BackOff = backOff(START, true, ceiling, 0);
  for (let now = waiting.wait; now < HOUR_MS; now += waiting.wait) {
    looks += 1;
    waiting = backOff(waiting, false, ceiling, random.next());
  }
  return looks;
}

/** Requests a minute: of all queue functions, of the sweeps, and of the host, which keeps a lease for its timers. */
function minuteOf(ceiling: number): number {
  const looks = registered().queues.reduce((sum, _, index) => sum + looksIn(ceiling, index), 0);
  return looks / 60 + COUNTED.emptySweep.requests / SWEEP_MINUTES + 60_000 / RENEW_EVERY;
}

describe('a service with nothing to do', () => {
  const { maxPollingInterval } = readHostJson(ROOT, {}).queues;

  test('asks fifty requests a minute of storage at most, and did not while it looked every three seconds', () => {
    expect(minuteOf(maxPollingInterval)).toBeLessThanOrEqual(MOST);
    expect(minuteOf(3000)).toBeGreaterThan(MOST);
  });

  test('looks at an empty queue every ten seconds in Azure, and every second in a local run', () => {
    expect(maxPollingInterval).toBe(10_000);
    expect(readHostJson(ROOT, settings).queues.maxPollingInterval).toBe(1000);
  });

  test('asks what docs/performance.md says', () => {
    const { queues, schedules } = registered();
    expect(queues).toHaveLength(QUEUE_FUNCTIONS);
    expect(schedules).toEqual([`0 */${SWEEP_MINUTES} * * * *`]);
    expect(Math.abs(minuteOf(maxPollingInterval) - 60_000 / RENEW_EVERY - QUIET_MINUTE)).toBeLessThan(1);
  });
});
