import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ALERT_TYPES, type AlertType } from '../../src/core/alertTypes.ts';
import { plain } from '../../src/letters/facts.ts';
import { letter } from '../../src/letters/letter.ts';
import { anAlert, anOccasion } from './examples.ts';

test('facts that nobody named are never printed, least of all secrets', () => {
  const secret = fc.constantFrom(
    'pin',
    'securityPin',
    'token',
    'accessToken',
    'secret',
    'key',
    'accountKey',
    'connectionString',
    'authorization',
    'password',
    'anything',
  );
  fc.assert(
    fc.property(fc.constantFrom<AlertType>(...ALERT_TYPES), secret, (type, name) => {
      const occasion = anOccasion(anAlert(type, { [name]: 'h0pe-nobody-sees-me' }), {
        members: [anAlert(type, { [name]: 'h0pe-nobody-sees-me' })],
      });
      expect(Object.values(letter(occasion)).join()).not.toContain('h0pe-nobody-sees-me');
    }),
  );
});

test('secrets pasted into a comment are taken out', () => {
  const pasted =
    'DefaultEndpointsProtocol=https;AccountKey=c2VjcmV0==;x and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln ok';
  const written = letter(anOccasion(anAlert('DeleteBackupData', { comment: pasted })));
  for (const part of Object.values(written)) expect(part).not.toMatch(/c2VjcmV0|eyJhbGci/);
  expect(plain(pasted)).toContain('ok');
});
