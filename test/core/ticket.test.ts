import { describe, expect, test } from 'vitest';
import { tallyOf } from '../../src/core/tally.ts';
import { dueOf, itemIn, ticketOf } from '../../src/core/ticket.ts';
import { instantOf, later as theLater } from '../../src/core/time.ts';
import type { Mark } from '../../src/core/told.ts';
import type { Silence } from '../../src/core/vault.ts';
import { destroyed } from '../../src/flows/items/destroy.ts';
import { itemAlert } from '../../src/flows/story/raise.ts';
import { indexRows } from '../../src/store/indexes.ts';
import { trashKey } from '../../src/store/keys.ts';
import { aHead, anItem, aPoint, aVault, later } from '../support/builders.ts';
import { must } from '../support/world.ts';

const DUE = later(14);
const HEAD = { seq: 4, hash: 'h'.repeat(64) };
const mark = (over: Partial<Mark> = {}): Mark => ({
  ...{ vault: 'Contoso', item: 'sql-01', generation: 1, purgeAt: DUE, toldAt: later(12), days: 2, head: HEAD },
  ...over,
});
const trashed = (over: object = {}) => anItem('SoftDeleted', { points: [aPoint('b', 1), aPoint('a', 3)], ...over });
const given = (over: object = {}, of = mark(), head = aHead()) => ticketOf(trashed(over), of, head);
const hold = { name: 'h', reason: 'r', until: later(1), by: 'me', at: later(0), etag: 'h' };
const deletion = trashed().deletion;

describe('a ticket', () => {
  test.each([
    ['an item of a machine', {}],
    ['one on a server', { workload: 'MARS', server: 'srv-01' }],
    ['one of a Backup vault', { workload: 'AzureBlob' }],
    ['one with a job', { lastJob: { id: 'j', startedAt: later(-1), endedAt: null } }],
    ['one that was promised a later date', { deletion: { ...deletion, undeleteUntil: later(15) } }],
  ])('of %s holds all that follows from the item when it goes', (_, over) => {
    const item = trashed(over);
    const copy = itemIn(must(given(over)));
    expect(trashKey(copy)).toBe(trashKey(item));
    expect([...indexRows('Contoso', copy)]).toEqual([...indexRows('Contoso', item)]);
    expect(tallyOf(copy)).toEqual(tallyOf(item));
    const gone = (one: typeof item) => destroyed(one, one.terms, [], later(20), 'w').item;
    expect(gone(copy)).toEqual(gone(item));
    const { points, oldestPoint, newestPoint, ...facts } = itemAlert('PurgeComplete', item, later(20)).facts;
    expect(itemAlert('PurgeComplete', copy, later(20)).facts).toMatchObject(facts);
    const { loss } = must(given(over));
    expect({ points, oldestPoint, newestPoint }).toEqual({
      points: loss.points,
      oldestPoint: loss.oldest?.toISO(),
      newestPoint: loss.newest?.toISO(),
    });
    expect(dueOf(must(given(over)))).toEqual(DUE);
  });

  test.each([
    ['an item that is held, or was', { holds: [hold] }],
    ['one with pages', { pagedPoints: 1 }],
    ['one that an executor had a token for', { lastToken: 1 }],
    ['one that was ordered before', { closedOrders: ['contoso~sql-01~o1'] }],
    ['one that is not counted', { uncounted: true }],
    ['one with very long reasons', { deletion: { ...deletion, reason: 'x'.repeat(4000) } }],
    ['one whose place in the trash is not its date', { deletion: { ...deletion, retentionDays: 15 } }],
  ])('is not made for %s', (_, over) => {
    expect(given(over)).toBeUndefined();
  });

  test('is not made from a mark of before, nor from a vault that is deleted', () => {
    const { head: _, ...before } = mark();
    expect(given({}, before)).toBeUndefined();
    const closed = { at: later(1), by: { tid: 't', oid: 'o' }, reason: null, removeAt: later(15) };
    expect(given({}, mark(), aHead(aVault({ deletion: closed })))).toBeUndefined();
  });

  test('takes along the silences that may keep its purge from being told, and no others', () => {
    const silence = (name: string, over: Partial<Silence>): Silence => ({
      ...{ name, from: later(0), since: later(0), until: later(30), types: null, items: null },
      ...{ reason: 'r', by: 'me', etag: name, ...over },
    });
    const silences = [
      silence('all', {}),
      silence('item', { items: ['SQL-01'] }),
      silence('type', { types: ['Digest', 'PurgeComplete'] }),
      silence('other item', { items: ['vm'] }),
      silence('other type', { types: ['Digest'] }),
    ];
    const names = given({}, mark(), aHead(aVault({ silences })))?.people.silences.map(({ name }) => name);
    expect(names).toEqual(['all', 'item', 'type']);
  });

  test('cannot say an earlier date without another place in the trash', () => {
    const ticket = must(given());
    const early = { ...ticket, item: { ...ticket.item, deletion: { ...deletion, retentionDays: 13 } } };
    expect(dueOf(early) < theLater(DUE, instantOf(0))).toBe(true);
    expect(trashKey(itemIn(early))).not.toBe(trashKey(itemIn(ticket)));
  });
});
