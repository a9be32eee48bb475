import { describe, expect, test } from 'vitest';
import { START } from '../../../src/core/evidence.ts';
import type { Item } from '../../../src/core/item.ts';
import type { SettingsPatch } from '../../../src/core/settings.ts';
import { NO_TALLY, plus, tallyOf } from '../../../src/core/tally.ts';
import { NO_PROOF } from '../../../src/flows/story/plan.ts';
import { deletePolicy, type PutPolicy, putPolicy } from '../../../src/flows/vaults/policies.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { aHead, anItem, aPolicy, aVault } from '../../support/builders.ts';
import { alertsOf, decided, planned } from '../../support/decide.ts';
import { CONTRIBUTOR } from '../../support/world.ts';

const PLACE = { vault: 'Contoso' };
const COUNTS = { protected: 1, stopped: 0, softDeleted: 0 };
const UNUSED = { counts: { protected: 0, stopped: 0, softDeleted: 0 }, names: [] };
const USED = { counts: COUNTS, names: ['sql-01'] };
/** A head that knows what the vault holds. */
const counted = (...items: readonly Item[]) => ({ ...aHead(), tally: items.map(tallyOf).reduce(plus, NO_TALLY) });
const user = anItem('Protected', { policy: 'daily', workload: 'AzureVM' });
const WITHOUT_FACTOR = { caller: { ...CONTRIBUTOR, secondFactor: false } };

describe('a vault', () => {
  const put = (patch: SettingsPatch, read: object, over = {}, mustExist = false) =>
    decided(putVault, PLACE, { patch, mustExist }, read, over);

  test('is made in this order: what is left of an old one, the directory, the head', () => {
    const patch = { kind: 'RecoveryServices', alerts: { owners: ['ada@contoso.com'] } } as const;
    const read = { head: null };
    expect(put(patch, read)).toEqual({ need: 'behind' });
    expect(put(patch, { ...read, behind: START })).toMatchObject({
      step: { line: 'vault', vault: 'Contoso', id: 'id-1' },
    });
    const plan = planned(put(patch, { ...read, listed: 'id-0', behind: START }));
    expect(plan).toMatchObject({
      operation: 'CreateVault',
      behind: START,
      vault: { name: 'Contoso', id: 'id-0', version: 1, etag: 'id-1' },
      answer: { created: true },
    });
    expect(alertsOf(plan)).toEqual(['Welcome']);
  });

  test.for([
    ['PATCH', true, {}, 'VaultNotFound'],
    ['PATCH with an etag', true, { ifMatch: ['x'] }, 'VaultNotFound'],
    ['PUT with an etag', false, { ifMatch: ['x'] }, 'PreconditionFailed'],
    ['PUT without a kind', false, {}, 'InvalidRequest'],
  ] as const)('that is not there, %s', ([, mustExist, over, code]) => {
    expect(put({}, { head: null }, over, mustExist)).toMatchObject({ refusal: { code } });
  });

  test('that would not change is answered as it is', () => {
    const head = aHead();
    const { softDelete } = head.vault;
    expect(put({ softDelete }, { head, counts: COUNTS })).toMatchObject({ unchanged: { vault: head.vault } });
  });

  test('whose soft delete is turned off: counts, approval, second factor, then the plan', () => {
    const patch: SettingsPatch = { softDelete: { state: 'Disabled' } };
    const read = { head: aHead() };
    expect(put(patch, read)).toEqual({ need: 'counts' });
    expect(put(patch, { ...read, counts: COUNTS })).toMatchObject({ need: 'approval' });
    const shown = { counts: COUNTS, approval: NO_PROOF };
    expect(put(patch, { ...read, ...shown })).toMatchObject({ need: 'secondFactor' });
    const plan = planned(put(patch, { ...read, ...shown, secondFactor: NO_PROOF }));
    expect(plan.vault).toMatchObject({ softDelete: { state: 'Disabled' }, version: read.head.vault.version + 1 });
    expect(alertsOf(plan)).toEqual(['SoftDeleteDisabledForVault']);
  });

  test('whose hybrid security is turned off needs the second factor, and asks for it last', () => {
    const patch: SettingsPatch = { hybrid: { state: 'Disabled' } };
    const read = { head: aHead(), counts: COUNTS };
    expect(put(patch, read)).toMatchObject({ need: 'approval' });
    expect(put(patch, { ...read, approval: NO_PROOF })).toMatchObject({ need: 'secondFactor' });
    const plan = planned(put(patch, { ...read, approval: NO_PROOF, secondFactor: NO_PROOF }));
    expect(alertsOf(plan)).toEqual(['DisableHybridSecurity']);
  });

  test('that becomes AlwaysOn: a token with a second factor, and a warning for each registered server', () => {
    const patch: SettingsPatch = { softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true };
    const servers = [
      { name: 'srv', kind: 'MARS', registration: 'Registered' },
      { name: 'old', kind: 'MARS', registration: 'Unregistered' },
    ];
    const read = { head: aHead(), counts: COUNTS };
    expect(put(patch, read)).toEqual({ need: 'servers' });
    const ready = { ...read, servers, approval: NO_PROOF };
    expect(put(patch, ready, WITHOUT_FACTOR)).toMatchObject({ refusal: { code: 'StepUpRequired' } });
    const { answer } = planned(put(patch, ready));
    expect(answer.warnings).toEqual([expect.stringContaining('MARS server srv is registered')]);
  });
});

describe('a policy', () => {
  const head = aHead(aVault(), aPolicy('daily', { daily: 30 }));
  const put = (ask: PutPolicy, read: object, over = {}) => decided(putPolicy, PLACE, ask, read, over);

  test('that is shortened is written with a new version of its vault, and somebody hears of it', () => {
    const ask = { name: 'daily', retention: { daily: 20 } };
    expect(put(ask, { head })).toMatchObject({ need: 'approval', weakened: [{ control: 'policy' }] });
    const facts = { guard: 'g' };
    const plan = planned(put(ask, { head, approval: { ...NO_PROOF, facts } }));
    expect(plan).toMatchObject({
      vault: { version: head.vault.version + 1, etag: head.vault.etag },
      putPolicy: { name: 'daily', retention: { daily: 20 }, etag: 'id-1' },
      facts: { policy: 'daily', before: '{"daily":30}', after: '{"daily":20}' },
    });
    expect(plan.alerts).toMatchObject([
      {
        now: { type: 'ModifyPolicyShorterRetention', facts: { guard: 'g', control: 'policy' } },
        told: [head.vault.alerts],
      },
    ]);
  });

  test('that loses a workload asks who uses it', () => {
    const ask = { name: 'daily', workloads: ['AzureFiles'] } as const;
    expect(put(ask, { head })).toEqual({ need: 'users' });
    expect(put(ask, { head, users: USED })).toMatchObject({ refusal: { code: 'PolicyInUse' } });
    expect(planned(put(ask, { head, users: UNUSED })).putPolicy).toMatchObject({ workloads: ['AzureFiles'] });
    // What is counted need not be asked for.
    expect(planned(put(ask, { head: counted() })).putPolicy).toMatchObject({ workloads: ['AzureFiles'] });
    expect(put(ask, { head: counted(user) })).toEqual({ need: 'users' });
    const other = anItem('Protected', { policy: 'daily', workload: 'AzureFiles' });
    expect(planned(put(ask, { head: counted(other) })).putPolicy).toMatchObject({ workloads: ['AzureFiles'] });
  });

  test('that is new needs all of it, and no etag', () => {
    expect(put({ name: 'new' }, { head })).toMatchObject({ refusal: { code: 'InvalidRequest' } });
    expect(put({ name: 'new' }, { head }, { ifMatch: ['*'] })).toMatchObject({
      refusal: { code: 'PreconditionFailed' },
    });
  });

  test('is retired before it is deleted, and kept if somebody chose it in time', () => {
    const remove = (read: object) => decided(deletePolicy, PLACE, { name: 'daily' }, read);
    const retired = aHead(aVault(), { ...aPolicy('daily'), retired: true });
    const stepTo = (is: boolean, operation: string) => ({
      step: { head: { putPolicy: { name: 'daily', retired: is } }, entries: [{ operation }] },
    });
    expect(remove({ head })).toEqual({ need: 'users' });
    expect(remove({ head, users: UNUSED })).toMatchObject(stepTo(true, 'RetirePolicy'));
    expect(remove({ head: counted() })).toMatchObject(stepTo(true, 'RetirePolicy'));
    expect(remove({ head: counted(user) })).toEqual({ need: 'users' });
    expect(remove({ head, users: USED })).toMatchObject({
      refusal: { code: 'PolicyInUse', facts: { count: 1, items: ['sql-01'], softDeletedOnly: false } },
    });
    expect(remove({ head: retired, users: USED })).toMatchObject(stepTo(false, 'KeepPolicy'));
    expect(planned(remove({ head: retired, users: UNUSED }))).toMatchObject({
      vault: retired.vault,
      dropPolicy: { name: 'daily' },
    });
    for (const decision of [remove({ head, users: UNUSED }), remove({ head: retired, users: USED })])
      expect(decision).not.toHaveProperty('leaves');
  });
});
