import { expect, test } from 'vitest';
import { deleteGuard, putGuard } from '../../../src/flows/guards/guards.ts';
import { linkGuard, unlinkGuard } from '../../../src/flows/guards/links.ts';
import { NO_PROOF } from '../../../src/flows/story/plan.ts';
import { aHead, aVault } from '../../support/builders.ts';
import { alertsOf, decided, held, planned } from '../../support/decide.ts';
import { aGuard } from '../../support/guards.ts';

const PLACE = { vault: 'Contoso' };
const GUARD = { guard: 'g' };
const COUNTS = { protected: 0, stopped: 0, softDeleted: 0 };
const guard = aGuard({ excludedOperations: ['stopProtection'] });

test('a guard that would not change is answered as it is', () => {
  const ask = { excludedOperations: ['stopProtection'] } as const;
  expect(decided(putGuard, GUARD, ask, { guard: held(guard) })).toEqual({ unchanged: { guard, created: false } });
  expect(planned(decided(putGuard, GUARD, ask, { guard: null }))).toMatchObject({
    guard: { name: 'g', createdBy: { oid: 'somebody' }, etag: 'id-1' },
    answer: { created: true },
  });
});

test('the history tells of the deletion of a guard before the guard is gone', () => {
  const remove = (read: object) => decided(deleteGuard, GUARD, undefined, { guard: held(guard), ...read });
  const uses = (guarded: object, more = false) => ({ uses: { guarded, more } });
  const inUse = (facts: object) => ({ refusal: { code: 'GuardInUse', facts } });
  expect(remove({})).toEqual({ need: 'uses' });
  expect(remove(uses([{ vault: aVault() }]))).toMatchObject(inUse({ vaults: ['Contoso'] }));
  expect(remove(uses([{ vault: aVault() }], true))).toMatchObject(inUse({ vaults: ['Contoso'], more: true }));
  expect(remove(uses([{ vault: null }]))).toMatchObject(inUse({ vaults: [] }));
  expect(remove(uses([]))).toMatchObject({
    step: { entries: [{ operation: 'DeleteGuard' }], alerts: [{ now: { type: 'GuardWeakened' } }] },
  });
  expect(remove({ ...uses([]), told: true })).toMatchObject({ line: { line: 'removeGuard', guard: held(guard) } });
});

test('a vault is on the list of its guard before it is guarded', () => {
  const link = (read: object, over = {}) => decided(linkGuard, PLACE, GUARD, { head: aHead(), ...read }, over);
  const ready = { guard: held(guard), secondFactor: NO_PROOF, counts: COUNTS };
  expect(link({})).toEqual({ need: 'guard' });
  expect(link({ guard: held(guard) })).toEqual({ need: 'secondFactor' });
  expect(link(ready)).toMatchObject({ step: { line: 'guardLink', guard: 'g', vault: 'Contoso' } });
  const plan = planned(link({ ...ready, listed: true }));
  expect(plan).toMatchObject({ vault: { guard: 'g', etag: 'id-1' }, facts: { before: null, after: 'g' } });
  expect(alertsOf(plan)).toEqual([]);
});

test('everybody hears of it when a vault loses its guard', () => {
  const read = { head: aHead(aVault({ guard: 'g' })), approval: NO_PROOF, secondFactor: NO_PROOF, counts: COUNTS };
  const plan = planned(decided(unlinkGuard, PLACE, undefined, read));
  expect(plan.vault?.guard).toBeNull();
  expect(alertsOf(plan)).toEqual(['MuaDisabled']);
  expect(decided(unlinkGuard, PLACE, undefined, { ...read, head: aHead() })).toMatchObject({
    refusal: { code: 'GuardNotFound' },
  });
});
