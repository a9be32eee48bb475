/** What another service could not do is no fault of the caller's: he is told to ask again. What went wrong here is told without a word of it. */
import { RestError } from '@azure/core-rest-pipeline';
import { expect, test } from 'vitest';
import { Unanswered } from '../../src/core/problems.ts';
import { serviceInMemory } from './serviceInMemory.ts';

test.each([
  ['an identity provider that does not answer', new Unanswered('no answer'), 503, 'ServiceUnavailable', '5'],
  ['storage that does not answer', new RestError('no answer'), 503, 'ServiceUnavailable', '5'],
  ['a fault of ours that speaks of asking', new Error('could not be asked'), 500, 'InternalError', null],
])('%s', async (_, error, status, code, wait) => {
  const service = serviceInMemory({ identify: () => Promise.reject(error) });
  const answer = await service.fetch(`${service.api}/api/vaults`, {});
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error: { code } });
  expect(answer.headers.get('retry-after')).toBe(wait);
});
