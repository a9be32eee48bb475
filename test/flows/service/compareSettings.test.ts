import { describe, expect, test } from 'vitest';
import { SETTINGS as OF_SERVICE } from '../../../src/config.ts';
import { SERVICE } from '../../../src/core/hints.ts';
import { SETTING_LEAVES } from '../../../src/core/leaves.ts';
import { compareSettings } from '../../../src/flows/service/compareSettings.ts';
import { configFrom } from '../../support/config.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables } from '../../support/tables.ts';
import { must, portsOver } from '../../support/world.ts';

const SETTINGS = { SWEEP_MAX_PURGES: '1000', IDENTITY_ISSUER: 'https://login/', MAIL_OPERATORS: 'old@contoso.com' };

/** The service as it starts with these operators; nothing but the store is the same from start to start. */
function starts(tables = memoryTables()) {
  const mute = { send: async () => undefined };
  return {
    start: (settings: Readonly<Record<string, string>>) => {
      const operators = (settings['MAIL_OPERATORS'] ?? '').split(',');
      return compareSettings(portsOver(tables, { notices: mute, operators }), settings);
    },
    alerts: async () => (await portsOver(tables).alerts.list(null, { limit: 10 })).found,
    history: () => historyIn(portsOver(tables), SERVICE, null),
  };
}

describe('the settings of the service', () => {
  test('are noted at the first start, and the same again is no news', async () => {
    const service = starts();
    await service.start(SETTINGS);
    await service.start(SETTINGS);
    expect(await service.alerts()).toEqual([]);
    expect(await service.history()).toEqual([]);
  });

  test('that differ are one entry and one alert, to the operators of before and of now', async () => {
    const service = starts();
    await service.start(SETTINGS);
    const now = { ...SETTINGS, SWEEP_MAX_PURGES: '1000000', MAIL_OPERATORS: 'new@contoso.com' };
    await service.start(now);
    await service.start(now);
    const [alert, ...more] = await service.alerts();
    expect(more).toEqual([]);
    const facts = {
      before: '{"SWEEP_MAX_PURGES":"1000","MAIL_OPERATORS":"old@contoso.com"}',
      after: '{"SWEEP_MAX_PURGES":"1000000","MAIL_OPERATORS":"new@contoso.com"}',
    };
    expect(must(alert)).toMatchObject({ type: 'ServiceSettingsChanged', vault: null, facts });
    expect(alert?.notifications).toMatchObject([
      { recipient: 'new@contoso.com', as: 'operator', status: 'Queued' },
      { recipient: 'old@contoso.com', as: 'operator', status: 'Queued' },
    ]);
    expect(await service.history()).toMatchObject([{ operation: 'ServiceSettingsChanged', facts }]);
  });

  test('of two instances that start at once one says so', async () => {
    const service = starts();
    await service.start(SETTINGS);
    const now = { ...SETTINGS, SWEEP_MAX_PURGES: '5' };
    await Promise.all([service.start(now), service.start(now), service.start(now)]);
    expect(await service.alerts()).toHaveLength(1);
  });

  test('that only newer code knows are noted, and are no change of anybody’s', async () => {
    const service = starts();
    await service.start(SETTINGS);
    await service.start({ ...SETTINGS, PURGE_NOTICE: 'PT24H' });
    expect(await service.alerts()).toEqual([]);
    await service.start({ ...SETTINGS, PURGE_NOTICE: 'PT0S' });
    expect((await service.alerts())[0]?.facts).toMatchObject({ after: '{"PURGE_NOTICE":"PT0S"}' });
  });
});

test('no secret is among them', () => {
  const secret = 'a secret that is known to nobody else at all';
  const { watched } = configFrom({
    DATA_STORAGE__tableServiceUri: 'https://data.table.core.windows.net',
    DATA_STORAGE__queueServiceUri: 'https://data.queue.core.windows.net',
    IDENTITY_ISSUER: 'https://login.example.com/',
    IDENTITY_AUDIENCE: 'api://reprieve',
    IDENTITY_JWKS: 'https://login.example.com/keys',
    IDENTITY_CLIENTS: 'portal',
    PIN_PEPPER: secret,
    EVIDENCE_KEY: secret,
    DELIVERY_WEBHOOK_KEY: secret,
    MAIL_OPERATORS: 'ops@contoso.com',
  });
  expect(Object.keys(watched).toSorted()).toEqual([
    ...['IDENTITY_AUDIENCE', 'IDENTITY_CLIENTS', 'IDENTITY_ISSUER', 'IDENTITY_JWKS', 'IDENTITY_SCOPE'],
    ...['IDENTITY_TENANTS', 'MAIL_OPERATORS'],
    ...['MAIL_PER_MINUTE', 'MAIL_PER_RECIPIENT_PER_HOUR', 'PURGE_NOTICE', 'PURGE_UNTOLD_MAX'],
    ...['STEP_UP_CONTEXT', 'SWEEP_MAX_PERCENT', 'SWEEP_MAX_PURGES', 'SWEEP_MAX_PURGES_PER_DAY'],
  ]);
  expect(JSON.stringify(watched)).not.toContain(secret);
});

test('every setting has a control that watches it, or a word that says why none does', () => {
  expect(Object.keys(SETTING_LEAVES).toSorted()).toEqual(Object.keys(OF_SERVICE.shape).toSorted());
});
