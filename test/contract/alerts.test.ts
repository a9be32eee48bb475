import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Change, inParts } from '../../src/change.ts';
import { alertId, type Waiting } from '../../src/core/alerts.ts';
import type { AlertType } from '../../src/core/alertTypes.ts';
import { SERVICE } from '../../src/core/hints.ts';
import { addDays, addMillis, instantOf } from '../../src/core/time.ts';
import type { Alerts, MailLedger } from '../../src/ports/alerts.ts';
import { tableMailLedger } from '../../src/store/mailLedger.ts';
import { put } from '../../src/store/table.ts';
import { aDeadLetter, aMail, anAlert, OPERATION } from '../support/alerts.ts';
import { later, NOON } from '../support/builders.ts';
import type { PlainStores } from '../support/stores.ts';
import { plainStores } from '../support/stores.ts';
import { MAKERS, type Tables } from '../support/tables.ts';
import { anEntry, must, newId } from '../support/world.ts';

const onItem = (item: string, type: AlertType = 'PurgeComplete', generation = 1) => anAlert(type, { item, generation });

describe.each(MAKERS)('alerts and mails, $name', ({ open }) => {
  let fresh: () => Tables;
  let tables: Tables;
  beforeAll(async () => {
    fresh = await open();
  });
  beforeEach(() => {
    tables = fresh();
  });

  describe('alerts', () => {
    let alerts: Alerts;
    let commit: PlainStores['commit'];
    beforeEach(() => {
      ({ alerts, commit } = plainStores(tables));
    });
    const change = (over: Partial<Change>) => commit({ vault: 'Contoso', id: newId(), ...over });
    const inserted = (...all: ReturnType<typeof onItem>[]) => all.map((now) => ({ was: undefined, now }));
    const write = (...insert: ReturnType<typeof onItem>[]) =>
      change({ vault: insert[0]?.vault ?? SERVICE, alerts: inserted(...insert) });
    const ids = async (vault: string | null, after?: string, limit = 100) =>
      (await alerts.list(vault, { after, limit })).found.map(({ id }) => id);

    test('come back as they were written, by an id in any spelling', async () => {
      const one = { ...onItem('Sql-01'), notifications: [aMail()], members: ['a'], facts: { a: 1, b: ['x'], c: null } };
      expect(await write(one)).toBe(true);
      expect((await alerts.get('CONTOSO', one.id.toUpperCase()))?.value).toEqual({
        ...one,
        endsOn: expect.any(String),
      });
      expect(await alerts.get('other', one.id)).toBeUndefined();
      expect(await alerts.get(null, one.id)).toBeUndefined();
    });

    test('the same one is raised once', async () => {
      expect(await write(onItem('a'))).toBe(true);
      expect(await write(onItem('b'), onItem('A'))).toBe(false);
      expect(await ids('contoso')).toEqual(['Contoso~a~PurgeComplete~1']);
    });

    test('are replaced by whoever holds what is there, all of them or none', async () => {
      await write(onItem('a'), onItem('b'));
      const [a, b] = [
        must(await alerts.get('contoso', onItem('a').id)),
        must(await alerts.get('contoso', onItem('b').id)),
      ];
      const now = { ...a.value, count: 2 };
      expect(await change({ alerts: [{ was: a, now }] })).toBe(true);
      const both = [
        { was: b, now: { ...b.value, count: 2 } },
        { was: a, now },
      ];
      expect(await change({ alerts: both })).toBe(false);
      expect((await alerts.get('contoso', b.value.id))?.value.count).toBe(1);
    });

    test('about an item are its own: not those of its namesakes, nor of the vault', async () => {
      await write(onItem('vm'), onItem('vm-1'), onItem('vm', 'ItemUndeleted'), anAlert('RetentionChanged'));
      await write(anAlert('MassPurgeHeld', { vault: null }));
      const about = async (vault: string | null, item: string | null) =>
        (await alerts.about(vault, item)).found.map(({ value }) => `${value.type} ${value.item}`);
      expect(await about('contoso', 'VM')).toEqual(['ItemUndeleted vm', 'PurgeComplete vm']);
      expect(await about('contoso', null)).toEqual(['RetentionChanged null']);
      expect(await about(null, null)).toEqual(['MassPurgeHeld null']);
    });

    test('of one type come the newest first, fifty at most, of whatever they are about', async () => {
      const refusal = (subject: Parameters<typeof anAlert>[1], occurrence: string) => {
        const one = anAlert('CriticalOperationRefused', subject);
        return { ...one, id: alertId(one.type, one, occurrence) };
      };
      const many = Array.from({ length: 60 }, (_, index) => refusal({ item: 'vm' }, `0${1000 + index}`));
      for (const part of inParts(many.toReversed(), 45)) expect(await write(...part)).toBe(true);
      await write(onItem('vm'), refusal({ item: 'vm-1' }, '01'), refusal({}, '02'));
      await write(refusal({ vault: null }, '03'));
      const newest = async (vault: string | null, item: string | null) =>
        (await alerts.newest(vault, item, 'CriticalOperationRefused')).found.map(({ value }) => value.id);
      expect(await newest('CONTOSO', 'VM')).toEqual(many.slice(0, 50).map(({ id }) => id));
      expect(await newest('contoso', null)).toEqual(['Contoso~~CriticalOperationRefused~02']);
      expect(await newest(null, null)).toEqual(['~~CriticalOperationRefused~03']);
      const [was] = (await alerts.newest('contoso', 'vm', 'PurgeComplete')).found;
      expect(await change({ alerts: [{ was, now: { ...must(was).value, state: 'Closed' } }] })).toBe(true);
    });

    test('are listed in the order of their ids, a stretch at a time, those of the service apart', async () => {
      const names = ['d', 'B', 'a', 'c', 'a-b'];
      await write(...names.map((name) => onItem(name)));
      await write(anAlert('MassPurgeHeld', { vault: null }));
      await write(anAlert('PurgeComplete', { vault: 'Contoso-2', item: 'x', generation: 1 }));
      const all = ['a-b', 'a', 'B', 'c', 'd'].map((name) => onItem(name).id);
      expect(await ids('contoso')).toEqual(all);
      const found: string[] = [];
      let after: string | undefined;
      do {
        const stretch = await alerts.list('contoso', { after, limit: 2 });
        found.push(...stretch.found.map(({ id }) => id));
        after = stretch.last;
      } while (after !== undefined);
      expect(found).toEqual(all);
      expect(await ids('contoso', 'CONTOSO~C~PurgeComplete~1')).toEqual([onItem('d').id]);
      expect(await ids('contoso', 'contoso~~~')).toEqual([]);
      expect(await ids(null)).toEqual(['~~MassPurgeHeld~0']);
    });

    test('of several items come item by item, however many there are of each and between them', async () => {
      const many = Array.from({ length: 80 }, (_, index) => onItem('b', 'UpcomingPurge', index));
      const all = [onItem('a'), onItem('a', 'DeleteBackupData'), ...many, onItem('b-2'), onItem('c'), onItem('d')];
      for (const some of inParts(all, 45)) expect(await write(...some)).toBe(true);
      const found = await alerts.aboutAll('CONTOSO', ['d', 'b', 'x', 'a']);
      const idsOf = (item: string) => found.get(item)?.found.map(({ value }) => value.id);
      const byId = (...some: readonly ReturnType<typeof onItem>[]) => some.map(({ id }) => id).toSorted();
      expect([...found.keys()]).toEqual(['d', 'b', 'x', 'a']);
      expect(idsOf('a')).toEqual(byId(onItem('a'), onItem('a', 'DeleteBackupData')));
      expect(idsOf('b')?.toSorted()).toEqual(byId(...many));
      expect(idsOf('d')).toEqual(byId(onItem('d')));
      expect(idsOf('x')).toEqual([]);
      const was = must(found.get('d')?.found[0]);
      expect(await change({ alerts: [{ was, now: { ...was.value, state: 'Closed' } }] })).toBe(true);
    });

    test('lie beside the item that they are about, and are written with it', async () => {
      await write(onItem('a'));
      const was = must(await alerts.get('contoso', onItem('a').id));
      const closed = { ...was.value, state: 'Closed' } as const;
      const close = () => change({ entries: [anEntry(null)], alerts: [{ was, now: closed }] });
      expect(await close()).toBe(true);
      expect(await close()).toBe(false);
      expect((await alerts.get('contoso', was.value.id))?.value).toEqual(closed);
    });

    test('wait for what tells them together, oldest first, until they are taken out', async () => {
      const place = (alert: string, at: number, together = 'mass!one'): Waiting => ({
        ...{ together, alert, at: later(0, at) },
      });
      const waiting = [place('c', 3), place('a', 1), place('b', 2), place('x', 0, 'mass!one2')];
      expect(await change({ waiting })).toBe(true);
      expect(await change({ waiting: [place('a', 1)] })).toBe(true);
      const waitingFor = async (together: string) =>
        (await alerts.waiting('contoso', together)).map(({ alert }) => alert).join('');
      expect(await waitingFor('mass!one')).toBe('abc');
      expect(await waitingFor('mass!one2')).toBe('x');
      expect(await change({ stopWaiting: [place('a', 1), place('c', 3)] })).toBe(true);
      expect(await waitingFor('mass!one')).toBe('b');
      expect(await change({ alerts: inserted(onItem('n')), stopWaiting: [place('a', 1)] })).toBe(false);
      expect(await alerts.get('contoso', onItem('n').id)).toBeUndefined();
    });
  });

  describe('the ledger of mails', () => {
    let ledger: MailLedger;
    beforeEach(() => {
      ledger = tableMailLedger(tables.registry);
    });

    test('keeps a dead letter until it is taken out; buried again it is the newer one', async () => {
      await ledger.bury(aDeadLetter());
      await ledger.bury(aDeadLetter({ attempts: 12 }));
      expect(await ledger.deadLetter(OPERATION)).toEqual(aDeadLetter({ attempts: 12 }));
      for (let round = 0; round < 2; round += 1) {
        await ledger.exhume(OPERATION);
        expect(await ledger.deadLetter(OPERATION)).toBeUndefined();
      }
      const unknown = { alert: null, recipient: null, vault: null };
      await ledger.bury(aDeadLetter(unknown));
      expect((await ledger.dead({ limit: 9 })).found).toEqual([aDeadLetter(unknown)]);
    });

    test('lists dead letters in the order of their ids, a stretch at a time', async () => {
      for (const id of ['c', 'a', 'b', 'd']) await ledger.bury(aDeadLetter({ id }));
      const found = async (after: string | undefined, limit: number) =>
        (await ledger.dead({ after, limit })).found.map(({ id }) => id).join('');
      expect([await found(undefined, 3), await found('b', 9), await found('bb', 1), await found('d', 9)]).toEqual([
        ...['abc', 'cd', 'c', ''],
      ]);
    });

    test('remembers which alert a mail was about', async () => {
      await ledger.remember(OPERATION, { vault: 'Contoso', alert: 'one' }, NOON);
      await ledger.remember(OPERATION, { vault: null, alert: 'two' }, NOON);
      expect(await ledger.recall(OPERATION, NOON)).toEqual({ vault: null, alert: 'two' });
      expect(await ledger.recall(OPERATION.replace('0f', '1f'), NOON)).toBeUndefined();
    });

    test('remembers a mail for sixty days, also of an instance whose clock is ahead, and drops it by whole months', async () => {
      const about = { vault: 'Contoso', alert: 'one' };
      const [last, first] = [instantOf(Date.UTC(2026, 0, 31, 12)), instantOf(Date.UTC(2026, 1, 1))];
      await ledger.remember(OPERATION, about, last);
      expect(await ledger.recall(OPERATION, addDays(last, 60))).toEqual(about);
      expect(await ledger.recall(OPERATION, addDays(last, 61))).toBeUndefined();
      expect(await ledger.recall(OPERATION, first, first)).toBeUndefined();
      const ahead = OPERATION.replace('0f', 'af');
      await ledger.remember(ahead, about, first);
      expect(await ledger.recall(ahead, addMillis(first, -60_000))).toEqual(about);

      expect(await ledger.dropMails('2026-01', () => false)).toBe(false);
      expect(await ledger.recall(OPERATION, last)).toEqual(about);
      expect(await ledger.dropMails('2026-01', () => true)).toBe(true);
      expect(await ledger.recall(OPERATION, last)).toBeUndefined();
      expect(await ledger.recall(ahead, first)).toEqual(about);
    });

    test('finds what the version before remembered, which knew no months, until that is dropped', async () => {
      const about = { vault: 'Contoso', alert: 'one' };
      await tables.registry.commit(`mails!${OPERATION.slice(0, 2)}`, [put(OPERATION, about)]);
      expect(await ledger.recall(OPERATION, NOON)).toEqual(about);
      expect(await ledger.dropMails('before', () => true)).toBe(true);
      expect(await ledger.recall(OPERATION, NOON)).toBeUndefined();
    });

    test('admits mails to one address and to others, no more than there is room for, and remembers those', async () => {
      const mailTo = (recipient: string, operationId: string) => ({
        ...{ recipient, operationId, isWelcome: false },
        about: { vault: 'Contoso', alert: operationId },
      });
      const ops = ['a', 'b', 'c', 'd'].map((first) => mailTo('ops@example.com', OPERATION.replace('0f', `${first}f`)));
      const other = mailTo('other@example.com', OPERATION.replace('0f', '2f'));
      expect(await ledger.admit([...ops, other], 2, NOON)).toEqual([
        ...['admitted', 'admitted', 'crowded', 'crowded', 'admitted'],
      ]);
      expect(await ledger.admit(ops, 2, addMillis(NOON, 60_000))).toEqual([
        ...['admitted', 'admitted', 'crowded', 'crowded'],
      ]);
      expect(await ledger.admit(ops.slice(2), 2, addMillis(NOON, 3_660_000))).toEqual(['admitted', 'admitted']);
      for (const { operationId, about } of [...ops, other])
        expect(await ledger.recall(operationId, NOON)).toEqual(about);
    });

    test('drops the dead letters that failed last before a time, and no others', async () => {
      for (const [id, days] of Object.entries({ old: 0, young: 1, again: 0 }))
        await ledger.bury(aDeadLetter({ id, lastFailedAt: later(days) }));
      await ledger.bury(aDeadLetter({ id: 'again', lastFailedAt: later(2) }));
      expect(await ledger.dropLetters(later(1), () => false)).toBe(false);
      expect(await ledger.dropLetters(later(1), () => true)).toBe(true);
      expect((await ledger.dead({ limit: 9 })).found.map(({ id }) => id)).toEqual(['again', 'young']);
    });

    test('has room for so many mails in any minute, wherever it begins; the others are given times of their own', async () => {
      const times = async (seconds: number, count: number) => {
        const now = NOON.plus({ seconds });
        const found: number[] = [];
        for (let one = 0; one < count; one += 1)
          found.push((await ledger.take(5, true, now)).toMillis() - now.toMillis());
        return found;
      };
      expect(await times(0, 3)).toEqual([0, 0, 0]);
      const [fourth, fifth, ...late] = await times(30, 5);
      expect([fourth, fifth]).toEqual([0, 0]);
      expect(new Set(late).size).toBe(3);
      // the first three of the minute before have to be a minute old
      for (const wait of late) expect(wait).toBeGreaterThanOrEqual(30_000);
      expect((await times(59, 1))[0]).toBeGreaterThan(0);
      expect((await times(90, 9)).filter((wait) => wait === 0)).toHaveLength(3);
    });

    test('also for sixteen that ask at once: never more than that, and somebody may go', async () => {
      for (const [round, room] of [1, 5, 16, 40].entries()) {
        const now = NOON.plus({ hours: round });
        const ask = () => ledger.take(room, true, now);
        const turns = await Promise.all(Array.from({ length: 16 }, ask));
        const granted = turns.filter((at) => at <= now).length;
        expect(granted).toBeLessThanOrEqual(room);
        expect(granted).toBeGreaterThan(0);
        // what was lost to the crowd is still there for whoever comes later
        for (let left = room - granted; left > 0; left -= 1) expect(await ask()).toEqual(now);
        expect((await ask()) > now).toBe(true);
      }
    });
  });
});
