import { expect, test } from 'vitest';
import { needsFactor } from '../../src/core/settings.ts';
import { refusalReply } from '../../src/http/refusal.ts';

const RFC9470 = 'Bearer error="insufficient_user_authentication", acr_values="c1", max_age="600"';
const challengeOf = (code: 'StepUpRequired' | 'SecurityPinRequired', takesClaims?: true) =>
  refusalReply(needsFactor(code).refusal, null, 'c1', takesClaims).headers?.['www-authenticate'];

test('a missing second factor is asked for as RFC 9470 says', () => {
  expect(challengeOf('StepUpRequired')).toBe(RFC9470);
  expect(challengeOf('SecurityPinRequired', true)).toBeUndefined();
});

test('and in Microsoft Entra’s way too of a client that takes it', () => {
  const challenge = challengeOf('StepUpRequired', true) ?? '';
  expect(challenge.startsWith(`${RFC9470}, Bearer error="insufficient_claims", claims="`)).toBe(true);
  const claims = /claims="([^"]+)"/.exec(challenge)?.[1] ?? '';
  expect(JSON.parse(Buffer.from(claims, 'base64').toString())).toEqual({
    access_token: { acrs: { essential: true, value: 'c1' } },
  });
});
