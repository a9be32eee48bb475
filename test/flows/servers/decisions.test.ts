import { expect, test } from 'vitest';
import type { Server } from '../../../src/core/server.ts';
import { changePassphrase, deregister, type PutServer, putServer } from '../../../src/flows/servers/servers.ts';
import { NO_PROOF } from '../../../src/flows/story/plan.ts';
import { aHead, anItem, aVault, NOON } from '../../support/builders.ts';
import { alertsOf, decided, held, planned } from '../../support/decide.ts';

const PLACE = { vault: 'Contoso' };
const NAMED = { name: 'srv' };
const head = aHead();
const server: Server = {
  name: 'srv',
  vault: 'Contoso',
  kind: 'MARS',
  agentVersion: '2.0.9260',
  registration: 'Registered',
  registeredBy: { tid: 'local', oid: 'somebody' },
  registeredAt: NOON,
  etag: 'e',
};
const MINE = { owner: { value: 'contoso', tag: 't' }, isOurs: true };

test('a server is claimed before it is registered; a new agent version needs no claim', () => {
  const put = (ask: PutServer, read: object) => decided(putServer, PLACE, ask, { head, ...read });
  const ask = { ...NAMED, kind: 'MARS', agentVersion: '2.0.9260' } as const;
  expect(put(ask, {})).toEqual({ need: 'server' });
  expect(put(ask, { server: null })).toEqual({ need: 'serverClaim' });
  expect(put(ask, { server: null, serverClaim: { owner: undefined } })).toMatchObject({
    step: { line: 'server', vault: 'Contoso', server: 'srv', tid: 'local' },
  });
  expect(planned(put(ask, { server: null, serverClaim: MINE }))).toMatchObject({
    server: { registration: 'Registered', etag: 'id-1' },
    answer: { created: true },
  });
  expect(put(ask, { server: held(server) })).toEqual({ unchanged: { server, created: false } });
  expect(planned(put({ ...ask, agentVersion: '3' }, { server: held(server) })).server?.agentVersion).toBe('3');
});

test.for([
  ['nothing', [], 'Unregistered'],
  ['what lies in the trash', [anItem('SoftDeleted')], 'SoftDeleted'],
] as const)('a server with %s on it is let go, with a new fence', ([, items, registration]) => {
  const decision = decided(deregister, PLACE, NAMED, { head, server: held(server), items });
  expect(planned(decision)).toMatchObject({ vault: head.vault, server: { registration, etag: 'id-1' } });
});

test('a server with something protected on it stays', () => {
  const read = { head, server: held(server) };
  expect(decided(deregister, PLACE, NAMED, read)).toEqual({ need: 'items' });
  const living = { ...read, items: [anItem('Protected'), anItem('SoftDeleted')] };
  expect(decided(deregister, PLACE, NAMED, living)).toMatchObject({ refusal: { code: 'ServerNotEmpty' } });
});

test('a new passphrase takes a second factor only while hybrid security is on', () => {
  const change = (read: object) => decided(changePassphrase, PLACE, NAMED, { server: held(server), ...read });
  expect(change({ head })).toEqual({ need: 'secondFactor' });
  const factor = { ...NO_PROOF, facts: { provedBy: 'pin' } };
  const plan = planned(change({ head, secondFactor: factor }));
  expect(plan.alerts).toMatchObject([{ type: 'PassphraseChanged', facts: { provedBy: 'pin', hybrid: true } }]);
  const off = aHead(aVault({ hybrid: { state: 'Disabled', portalDeleteUnderAlwaysOn: 'block' } }));
  expect(alertsOf(planned(change({ head: off })))).toEqual(['PassphraseChanged']);
  const asleep = held({ ...server, registration: 'SoftDeleted' });
  expect(change({ head, server: asleep })).toMatchObject({ refusal: { code: 'ServerNotFound' } });
});
