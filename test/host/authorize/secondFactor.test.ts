import { describe, expect, test } from 'vitest';
import { startService } from '../../support/service.ts';
import { anItem, aPoint, aServer, aVault, deletion, done, doorOf, fresh, refused } from '../support/door.ts';

const service = await startService();
const door = doorOf(service.api);
const roles = ['Contributor'];
const CHALLENGE = 'Bearer error="insufficient_user_authentication", acr_values="c1", max_age="600"';

const onPremises = async (settings: object = {}) => {
  const vault = await aVault(door);
  const server = await aServer(door, vault);
  const path = await anItem(door, vault, fresh('files'), { workload: 'MARS', server });
  await aPoint(door, path);
  const token = await service.token({ sub: 'ada', roles, mfa: true });
  if (Object.keys(settings).length > 0) await done(door('PATCH', `vaults/${vault}`, { body: settings, token }));
  return { vault, path };
};

/** The critical operations there are so far, each on something of its own; `changed` says whether it happened. */
const CRITICAL = {
  'deleting backups of a server': async () => {
    const { path } = await onPremises();
    return {
      ask: (token?: string) => door('POST', `${path}/stop`, { body: deletion(path), ...(token ? { token } : {}) }),
      changed: async () => (await door('GET', path)).body.state === 'SoftDeleted',
    };
  },
  'turning hybrid security off': async () => {
    const vault = await aVault(door);
    const body = { hybrid: { state: 'Disabled' } };
    return {
      ask: (token?: string) => door('PATCH', `vaults/${vault}`, { body, ...(token ? { token } : {}) }),
      changed: async () => (await door('GET', `vaults/${vault}`)).body.hybrid['state'] === 'Disabled',
    };
  },
} as const;

describe.for(Object.entries(CRITICAL))('%s', ([, make]) => {
  test.for([
    ['nobody in particular', undefined],
    ['somebody without one', { sub: 'ada', roles }],
    ['somebody whose sign-in is 601 seconds old', { sub: 'ada', roles, mfa: true, authAgeSeconds: 601 }],
    ['somebody who will sign in next year', { sub: 'ada', roles, mfa: true, authAgeSeconds: -86_400 }],
  ] as const)('demands a second factor of %s', async ([, who]) => {
    const { ask, changed } = await make();
    const answer = await ask(who && (await service.token(who)));
    expect(answer).toMatchObject(refused(401, 'StepUpRequired'));
    expect(answer.headers.get('www-authenticate')).toBe(CHALLENGE);
    expect(await changed()).toBe(false);
  });

  test.for([{}, { mfa: true }])('demands a PIN of an app (%j)', async (more) => {
    const { ask, changed } = await make();
    const answer = await ask(await service.token({ sub: 'app', roles, appOnly: true, ...more }));
    expect(answer).toMatchObject(refused(403, 'SecurityPinRequired'));
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect(await changed()).toBe(false);
  });

  test.for([0, 590])('is done with a second factor %s seconds old', async (authAgeSeconds) => {
    const { ask, changed } = await make();
    expect((await ask(await service.token({ sub: 'ada', roles, mfa: true, authAgeSeconds }))).status).toBe(200);
    expect(await changed()).toBe(true);
  });

  test('asks the role first: a second factor gives none', async () => {
    const { ask } = await make();
    const token = await service.token({ sub: 'op', roles: ['Operator'], mfa: true });
    expect(await ask(token)).toMatchObject(refused(403, 'Forbidden'));
  });
});

test('its age is about real time, wherever the service’s clock stands', async () => {
  const { ask } = await CRITICAL['turning hybrid security off']();
  await door('PUT', 'local/clock', { body: { offset: 'P30D' } });
  expect((await ask(await service.token({ sub: 'ada', roles, mfa: true }))).status).toBe(200);
  await door('PUT', 'local/clock', { body: { offset: 'PT0S' } });
});

test('a demand for it is in the history of the item', async () => {
  const { path } = await onPremises();
  await door('POST', `${path}/stop`, { body: deletion(path) });
  expect((await door('GET', `${path}/history`)).body.value[0]).toMatchObject({
    operation: 'StopDelete',
    outcome: 'Refused',
    code: 'StepUpRequired',
  });
});

test('stopping without deleting, undeleting and resuming need none', async () => {
  const { path } = await onPremises();
  expect((await door('POST', `${path}/stop`, { body: { mode: 'retain' } })).status).toBe(200);
  const token = await service.token({ sub: 'ada', roles, mfa: true });
  await done(door('POST', `${path}/stop`, { body: deletion(path), token }));
  expect((await door('POST', `${path}/undelete`, { body: {} })).status).toBe(200);
  expect((await door('POST', `${path}/resume`, { body: { policy: 'daily' } })).status).toBe(200);
});

test('cloud items need none, nor does anything once the switch is off', async () => {
  const token = await service.token({ sub: 'ada', roles, mfa: true });
  const { vault, path } = await onPremises();
  const cloud = await anItem(door, vault);
  expect((await door('POST', `${cloud}/stop`, { body: deletion(cloud) })).status).toBe(200);
  await done(door('PATCH', `vaults/${vault}`, { body: { hybrid: { state: 'Disabled' } }, token }));
  expect(await door('POST', `${path}/stop`, { body: deletion(path) })).toMatchObject({
    status: 200,
    body: { state: 'Purged', softDeleteApplied: false },
  });
  expect((await door('PATCH', `vaults/${vault}`, { body: { hybrid: { state: 'Enabled' } } })).status).toBe(200);
});

test('is asked for last: what is refused for another reason is refused for that', async () => {
  const immutable = await onPremises({ immutability: 'Unlocked' });
  expect(await door('POST', `${immutable.path}/stop`, { body: deletion(immutable.path) })).toMatchObject(
    refused(409, 'ImmutabilityBlocked'),
  );
  const always = await onPremises({ softDelete: { state: 'AlwaysOn' }, confirmAlwaysOn: true });
  expect(await door('POST', `${always.path}/stop`, { body: deletion(always.path) })).toMatchObject(
    refused(409, 'AlwaysOnForbidsPortalDelete'),
  );
  const busy = await onPremises();
  await done(door('POST', `${busy.path}/backup`, { body: {} }));
  expect(await door('POST', `${busy.path}/stop`, { body: deletion(busy.path) })).toMatchObject(
    refused(409, 'ObjectLocked'),
  );
});
