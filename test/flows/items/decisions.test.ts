/** What verbs about items decide, without a table: from what was read to what is to be written. */
import { describe, expect, test } from 'vitest';
import type { HeldHead } from '../../../src/change.ts';
import type { Item, ItemState } from '../../../src/core/item.ts';
import type { Server } from '../../../src/core/server.ts';
import { protect } from '../../../src/flows/items/protect.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { NO_PROOF } from '../../../src/flows/story/plan.ts';
import { aHead, anItem, aPoint, aPolicy, aVault, later, NOON } from '../../support/builders.ts';
import { CONTRIBUTOR } from '../../support/world.ts';

const at = (now = NOON) => ({
  caller: CONTRIBUTOR,
  now,
  requestId: 'r',
  id: 'id-1',
  place: { vault: 'Contoso', item: 'sql-01' },
});
const held = <T>(value: T) => ({ value, tag: 't' });
const item = <S extends ItemState>(state: S, over: object = {}) => held<Item>(anItem(state, over));
const aServer = (over: Partial<Server> = {}): Server => ({
  ...{ name: 'srv', vault: 'Contoso', kind: 'MARS', agentVersion: '99.0.0.0', registration: 'Registered' },
  ...{ registeredBy: { tid: 'local', oid: 'agent' }, registeredAt: NOON, etag: 's' },
  ...over,
});

describe('undelete', () => {
  const decide = undelete.decide;

  test('plans the item back, with what the history and the mail say of it', () => {
    expect(decide({ item: item('SoftDeleted') }, undefined, at(later(1)))).toMatchObject({
      item: { state: 'ProtectionStopped', undeleted: true, purgeHintAt: later(14), etag: 'id-1' },
      alerts: [{ type: 'ItemUndeleted', id: 'Contoso~sql-01~ItemUndeleted~1' }],
      facts: { generation: 1 },
    });
  });

  test('asked for twice it changes nothing; of what was never deleted it is refused', () => {
    const back = item('ProtectionStopped', { undeleted: true });
    expect(decide({ item: back }, undefined, at())).toEqual({ unchanged: { item: back.value } });
    expect(decide({ item: item('Protected') }, undefined, at())).toMatchObject({
      refusal: { code: 'ItemNotSoftDeleted' },
    });
  });

  test('after the window it looks at the head, which may have lengthened the period, before it refuses', () => {
    const late = { item: item('SoftDeleted') };
    expect(decide(late, undefined, at(later(14)))).toEqual({ need: 'freshHead' });
    const closed = { refusal: { code: 'UndeleteWindowClosed' } };
    expect(decide({ ...late, freshHead: aHead() }, undefined, at(later(14)))).toMatchObject(closed);
    const longer = aHead(aVault({ extensions: [{ at: later(1), days: 30, version: 9 }] }));
    expect(decide({ ...late, freshHead: longer }, undefined, at(later(14)))).toMatchObject({
      item: { state: 'ProtectionStopped' },
    });
  });

  describe('of what lies on a server', () => {
    const read = { item: item('SoftDeleted', { workload: 'MARS', server: 'srv' }), head: aHead() };

    test('asks for the server, and rests on it while it is registered', () => {
      expect(decide({ item: read.item }, undefined, at())).toEqual({ need: 'server' });
      expect(decide({ ...read, server: held(aServer()) }, undefined, at())).toMatchObject({ touchServer: 'srv' });
    });

    test('takes the claim to a server that was let go, and then brings it back', () => {
      const server = held(aServer({ registration: 'SoftDeleted' }));
      expect(decide({ ...read, server }, undefined, at())).toEqual({ need: 'serverClaim' });
      const nobodys = { ...read, server, serverClaim: { owner: undefined } };
      expect(decide(nobodys, undefined, at())).toMatchObject({ step: { line: 'server', server: 'srv' } });
      const ours = { ...read, server, serverClaim: { owner: held('contoso') } };
      expect(decide(ours, undefined, at())).toMatchObject({ step: { line: 'server', was: { value: 'contoso' } } });
      const written = { ...ours, serverClaim: { ...ours.serverClaim, isOurs: true as const } };
      expect(decide(written, undefined, at())).toMatchObject({
        server: { registration: 'Registered', superseded: false },
      });
    });

    test('needs no claim where the row of the server says that nobody took it over', () => {
      const letGo = { registration: 'SoftDeleted', superseded: false } as const;
      expect(decide({ ...read, server: held(aServer(letGo)) }, undefined, at())).toMatchObject({
        server: { registration: 'Registered' },
      });
      const taken = held(aServer({ ...letGo, superseded: true }));
      expect(decide({ ...read, server: taken }, undefined, at())).toEqual({ need: 'serverClaim' });
    });

    test('is refused while another vault has it registered', () => {
      const server = held(aServer({ registration: 'SoftDeleted' }));
      const there = held(aServer({ vault: 'Other' }));
      expect(decide({ ...read, server, serverClaim: { owner: held('other'), there } }, undefined, at())).toMatchObject({
        refusal: { code: 'ActiveElsewhere' },
      });
    });
  });
});

describe('resume', () => {
  const head = aHead(aVault(), aPolicy('daily'), aPolicy('short', { daily: 7 }));
  const resumed = (read: object, policy = 'daily', preview = false) =>
    resume.decide(
      { head, approval: NO_PROOF, ...read } as Parameters<typeof resume.decide>[0],
      { verb: 'resume', policy, preview },
      at(),
    );

  test('plans the item under the policy, without the points whose life is over', () => {
    const points = [aPoint('old', 40), aPoint('new', 1)];
    expect(resumed({ item: item('ProtectionStopped', { points }) })).toMatchObject({
      item: { state: 'Protected', policy: 'daily', points: [{ name: 'new' }] },
      alerts: [{ type: 'ItemResumed' }],
      answer: { removed: [{ name: 'old' }] },
    });
  });

  test('a preview answers the same and plans nothing', () => {
    const read = { item: item('ProtectionStopped', { points: [aPoint('old', 40)] }) };
    expect(resumed(read, 'daily', true)).toMatchObject({ unchanged: { removed: [{ name: 'old' }] } });
  });

  test('under a policy that keeps less it raises an alert as well', () => {
    expect(resumed({ item: item('ProtectionStopped') }, 'short')).toMatchObject({
      facts: { control: 'protection', before: '{"daily":30}', after: '{"daily":7}' },
      alerts: [
        { type: 'ItemResumed' },
        { now: { type: 'ModifyProtectionShorterRetention' }, told: [head.vault.alerts] },
      ],
    });
    expect(resumed({ item: item('ProtectionStopped'), approval: undefined }, 'short')).toMatchObject({
      need: 'approval',
    });
  });

  test('looks at the pages where points lie in them, and at the claim where another item has the source', () => {
    expect(resumed({ item: item('ProtectionStopped', { pagedPoints: 3 }) })).toEqual({ need: 'pages' });
    expect(resumed({ item: item('ProtectionStopped', { superseded: true }) })).toEqual({ need: 'sourceClaim' });
  });
});

describe('protect', () => {
  const ask = { workload: 'AzureVM', policy: 'daily', sourceId: '/vms/sql-01' } as const;
  const decide = (read: { readonly item?: null; readonly sourceClaim?: object; readonly head?: HeldHead }) =>
    protect.decide({ head: aHead(), ...read } as Parameters<typeof protect.decide>[0], ask, at());

  test('claims the source first, and makes the item once the claim is ours', () => {
    expect(decide({ item: null })).toEqual({ need: 'sourceClaim' });
    const step = decide({ item: null, sourceClaim: { owner: undefined } });
    expect(step).toMatchObject({
      step: { line: 'source', owner: { vault: 'Contoso', item: 'sql-01' } },
      leaves: { sourceClaim: { owner: { value: { vault: 'Contoso', item: 'sql-01' } } } },
    });
    const mine = { owner: held({ vault: 'contoso', item: 'SQL-01' }) };
    expect(decide({ item: null, sourceClaim: mine })).toMatchObject({ step: { line: 'source', was: mine.owner } });
    expect(decide({ item: null, sourceClaim: { ...mine, isOurs: true } })).toMatchObject({
      item: { state: 'Protected', policy: 'daily', generation: 0 },
      answer: { created: true },
    });
  });

  test('of another may be that of a change in flight, whatever lies there: a new fence in that vault voids it, once', () => {
    const owner = held({ vault: 'other', item: 'vm' });
    const head = aHead(aVault({ name: 'Other' }));
    expect(decide({ item: null, sourceClaim: { owner, head } })).toMatchObject({
      step: { vault: 'other', head: { was: head, now: head.vault } },
      once: 'source claimed by other/vm t',
    });
    const superseded = held(anItem('ProtectionStopped', { vault: 'Other', name: 'vm', superseded: true }));
    expect(decide({ item: null, sourceClaim: { owner, there: superseded, head } })).toMatchObject({
      step: { head: {} },
    });
    expect(decide({ item: null, sourceClaim: { owner } })).toMatchObject({ step: { line: 'source', was: owner } });
  });

  test('is refused where another item protects the source', () => {
    const there = held(anItem('Protected', { name: 'vm', vault: 'Other' }));
    const sourceClaim = { owner: held({ vault: 'other', item: 'vm' }), there };
    expect(decide({ item: null, sourceClaim })).toMatchObject({ refusal: { code: 'ActiveElsewhere' } });
  });
});
