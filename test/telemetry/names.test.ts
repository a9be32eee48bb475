import { expect, test } from 'vitest';
import { EVENTS, METRICS } from '../../src/telemetry/names.ts';

test('events are named by what and what became of it, metrics bear the name of the service', () => {
  for (const name of Object.keys(EVENTS)) expect(name).toMatch(/^[a-z]+\.[a-z]+$/);
  for (const name of Object.keys(METRICS)) expect(name).toMatch(/^reprieve\.[a-z_]+$/);
});

test('no field is an address, a key, or anything that somebody wrote', () => {
  const fields = Object.values(EVENTS).flatMap((event): readonly string[] => event.fields);
  for (const field of fields) expect(field).not.toMatch(/mail|recipient|key|pin|token|body|subject/i);
});
