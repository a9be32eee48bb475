import { expect, test } from 'vitest';
import { problemOf } from '../../portal/api/problem.ts';
import { adviceFor, isLostRace } from '../../portal/words/advice.ts';

const headers = (given: Record<string, string> = {}) => new Headers(given);

test("the API's own words are kept, with what to name when asking for help", () => {
  const body = {
    error: {
      code: 'InvalidRequest',
      message: 'The body is not right.',
      details: [{ code: 'InvalidRequest', target: '$.until', message: 'must be a time' }, 'nonsense'],
      innererror: { azureCode: '1' },
    },
  };
  expect(problemOf(400, body, headers({ 'x-ms-request-id': 'r-1' }))).toEqual({
    status: 400,
    code: 'InvalidRequest',
    message: 'The body is not right.',
    details: [{ code: 'InvalidRequest', target: '$.until', message: 'must be a time' }],
    facts: { azureCode: '1' },
    retryAfterSeconds: undefined,
    requestId: 'r-1',
  });
});

test('what stands between may answer in other words', () => {
  expect(problemOf(502, undefined, headers())).toMatchObject({
    code: 'Http502',
    message: expect.stringContaining('502'),
  });
});

test('advice is for what is known, and for how long to wait', () => {
  const of = (code: string, wait: Record<string, string> = {}) => problemOf(409, { error: { code } }, headers(wait));
  expect(adviceFor(of('PreconditionFailed'))).toContain('read anew');
  expect(adviceFor(of('TooManyAttempts', { 'retry-after': '30' }))).toBe('Try again in 30 seconds.');
  expect(adviceFor(of('constructor'))).toBeUndefined();
  expect(isLostRace(of('PreconditionFailed'))).toBe(true);
  expect(isLostRace(of('Forbidden'))).toBe(false);
});
