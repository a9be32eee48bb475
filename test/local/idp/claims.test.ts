import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { claimsOf, TokenWish } from '../../../local/idp/claims.ts';
import { ROOT } from '../../support/launch.ts';

const NOW = 1_800_000_000;
const claims = (wish: object) => claimsOf(TokenWish.parse({ sub: 'ada', ...wish }), 'http://issuer', NOW);

describe('the claims of a local token', () => {
  test('say that a person is one: a scope, and the application of a local run', () => {
    expect(claims({ roles: ['Reader'], mfa: true })).toEqual({
      ...{ ver: '2.0', iss: 'http://issuer', aud: 'api://reprieve', sub: 'ada', oid: 'ada', tid: 'local' },
      ...{ roles: ['Reader'], iat: NOW, nbf: NOW, exp: NOW + 3600 },
      ...{ scp: 'access', azp: 'reprieve-local', auth_time: NOW, acrs: ['c1'] },
    });
  });

  test('say that an app is one: idtyp, and neither scope nor sign-in, whatever is wished', () => {
    const app = claims({ appOnly: true, mfa: true });
    expect(app).toMatchObject({ ver: '2.0', idtyp: 'app' });
    for (const name of ['scp', 'azp', 'acrs', 'auth_time']) expect(app).not.toHaveProperty(name);
  });

  test('take what is wished last, and null removes one', () => {
    expect(claims({ claims: { scp: 'access other', azp: null, extra: { deep: [1] } } })).toMatchObject({
      ...{ scp: 'access other', extra: { deep: [1] } },
    });
    expect(claims({ claims: { azp: null } })).not.toHaveProperty('azp');
  });

  test('are, of those that Entra gives out only when asked, those that infra/entra.sh asks for', () => {
    const asked = JSON.parse(readFileSync(join(ROOT, 'infra', 'optionalClaims.json'), 'utf8')).accessToken;
    const optional = ['acrs', 'auth_time', 'idtyp'];
    const given = [claims({ mfa: true }), claims({ appOnly: true })].flatMap(Object.keys);
    expect(asked.map(({ name }: { readonly name: string }) => name)).toEqual(optional);
    expect(new Set(given.filter((name) => optional.includes(name)))).toEqual(new Set(optional));
  });
});
