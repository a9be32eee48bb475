/** Whoever can write to the agenda can still not have anything purged early, twice, or told wrong. */
import { describe, expect, test } from 'vitest';
import type { Hint } from '../../../src/core/hints.ts';
import { itemHint } from '../../../src/core/hints.ts';
import type { Ticket } from '../../../src/core/ticket.ts';
import { addDays, addMillis, iso } from '../../../src/core/time.ts';
import { hintWriter } from '../../../src/store/agenda.ts';
import { hintKey } from '../../../src/store/keys.ts';
import { scanTables } from '../../../tools/check/scan.ts';
import { checkStore } from '../../../tools/check/store.ts';
import { appOver } from '../../support/app.ts';
import { later } from '../../support/builders.ts';
import { SEALS } from '../../support/stores.ts';
import { must } from '../../support/world.ts';
import { VAULT } from '../notify/office.ts';
import { DUE, ITEM } from './deleted.ts';
import { BY_TICKET, purgeHints, type Told, told } from './ticketed.ts';

/** Under the key of the one that its item names, but for the time. */
const hintOf = (key: string, due = DUE): Hint => ({
  ...itemHint({ vault: VAULT, name: ITEM }, 'purge', due),
  by: key.split('!')[4],
});

const ticketOf = async (one: Told): Promise<Ticket> => {
  const due = (await one.ports.agenda.due((await one.hint()).shard, DUE, { limit: 10 })).found;
  return must(due.map((hint) => one.ports.agenda.ticketIn(hint)).find((ticket) => ticket !== undefined));
};

/** The hint with a ticket that is sealed with some key, in the place of the one that was there. */
async function plant(one: Told, ticket: Ticket, seal: (hash: string) => string, due = DUE): Promise<void> {
  const { shard, row } = await one.hint();
  const hint = hintOf(row.key, due);
  if (row.key !== hintKey(hint)) await one.plain.agenda.commit(shard, [{ op: 'drop', key: row.key }]);
  await hintWriter(one.plain.agenda, seal)([{ ...hint, ticket }]);
}

type Forgery = (ticket: Ticket, one: Told) => Ticket;
const early = addDays(DUE, -1);

const FORGERIES: Readonly<Record<string, Forgery>> = {
  'as it was': (ticket) => ticket,
  'of another item': (ticket) => ({ ...ticket, item: { ...ticket.item, name: 'other' } }),
  'of another vault': (ticket) => ({ ...ticket, item: { ...ticket.item, vault: 'other' } }),
  'with another source': (ticket) => ({ ...ticket, item: { ...ticket.item, sourceId: '/other' } }),
  'with other people': (ticket) => ({
    ...ticket,
    people: { ...ticket.people, alerts: { ...ticket.people.alerts, recipients: ['thief@example.com'], owners: [] } },
  }),
  'with other points': (ticket) => ({ ...ticket, loss: { points: 0, oldest: null, newest: null } }),
};

describe('without the key', () => {
  test.each(Object.entries(FORGERIES))('a ticket %s leads to a look, and to a purge as any other', async (_, forge) => {
    const one = await told({ points: 1 });
    const facts = async () => (await one.all('PurgeComplete')).map(({ facts: { purgedAt: _, ...more } }) => more);
    const honest = await told({ points: 1 });
    await plant(one, forge(await ticketOf(one), one), (hash) => `${hash.slice(0, 43)}=`);
    const swept = await one.sweptAt(DUE);
    expect(swept).toMatchObject({ purged: 1, failed: 0 });
    expect(swept.reads).toBeGreaterThan(0);
    await honest.sweptAt(DUE);
    const [expected] = await honest.all('PurgeComplete');
    expect(await facts()).toMatchObject([{ sourceId: expected?.facts['sourceId'], points: 1 }]);
    const people = (await one.all('PurgeComplete')).flatMap(({ notifications }) => notifications ?? []);
    expect(people.map(({ recipient }) => recipient)).toEqual(expected?.notifications?.map((mail) => mail.recipient));
  });

  test('one that lies in another hint, of another time, leads to a look', async () => {
    const one = await told();
    const { row } = await one.hint();
    await one.rewrite(await one.hint(), {}, row.key.replace(/^\d+/, String(early.toMillis()).padStart(16, '0')));
    expect(await one.sweptAt(early)).toMatchObject({ purged: 0, failed: 0 });
    expect(await one.state()).toBe('SoftDeleted');
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 1 });
  });

  test.each([
    ['no seal', { seal: undefined }],
    ['no ticket', { ticket: undefined }],
    ['what is no ticket', { ticket: '{' }],
  ])('%s: a look', async (_, cells) => {
    const one = await told();
    await one.rewrite(await one.hint(), cells);
    expect(await one.sweptAt(DUE)).toMatchObject({ purged: 1, reads: 1 });
  });
});

/** What even the key does not help with: the transaction rests on what it names. */
const LATE: Readonly<Record<string, { readonly forge: Forgery; readonly due?: typeof DUE }>> = {
  'an earlier date': {
    forge: (ticket) => ({
      ...ticket,
      item: { ...ticket.item, deletion: { ...ticket.item.deletion, retentionDays: 13 } },
      toldAt: later(1),
    }),
    due: early,
  },
  'an earlier deletion': {
    forge: (ticket) => ({
      ...ticket,
      item: { ...ticket.item, deletion: { ...ticket.item.deletion, deletedAt: addMillis(later(-1), 0) } },
      toldAt: later(1),
    }),
    due: early,
  },
  'an old fence': { forge: (ticket) => ({ ...ticket, fence: 'an older one' }) },
  'an older entry of its history': {
    forge: (ticket) => ({ ...ticket, head: { ...ticket.head, seq: ticket.head.seq - 1 } }),
  },
  'a time at which it was told that is still ahead': { forge: (ticket) => ({ ...ticket, toldAt: DUE }) },
};

describe('with the key', () => {
  test.each(Object.entries(LATE))('%s: a look, and nothing early', async (_, { forge, due = DUE }) => {
    const one = await told();
    await plant(one, forge(await ticketOf(one), one), SEALS.seal, due);
    const swept = await one.sweptAt(due);
    expect(swept.reads).toBeGreaterThan(0);
    expect(await one.state()).toBe(due < DUE ? 'SoftDeleted' : 'Purged');
    await one.sweptAt(addMillis(DUE, 120_000));
    expect(await one.state()).toBe('Purged');
    expect((await one.history()).filter((operation) => operation === 'Purge')).toHaveLength(1);
  });

  test('the same is good, or none of this would tell', async () => {
    const one = await told();
    await plant(one, await ticketOf(one), SEALS.seal);
    expect(await one.sweptAt(DUE)).toEqual(BY_TICKET);
  });
});

test('a ticket that comes after its purge leads to a look, and nothing happens twice', async () => {
  const one = await told();
  const { shard, row } = await one.hint();
  expect(await one.sweptAt(DUE)).toEqual(BY_TICKET);
  await one.plain.agenda.commit(shard, [{ op: 'put', key: row.key, cells: row.cells }]);
  expect(await one.sweptAt(addMillis(DUE, 60_000))).toMatchObject({ purged: 0, failed: 0 });
  expect(await purgeHints(one.plain)).toEqual([]);
  expect(await one.all('PurgeComplete')).toHaveLength(1);
  // also when there is another item of that name by then
  expect(
    (
      await appOver(one.ports)('protectItem', `${VAULT}/${ITEM}`, {
        body: { workload: 'AzureVM', policy: 'daily', sourceId: iso(DUE) },
      })
    ).status,
  ).toBeLessThan(300);
  await one.plain.agenda.commit(shard, [{ op: 'put', key: row.key, cells: row.cells }]);
  expect(await one.sweptAt(addMillis(DUE, 180_000))).toMatchObject({ purged: 0, failed: 0 });
  expect(await one.state()).toBe('Protected');
});

describe('the check of the store', () => {
  const found = async ({ plain, now }: Told) => {
    const { findings } = await checkStore(scanTables(plain), now(), { holds: SEALS.holds });
    return findings.map(({ message }) => message);
  };
  const { 'as it was': _, ...others } = FORGERIES;

  test.each(Object.entries(others))('finds a ticket %s, and whether it was sealed by the service', async (_, forge) => {
    const one = await told({ points: 1 });
    expect(await found(one)).toEqual([]);
    const ticket = forge(await ticketOf(one), one);
    await plant(one, ticket, SEALS.seal);
    expect(await found(one)).toEqual(['the ticket of its purge says otherwise than it']);
    await plant(one, ticket, () => 'no seal');
    expect(await found(one)).toContain('its ticket is not sealed by this service');
  });

  test('finds what is no ticket, and minds none that is merely stale', async () => {
    const one = await told();
    await one.rewrite(await one.hint(), { seal: undefined });
    expect(await found(one)).toEqual(['its ticket has no seal, or its seal no ticket']);
    const other = await told();
    await other.moveTo(later(13));
    await appOver(other.ports)('patchVault', VAULT, { body: { alerts: { recipients: ['new@example.com'] } } });
    await other.work();
    expect(await found(other)).toEqual([]);
  });
});
