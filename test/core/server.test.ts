import { expect, test } from 'vitest';
import { agentTooOld, isOlder, type Server } from '../../src/core/server.ts';
import type { HybridKind } from '../../src/core/workloads.ts';
import { NOON } from '../support/builders.ts';

const aServer = (kind: HybridKind, agentVersion: string): Server => ({
  ...{ name: 'srv', vault: 'Contoso', kind, agentVersion, registration: 'Registered' },
  ...{ registeredBy: { tid: 'local', oid: 'agent' }, registeredAt: NOON, etag: 's1' },
});

test.for([
  ['MARS', '2.0.9051', true],
  ['MARS', '2.0.9052', false],
  ['MARS', '2.0.9052.1', false],
  ['MARS', '2.0.10000', false],
  ['MARS', '2.1', false],
  ['MARS', '1.9.99999', true],
  ['DPM', '10.22.147.9', true],
  ['DPM', '10.22.148.0', false],
  ['DPM', '10.22.148', false],
  ['MABS', '13.0.414.99', true],
  ['MABS', '13.0.415', false],
  ['MABS', '9.99.999.9', true],
] as const)('%s %s too old: %s', ([kind, version, old]) => {
  expect(agentTooOld(aServer(kind, version))?.refusal.code).toBe(old ? 'AgentTooOld' : undefined);
});

test('versions are compared by number, not by letter', () => {
  expect(isOlder('2.0.999', '2.0.9052')).toBe(true);
  expect(isOlder('2.0.09052', '2.0.9052')).toBe(false);
  expect(isOlder('10.0', '9.0')).toBe(false);
});
