import { expect, test } from 'vitest';
import { hashOf, placeOf } from '../../portal/router.ts';

test('an address leads back to where it was made', () => {
  const path = ['vaults', 'contoso', 'items', 'sql 01/ä'];
  expect(placeOf(hashOf(path, { tab: 'history', none: '' }))).toEqual({ path, query: { tab: 'history' } });
});

test('no address, and one that is no encoding, lead somewhere', () => {
  expect(placeOf('')).toEqual({ path: [], query: {} });
  expect(placeOf('#/vaults/%E0%A4%A')).toEqual({ path: ['vaults', '%E0%A4%A'], query: {} });
});
