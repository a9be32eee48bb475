/** What a dry run lists, and that all of it is as the API document says: a kind of work that the document does not know would be refused here. */
import { expect, test } from 'vitest';
import { anItem, aVault, deletion, done } from '../host/support/door.ts';
import { serviceInMemory } from './serviceInMemory.ts';

// Nobody is told of anything: so the purge of what was deleted waits.
const { door, token } = serviceInMemory({ notices: { send: async () => undefined } });
const as = async (sub: string, role: string) => ({
  headers: { authorization: `Bearer ${await token({ sub, roles: [role], mfa: true })}` },
});

test('a dry run lists items, vaults and guards, each with what would be done about it', async () => {
  const [ada, kim] = [await as('ada', 'Contributor'), await as('kim', 'GuardAdmin')];
  const vault = await aVault(door);
  const alerts = { recipients: ['ops@example.com'] };
  await done(door('PATCH', `vaults/${vault}`, { body: { alerts } }));
  const item = await anItem(door, vault, 'untold');
  await done(door('POST', `${item}/stop`, { body: deletion(item) }));
  await done(door('PATCH', `vaults/${vault}`, { ...ada, body: { coolingOffHours: 24 } }));
  await done(door('PATCH', `vaults/${vault}`, { ...ada, body: { immutability: 'Unlocked' } }));
  await door('PATCH', `vaults/${vault}`, { ...ada, body: { immutability: 'Disabled' } });
  const gone = await aVault(door);
  await door('DELETE', `vaults/${gone}`, ada);
  await done(
    door('PUT', 'guards/g', {
      ...kim,
      body: { excludedOperations: ['removeHold'], quorum: 2, contacts: ['sec@example.com'] },
    }),
  );
  await done(door('PUT', `vaults/${vault}/guard`, { ...ada, body: { guard: 'g' } }));
  await door('PUT', 'guards/g', {
    ...kim,
    body: { excludedOperations: ['removeHold'], quorum: 1, contacts: ['sec@example.com'] },
  });
  await done(door('PUT', 'local/clock', { body: { offset: 'P20D' } }));

  const { body } = await door('POST', 'sweeps', { body: { dryRun: true } });
  expect(body).toMatchObject({
    items: expect.arrayContaining(
      [
        { vault, item: 'untold', action: 'wait' },
        { vault, item: null, action: 'apply' },
        { vault: gone, item: null, action: 'remove' },
        { vault: null, item: null, action: 'apply' },
      ].map((one) => expect.objectContaining(one)),
    ),
  });
});
