import { expect, test } from 'vitest';
import { type Problem, ReprieveError } from '../../client/client.ts';
import { act } from '../../portal/parts/act.ts';
import { adviceFor, isLostRace } from '../../portal/words/advice.ts';

const problem = (code: string, more: Partial<Problem> = {}) =>
  new ReprieveError({ status: 409, code: code as Problem['code'], message: `It is ${code}.`, ...more });

test('advice is for what is known, and for how long to wait', () => {
  expect(adviceFor(problem('PreconditionFailed'))).toContain('shows what is true now');
  expect(adviceFor(problem('TooManyAttempts', { retryAfterSeconds: 30 }))).toBe('Try again in 30 seconds.');
  expect(adviceFor(problem('constructor'))).toBeUndefined();
  expect(isLostRace(problem('PreconditionFailed'))).toBe(true);
  expect(isLostRace(problem('Forbidden'))).toBe(false);
});

/** What happens on the page after an answer: what it says, and whether it is read again. */
async function after(answer: Parameters<typeof act<string>>[1] extends Promise<infer A> ? A : never) {
  const seen: string[] = [];
  const context = {
    refresh: () => seen.push('refresh'),
    say: (text: string, tone: string) => seen.push(`${tone}: ${text}`),
  };
  const left = await act<string>(context, Promise.resolve(answer), (value) => `${value} is done.`);
  return { seen, left };
}

test('after a change the page is read again, and says what was done', async () => {
  expect(await after({ ok: true, value: 'It' })).toEqual({
    seen: ['refresh', 'success: It is done.'],
    left: undefined,
  });
});

test.each(['ObjectLocked', 'VaultNotFound', 'Forbidden'])(
  'after the refusal %s the page is read again too',
  async (code) => {
    const refusal = problem(code);
    expect(await after({ ok: false, problem: refusal })).toEqual({ seen: ['refresh'], left: refusal });
  },
);

test('a lost race is told on the page, because to repeat it makes no sense', async () => {
  const { seen, left } = await after({ ok: false, problem: problem('ItemSoftDeleted') });
  expect(seen).toEqual(['refresh', 'warning: It is ItemSoftDeleted. Undelete it first.']);
  expect(left).toBeUndefined();
});

test.each([0, 503])('a service that gave no answer (%d) says nothing about the page, which stays', async (status) => {
  expect((await after({ ok: false, problem: problem('Unreachable', { status }) })).seen).toEqual([]);
});
