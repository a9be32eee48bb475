import { describe, expect, test } from 'vitest';
import type { Item, Sweep } from '../../client/api.ts';
import { CALLERS, mayAs, rolesIn } from '../../portal/auth/roles.ts';
import { alertWords } from '../../portal/words/alert.ts';
import { byTimeLeft, goesAt, timeLeft } from '../../portal/words/deletion.ts';
import { intended, isIdle, summary } from '../../portal/words/sweep.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');

describe('a soft-deleted item', () => {
  const deleted = (purgeAt: string, daysLeft: number, ...ends: readonly (string | null)[]) =>
    ({ softDelete: { purgeAt, daysLeft }, holds: ends.map((until) => ({ until })) }) as unknown as Item;
  const soon = deleted('2026-11-22T05:00:00.000Z', 1);
  const later = deleted('2026-11-28T12:00:00.000Z', 7);
  const heldBriefly = deleted('2026-11-28T12:00:00.000Z', 7, '2026-11-23T00:00:00.000Z');
  const heldLong = deleted('2026-11-28T12:00:00.000Z', 7, '2026-12-18T00:00:00.000Z');
  const heldForever = deleted('2026-11-20T12:00:00.000Z', 0, null, '2026-12-18T00:00:00.000Z');

  test.each([
    ['hours on its last day', soon, '17 hours left'],
    ['days', later, '7 days left'],
    ['days, if its hold ends before they do', heldBriefly, '7 days left'],
    ['the end of a hold that outlasts them', heldLong, 'held until 18 Dec 2026'],
    ['that it is held, if the hold has no end', heldForever, 'held'],
    ['nothing while it is not deleted', { softDelete: null, holds: [] } as unknown as Item, ''],
  ])('shows %s', (_, item, words) => expect(timeLeft(item, NOW)).toBe(words));

  test('goes when its days and its holds are over, and the first to go is the first in the list', () => {
    expect(goesAt(heldForever)).toBe(Number.POSITIVE_INFINITY);
    expect([heldForever, heldLong, later, soon].toSorted(byTimeLeft)).toEqual([soon, later, heldLong, heldForever]);
    expect(byTimeLeft(heldForever, heldForever)).toBe(0);
  });
});

describe('a sweep', () => {
  const sweep = (more: Partial<Sweep>): Sweep =>
    ({ due: 3, skipped: 3, purged: 0, warned: 0, expired: 0, retold: 0, failed: 0, complete: true, ...more }) as Sweep;

  test.each([
    [
      'says what it did and not what needed nothing',
      sweep({ purged: 1200, failed: 1 }),
      '1,200 purged, 1 failed',
      false,
    ],
    ['has nothing to do where all is skipped', sweep({}), 'nothing to do', true],
    ['is not idle while it is not complete', sweep({ complete: false }), 'nothing to do', false],
    ['says what held it', sweep({ held: { reason: 'ClockSkew', detail: '' } }), 'held: clock skew', false],
  ])('%s', (_, one, words, idle) => {
    expect(summary(one)).toBe(words);
    expect(isIdle(one)).toBe(idle);
  });

  test('that is dry says what it would do', () => {
    const items = (['purge', 'purge', 'warn'] as const).map((action) => ({ vault: 'v', item: 'i', action, why: '' }));
    expect(intended(sweep({ items }))).toBe('purge 2, warn 1');
    expect(intended(sweep({ items: [] }))).toBe('nothing is due');
  });
});

test.each([
  ['contoso~sql-01~DeleteBackupData~1', { what: 'Delete backup data', vault: 'contoso', item: 'sql-01' }],
  ['contoso~~Digest~3', { what: 'Digest', vault: 'contoso' }],
  ['~~MassPurgeHeld~x', { what: 'Mass purge held', vault: null }],
  ['nonsense', undefined],
  [null, undefined],
])('the alert %s is told in words', (id, words) => expect(alertWords(id)).toEqual(words));

describe('a caller is offered what the roles allow', () => {
  const may = (roles: readonly string[] | undefined) =>
    (['Reader', 'Operator', 'Contributor', 'GuardAdmin'] as const).filter((role) => mayAs(roles, role));

  test.each([
    [['Reader'], ['Reader']],
    [['Operator'], ['Reader', 'Operator']],
    [['Contributor'], ['Reader', 'Operator', 'Contributor']],
    [['GuardAdmin'], ['GuardAdmin']],
    [['constructor'], []],
    [undefined, ['Reader', 'Operator', 'Contributor', 'GuardAdmin']],
  ])('%j', (roles, offered) => expect(may(roles)).toEqual(offered));

  test('by the claims of a token, as far as they can be read', () => {
    const token = (claims: object) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.s`;
    expect(rolesIn(token({ name: 'ÄÖ>?', roles: ['Reader'] }))).toEqual(['Reader']);
    expect(rolesIn(token({}))).toEqual([]);
    expect(rolesIn(token({ roles: 'Reader' }))).toBeUndefined();
    expect(rolesIn('opaque')).toBeUndefined();
  });

  test('and a local run has a person for each kind', () => {
    expect(new Set(CALLERS.flatMap(({ roles }) => roles))).toEqual(
      new Set(['Reader', 'Operator', 'Contributor', 'GuardAdmin']),
    );
    expect(new Set(CALLERS.map(({ id }) => id)).size).toBe(CALLERS.length);
  });
});
