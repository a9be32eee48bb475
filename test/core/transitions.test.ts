import { describe, expect, test } from 'vitest';
import { ITEM_STATES } from '../../src/core/item.ts';
import { traitsOf } from '../../src/core/kinds.ts';
import { type Circumstances, decide, deletionVerb } from '../../src/core/lifecycle.ts';
import { PROBLEMS } from '../../src/core/problems.ts';
import { type Condition, EXCLUSIVE, type Step, TRANSITIONS, VERBS } from '../../src/core/transitions.ts';
import { WORKLOAD_NAMES } from '../../src/core/workloads.ts';
import { anItem, anOrder, aPolicy, aVault, later, NOON } from '../support/builders.ts';

/** For each question of the table circumstances in which the answer is yes, and in which it is no. */
const ANSWERS: {
  readonly [C in Condition]: { readonly [A in 'yes' | 'no']: Partial<Circumstances> & { item?: object } };
} = {
  sameProtection: { yes: { sameProtection: true }, no: { sameProtection: false } },
  samePolicy: { yes: { policy: aPolicy('daily') }, no: { policy: aPolicy('other') } },
  ageingAllowed: { yes: { vault: aVault({ immutability: 'Locked' }) }, no: { vault: aVault() } },
  wasUndeleted: { yes: { item: { undeleted: true } }, no: { item: { undeleted: false } } },
  windowOpen: { yes: { now: later(14, -1) }, no: { now: later(14) } },
  windowOver: { yes: { now: later(14) }, no: { now: later(14, -1) } },
  begunBefore: { yes: {}, no: { item: { order: anOrder() } } },
  untouched: { yes: { item: { order: anOrder() } }, no: { item: { order: anOrder({ isTouched: true }) } } },
  recoverable: { yes: { recover: true }, no: { recover: false } },
};

const STEPS = ITEM_STATES.flatMap((state) =>
  VERBS.map((verb) => ({ state, verb, step: TRANSITIONS[state][verb] as Step })),
);

const JOB = { id: 'j1', operation: 'Backup', startedAt: NOON };
const refusal = (code: string) => ({ ok: false, refusal: { code } });
const move = (step: Extract<Step, { to: string }>) => ({ ok: true, to: step.to, changes: step.idle !== true });

describe('decide obeys the table', () => {
  test.each(STEPS)('$verb while $state', ({ state, verb, step }) => {
    const ask = (more: Partial<Circumstances> & { item?: object } = {}) => {
      const { item, ...around } = more;
      return decide(verb, anItem(state, item), { now: NOON, vault: aVault(), ...around });
    };
    if ('refuse' in step) return expect(ask()).toMatchObject(refusal(step.refuse));
    if (!('onlyIf' in step)) return expect(ask()).toEqual(move(step));
    expect(ask(ANSWERS[step.onlyIf].yes)).toEqual(move(step));
    return expect(ask(ANSWERS[step.onlyIf].no)).toMatchObject(refusal(step.otherwise));
  });

  test('every refusal says what to do in words and has a status', () => {
    for (const { state, verb } of STEPS) {
      const decision = decide(verb, anItem(state), { now: NOON, vault: aVault() });
      if (decision.ok) continue;
      expect(decision.refusal.message.length).toBeGreaterThan(20);
      expect(PROBLEMS[decision.refusal.code]).toBe(409);
    }
  });

  test('undelete leads to Protected from nowhere, and nothing but undelete leads out of the trash to stopped', () => {
    for (const { state, verb, step } of STEPS) {
      if (!('to' in step)) continue;
      if (verb === 'undelete') expect(step.to).toBe('ProtectionStopped');
      if (state === 'SoftDeleted' && step.to === 'ProtectionStopped') expect(verb).toBe('undelete');
      if (state === 'Purging') expect(step.to).toBe(verb === 'reprieve' ? 'SoftDeleted' : 'Purging');
    }
  });
});

describe('a running job', () => {
  test.each(STEPS.filter(({ step }) => 'to' in step))('$verb while $state', ({ state, verb, step }) => {
    if (!('to' in step)) return;
    const around = 'onlyIf' in step ? ANSWERS[step.onlyIf].yes : {};
    const item = anItem(state, { ...around.item, activeJob: JOB });
    const decision = decide(verb, item, { now: NOON, vault: aVault(), ...around });
    const locked = EXCLUSIVE.has(verb) && !step.idle;
    expect(decision).toMatchObject(locked ? refusal('ObjectLocked') : { ok: true });
    if (!decision.ok) expect(decision.refusal.retryAfterSeconds).toBe(60);
  });

  test('a refusal of the state itself comes before the lock', () => {
    const item = anItem('SoftDeleted', { activeJob: JOB });
    expect(decide('stopRetain', item, { now: NOON })).toMatchObject(refusal('ItemSoftDeleted'));
  });
});

describe('which of the two deletions a stop with delete is', () => {
  const off = aVault({ softDelete: { state: 'Disabled', retentionDays: 14, retentionScope: 'ExtendExisting' } });
  const hybridOff = aVault({ hybrid: { state: 'Disabled', portalDeleteUnderAlwaysOn: 'block' } });
  const always = aVault({
    softDelete: { state: 'AlwaysOn', retentionDays: 14, retentionScope: 'ExtendExisting' },
    hybrid: { state: 'AlwaysOn', portalDeleteUnderAlwaysOn: 'block' },
  });

  test.each(WORKLOAD_NAMES)('the switch of its class decides for %s', (workload) => {
    const item = anItem('Protected', { workload });
    const hybrid = traitsOf({ workload }).class === 'Hybrid';
    expect(deletionVerb(item, aVault())).toBe('softDelete');
    expect(deletionVerb(item, always)).toBe('softDelete');
    expect(deletionVerb(item, off)).toBe(hybrid ? 'softDelete' : 'hardDelete');
    expect(deletionVerb(item, hybridOff)).toBe(hybrid ? 'hardDelete' : 'softDelete');
  });

  test.each(WORKLOAD_NAMES)('the operational tier of %s is gone at once, whatever the vault says', (workload) => {
    expect(deletionVerb(anItem('Protected', { workload, tier: 'Operational' }), always)).toBe('hardDelete');
  });
});
