import { createServer } from 'node:http';
import { metrics } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { portOf } from '../../local/ports.ts';
import { startExport } from '../../src/telemetry/export.ts';

afterEach(() => {
  vi.useRealTimers();
  metrics.disable();
});

test('the last export ends within the time that an instance is given, whatever the collector does', async () => {
  let asked = 0;
  const silent = createServer(() => {
    asked += 1; // and never answers
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  const stop = startExport(`http://127.0.0.1:${portOf(silent)}/v1/metrics`);
  metrics.getMeter('test').createCounter('one').add(1);
  let ended = false;
  void stop()
    .catch(() => undefined)
    .finally(() => {
      ended = true;
    });
  await vi.advanceTimersByTimeAsync(2999);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toBe(true);
  expect(asked).toBeLessThanOrEqual(1);
  silent.closeAllConnections();
  await new Promise((resolve) => silent.close(resolve));
});
