import { describe, expect, test } from 'vitest';
import type { Alert } from '../../src/core/alerts.ts';
import { addDays, iso } from '../../src/core/time.ts';
import { letter } from '../../src/letters/letter.ts';
import { anAlert, anOccasion, DELETED, massItems } from './examples.ts';

const MANY = 2000;
const MEGABYTE = 1_000_000;
const name = (index: number): string => `${'x'.repeat(50)}-item-${index}`;
const numbered = Array.from({ length: MANY }, (_, index) => index);
const purgeAt = iso(addDays(DELETED, 14));

const sizeOf = ({ text, html }: ReturnType<typeof letter>): number => Buffer.byteLength(text) + Buffer.byteLength(html);

const unwrapped = ({ text }: ReturnType<typeof letter>): string => text.replace(/\s+/g, ' ');

const expectAll = (written: ReturnType<typeof letter>) => {
  const listed = new Set(written.text.match(/^ {2}- (\S+):/gm)?.map((line) => line.slice(4, -1)));
  const rows = new Set(written.html.match(/<td>[^<]*<\/td>/g)?.map((cell) => cell.slice(4, -5)));
  expect(numbered.filter((index) => !listed.has(name(index)))).toEqual([]);
  expect(numbered.filter((index) => !rows.has(name(index)))).toEqual([]);
  expect(sizeOf(written)).toBeLessThan(MEGABYTE);
};

describe('a mass deletion', () => {
  test('names every item that its facts list', () => {
    const items = numbered.map((index) => `${name(index)}, undelete before ${purgeAt}`);
    const written = letter(anOccasion(anAlert('MassDeletion', { items, count: MANY })));
    expectAll(written);
    expect(written.subject).toBe('[Sev0] Many items deleted by one caller in contoso-prod - 2000 items');
    expect(unwrapped(written)).toContain('undelete before 2026-11-16 09:14:31 UTC');
  });

  test('names every alert that it tells', () => {
    const members = numbered.map((index) => anAlert('DeleteBackupData', { purgeAt }, name(index)));
    const written = letter(anOccasion(anAlert('MassDeletion'), { members }));
    expectAll(written);
    expect(unwrapped(written)).toContain('2026-11-16 09:14, 14 days left');
  });

  test('offers a dry run of the undelete of everything, and then the undelete', () => {
    const { text } = letter(anOccasion(anAlert('MassDeletion', { items: massItems(12) })));
    expect(text).toContain(
      'POST /api/vaults/contoso-prod/undelete\n  {"deletedBy":"6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11","dryRun":true}',
    );
  });

  test('of what is gone for good offers none', () => {
    const items = ['disk-1, gone for good', 'disk-2, gone for good'];
    expect(letter(anOccasion(anAlert('MassDeletion', { items }))).text).not.toContain('POST');
  });
});

describe('a digest', () => {
  const closed = (alert: Alert): Alert => ({ ...alert, state: 'Closed' });
  const digest = (...members: readonly Alert[]) => letter(anOccasion(anAlert('Digest'), { members }));

  test('names every alert with its event and time', () => {
    const written = digest(...numbered.map((index) => anAlert('UpcomingPurge', { purgeAt }, name(index))));
    expectAll(written);
    expect(unwrapped(written).match(/Backup data will be purged soon/g)?.length).toBeGreaterThanOrEqual(MANY);
  });

  test('has what is open first, then what is resolved', () => {
    const { text } = digest(
      closed(anAlert('PurgeFailed', {}, 'closed-1')),
      anAlert('ItemUndeleted', {}, 'back-1'),
      anAlert('UpcomingPurge', {}, 'open-1'),
      anAlert('RetentionChanged'),
    );
    const order = [
      'Open: 2',
      'open-1:',
      'the vault: Soft-delete period changed',
      'Resolved: 2',
      'closed-1:',
      'back-1:',
    ];
    const places = order.map((what) => text.indexOf(what));
    expect(places.every((place) => place > 0)).toBe(true);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(text).toContain('2026-11-02 09:14');
  });

  test('offers an undelete of what is deleted, open and not yet purged', () => {
    const { text } = digest(
      anAlert('UpcomingPurge', { purgeAt }, 'open-1'),
      closed(anAlert('UpcomingPurge', { purgeAt }, 'closed-1')),
      anAlert('UpcomingPurge', { purgeAt: iso(DELETED) }, 'late-1'),
      anAlert('PurgeComplete', { purgeAt }, 'gone-1'),
    );
    expect(text.match(/--item \S+/g)).toEqual(['--item open-1']);
  });
});
