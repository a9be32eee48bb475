import { describe, expect, test } from 'vitest';
import { evidenceIn } from '../../cli/verify.ts';
import { ALERT_TYPES, type AlertType, kindOf } from '../../src/core/alertTypes.ts';
import type { Facts } from '../../src/core/caller.ts';
import { addDays, iso } from '../../src/core/time.ts';
import { letter } from '../../src/letters/letter.ts';
import { anAlert, anOccasion, DELETED, EXAMPLES, massItems, PORTAL } from './examples.ts';

const NONSENSE = /undefined|null|NaN|Invalid|\[object/;
/** The text as one line, so that a sentence is found wherever it was wrapped. */
const told = (occasion: Parameters<typeof letter>[0]): string => letter(occasion).text.replace(/\s+/g, ' ');
const both = (occasion: Parameters<typeof letter>[0]): readonly string[] => {
  const { html } = letter(occasion);
  const visible = html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"');
  return [told(occasion), visible.replace(/\s+/g, ' ')];
};

test('a letter ends with the entries that prove it, one a line, and none is broken', () => {
  const entry = (seq: number) => ({
    chain: `vault/contoso/item/${'long-name-'.repeat(6)}x`,
    seq,
    hash: 'ab'.repeat(32),
  });
  const [one, two] = [anAlert('DeleteBackupData'), anAlert('DeleteBackupData')].map((alert, at) => ({
    ...alert,
    evidence: entry(at + 2),
  }));
  if (!one || !two) throw new Error('there are two');
  const alone = letter(anOccasion(one));
  expect(evidenceIn(alone.text)).toEqual([entry(2)]);
  expect(evidenceIn(alone.html)).toEqual([entry(2)]);
  expect(alone.text.trimEnd().endsWith(`Evidence: ${entry(2).chain} 2 ${entry(2).hash}`)).toBe(true);
  const many = letter(anOccasion({ ...anAlert('MassDeletion'), members: ['a', 'b'] }, { members: [one, two] }));
  expect(evidenceIn(many.text)).toEqual([entry(2), entry(3)]);
  expect(letter(anOccasion(anAlert('Welcome'))).text).not.toContain('Evidence:');
});

describe.each(ALERT_TYPES)('%s', (type: AlertType) => {
  const bare = { ...anAlert(type), facts: {} };
  test.each([
    ['with all that is known', anOccasion(anAlert(type))],
    ['with nothing known', anOccasion(bare, { resourceGroup: null, portal: null, reminded: [] })],
    [
      'with facts that are null',
      anOccasion({ ...bare, facts: Object.fromEntries(Object.keys(anAlert(type).facts).map((name) => [name, null])) }),
    ],
    [
      'about nothing in particular',
      anOccasion({ ...bare, vault: null, item: null, generation: null }, { as: 'operator' }),
    ],
  ])('%s it is a whole letter', (_, occasion) => {
    const { subject, text, html } = letter(occasion);
    for (const part of [subject, text, html]) expect(part).not.toMatch(NONSENSE);
    expect(subject.startsWith(`[${kindOf(type).severity}] ${kindOf(type).event}`)).toBe(true);
    expect(text.replace(/\s+/g, ' ')).toContain(kindOf(type).recommendedAction);
    expect(text).toContain('You receive this because');
    expect(html).toContain('You receive this because');
    expect(html).toMatch(/<html lang="en"[\s\S]*name="viewport"[\s\S]*name="color-scheme" content="light dark"/);
    const page = new RegExp(`<a href="${PORTAL}#/[\\w./?=&;~-]+">`, 'g');
    const rest = html.replace(page, '').replaceAll(PORTAL, '');
    expect(rest).not.toMatch(/<(?:script|style|link|img|a|form|iframe)\b|https?:|url\(/i);
    expect(
      Math.max(
        ...text
          .split('\n')
          .filter((line) => line.includes(' ', 24))
          .map((line) => line.length),
      ),
    ).toBeLessThan(200);
  });
});

describe('the letter about a deletion', () => {
  const REQUIRED = [
    ...['6f1c2a58-0f4d-4c9e-9d1b-7c2f5b0e9a11', 'Contributor', 'portal', '203.0.113.24', '2026-11-02 09:14:31 UTC'],
    ...['contoso-prod', 'rg-backup-prod', 'sql-01', 'SQLInAzureVM', 'virtualMachines/sql-01'],
    ...['Protected → SoftDeleted', '60 days', '2027-01-01 09:14:31 UTC', 'Days left', '60 days left'],
    ...['42', '2026-05-06 09:14:31 UTC', '2026-11-01 09:14:31 UTC', 'Billing: 46 of the 60 days'],
    ...['undelete the item before it is purged', 'npx reprieve items undelete --vault contoso-prod --item sql-01'],
    ...['POST /api/vaults/contoso-prod/items/sql-01/undelete', 'Decommissioned', 'ticket OPS-1187'],
    ...['contoso-prod~sql-01~DeleteBackupData~3', '0b6e2f0c-9c0a-4f6e-a8b8-54a2d0b7c1de'],
    'You receive this because you are an owner of contoso-prod',
  ];

  test.each(REQUIRED)('says %s, as text and as HTML', (what) => {
    for (const part of both(anOccasion(anAlert('DeleteBackupData'), { as: 'owner' }))) expect(part).toContain(what);
  });

  test('has the evidence of a second factor and of an approval as yes or no', () => {
    const of = (facts: Facts) => told(anOccasion(anAlert('DeleteBackupData', { provedBy: null, ...facts })));
    expect(of({ secondFactor: true })).toMatch(/Second factor: yes Guard approval: no/);
    expect(of({ secondFactor: true, provedBy: 'pin' })).toContain('Second factor: yes, a security PIN');
    expect(of({ secondFactor: false, provedBy: 'pin' })).toContain('Second factor: no');
    expect(of({ grantedBy: ['somebody-else'] })).toContain('Guard approval: yes, by somebody-else');
    expect(of({ secondFactor: '123456' })).not.toContain('Second factor');
  });

  test('has a subject with the severity, the event, the item, the vault and the days left', () => {
    expect(letter(anOccasion(anAlert('DeleteBackupData'))).subject).toBe(
      '[Sev0] Backup data deleted: sql-01 in contoso-prod - 60 days left',
    );
  });

  test.each(['recipient', 'owner', 'operator'] as const)('tells a %s why it came', (as) => {
    expect(told(anOccasion(anAlert('DeleteBackupData'), { as }))).toMatch(
      new RegExp(`You receive this because .*${as}`),
    );
  });
});

describe('a purge', () => {
  const purged = (...days: readonly number[]) =>
    told(anOccasion(anAlert('PurgeComplete'), { reminded: days.map((one) => addDays(DELETED, one)) }));
  test('that nobody was reminded of says so', () => expect(purged()).toContain('No reminder of this purge went out'));
  test.each([
    [[58], 'went out on 2026-12-30 09:14:31 UTC.'],
    [[30, 53, 58], 'on 2026-12-02 09:14:31 UTC, 2026-12-25 09:14:31 UTC and 2026-12-30 09:14:31 UTC.'],
  ])('that was announced %j days after the deletion says when', (days, said) => {
    expect(purged(...days)).toContain(said);
    expect(purged(...days)).not.toContain('No reminder');
  });
});

describe('hybrid backups', () => {
  const of = (workload: string, over = {}) =>
    told(
      anOccasion(
        anAlert('DeleteBackupData', {
          hybrid: true,
          workload,
          retentionDays: 30,
          purgeAt: iso(addDays(DELETED, 30)),
          ...over,
        }),
      ),
    );

  test.each([
    ['MARS', 'in the MARS agent'],
    ['DPM', 'in the DPM console'],
    ['MABS', 'in the MABS console'],
  ])('of %s: how many days they stay, and to reprotect the server', (workload, where) => {
    expect(of(workload)).toContain('stay available for 30 days, until 2026-12-02 09:14:31 UTC');
    expect(of(workload)).toContain('reprotect the server within the window');
    expect(of(workload)).toContain(where);
  });
  test('without a date they are told all the same', () =>
    expect(of('MARS', { purgeAt: null })).toContain('stay available for 30 days; then'));
  test('cloud backups have no agent', () => expect(of('AzureVM', { hybrid: false })).not.toContain('reprotect'));
  test('among many deletions are pointed out', () => {
    const mass = (hybrid: boolean) => told(anOccasion(anAlert('MassDeletion', { hybrid, items: massItems(12) })));
    expect(mass(true)).toContain('reprotect those servers');
    expect(mass(false)).not.toContain('reprotect');
  });
});

test('a retention reads as words, and what was taken away as none', () => {
  expect(told(anOccasion(anAlert('ModifyPolicyShorterRetention')))).toContain(
    'Changed: daily 30, monthly 12 → daily 7',
  );
  expect(told(anOccasion(anAlert('MuaDisabled', { before: 'guard-1', after: null })))).toContain(
    'Changed: guard-1 → none',
  );
});

test('the letter about held purges shows no token', () => {
  const held = { ...anAlert('MassPurgeHeld'), id: '~~MassPurgeHeld~abc123token' };
  for (const part of Object.values(letter(anOccasion(held)))) expect(part).not.toContain('abc123token');
});

test('nor does the letter that says it could not be delivered', () => {
  const failed = anAlert('DeliveryFailed', { alert: '~~MassPurgeHeld~abc123token' });
  for (const part of Object.values(letter(anOccasion(failed)))) expect(part).not.toContain('abc123token');
  expect(told(anOccasion(failed))).toContain('Mail about: ~~MassPurgeHeld~…');
});

test('every example is a letter', () => {
  for (const occasion of Object.values(EXAMPLES)) expect(letter(occasion).text).not.toMatch(NONSENSE);
});

describe('a letter that asks for an answer says where it is given', () => {
  const pages = (occasion: Parameters<typeof letter>[0]) =>
    [...letter(occasion).html.matchAll(/<a href="([^"]*)">/g)].map(([, address]) => address);
  const pending = anAlert('WeakeningRequested');
  const ofGuard = { ...pending, vault: null, facts: { ...pending.facts, guard: 'security-team' } };

  test.each([
    [anOccasion(pending), 'npx reprieve changes cancel --vault contoso-prod --id 5dd1f353', 'vaults/contoso-prod'],
    [anOccasion(ofGuard), 'npx reprieve changes cancel --guard security-team --id 5dd1f353', 'approvals'],
    [anOccasion(ofGuard), 'npx reprieve changes approve --guard security-team --id 5dd1f353', 'approvals'],
    [anOccasion(anAlert('VaultDeleted')), 'npx reprieve vaults restore --vault contoso-prod', 'vaults'],
    [anOccasion(anAlert('GuardRequested')), 'npx reprieve grants approve --guard security-team', 'approvals'],
    [anOccasion(anAlert('DeleteBackupData')), 'npx reprieve items undelete', 'vaults/contoso-prod/items/sql-01'],
    [
      anOccasion(anAlert('MassDeletion', { items: massItems(3) })),
      'npx reprieve items undelete',
      'items?state=SoftDeleted&amp;vault=contoso-prod',
    ],
  ])('%#: by a command, and on a page of the portal', (occasion, command, page) => {
    expect(told(occasion)).toContain(command);
    expect(pages(occasion)).toEqual([`${PORTAL}#/${page}`]);
    expect(pages({ ...occasion, portal: null })).toEqual([]);
  });

  test('but not when it is too late', () => {
    const now = addDays(DELETED, 30);
    for (const type of ['WeakeningRequested', 'VaultDeleted'] as const) {
      expect(told(anOccasion(anAlert(type), { now }))).not.toContain('npx reprieve');
      expect(pages(anOccasion(anAlert(type), { now }))).toEqual([]);
    }
  });

  test('and nothing that is no plain name goes into a command or an address', () => {
    const bad = anAlert('WeakeningRequested', { change: 'x; rm -rf /' });
    const odd = { ...anAlert('VaultDeleted'), vault: 'a b"' };
    for (const one of [bad, odd]) expect(pages(anOccasion(one))).toEqual([]);
  });
});
