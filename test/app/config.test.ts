import { describe, expect, test } from 'vitest';
import { isSchedule, readConfig, SETTINGS } from '../../src/config.ts';

const ON_AZURE = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';
const endpoints = (host: string) =>
  ['Blob', 'Queue', 'Table'].map((one, at) => `${one}Endpoint=http://${host}:${10_000 + at}/dev`).join(';');
const ON_LOOPBACK = `DefaultEndpointsProtocol=http;AccountName=dev;AccountKey=c2VjcmV0;${endpoints('127.0.0.1')};`;

const GOOD = {
  DATA_STORAGE: ON_AZURE,
  IDENTITY_ISSUER: 'https://login.example.com/tenant/v2.0',
  IDENTITY_AUDIENCE: 'api://reprieve',
  IDENTITY_JWKS: 'https://login.example.com/keys',
  PIN_PEPPER: 'a pepper that is known to nobody else',
};

test.for([
  ['https://metrics.example.com/v1/metrics', true],
  ['http://127.0.0.1:4318/v1/metrics', true],
  ['', true],
  ['http://metrics.example.com/v1/metrics', false],
  ['file:///etc/passwd', false],
  ['nonsense', false],
] as const)('metrics to %o: %o', ([METRICS_ENDPOINT, good]) => {
  const read = () => readConfig({ ...GOOD, METRICS_ENDPOINT }).metricsEndpoint;
  if (good) expect(read()).toBe(METRICS_ENDPOINT || undefined);
  else expect(read).toThrow('METRICS_ENDPOINT');
});

test('what is given is read, and the rest has its defaults', () => {
  expect(readConfig(GOOD)).toMatchObject({
    storage: ON_AZURE,
    identity: {
      issuer: GOOD.IDENTITY_ISSUER,
      audience: 'api://reprieve',
      jwks: GOOD.IDENTITY_JWKS,
      stepUpContext: 'c1',
    },
    sweep: { schedule: '0 */5 * * * *', maxPurges: 1000 },
    local: false,
  });
});

describe('complaints', () => {
  const complaint = (environment: Record<string, string | undefined>): string => {
    try {
      readConfig(environment);
    } catch (error) {
      return String(error);
    }
    return 'none';
  };

  test('come all at once', () => {
    const said = complaint({ SWEEP_SCHEDULE: 'every day', STEP_UP_CONTEXT: '' });
    for (const name of [
      'DATA_STORAGE',
      'IDENTITY_ISSUER',
      'IDENTITY_AUDIENCE',
      'IDENTITY_JWKS',
      'PIN_PEPPER',
      'SWEEP_SCHEDULE',
      'STEP_UP_CONTEXT',
    ])
      expect(said).toContain(name);
  });

  test('name the setting and never what is in it', () => {
    const said = complaint({ ...GOOD, DATA_STORAGE: '', IDENTITY_JWKS: 'secret', SWEEP_SCHEDULE: 'AccountKey=secret' });
    expect(said).toMatch(/DATA_STORAGE.*IDENTITY_JWKS.*SWEEP_SCHEDULE/);
    expect(said).not.toContain('secret');
  });
});

describe('the keys of the issuer', () => {
  test.for(['https://login.example.com/keys', 'http://127.0.0.1:7073/jwks', 'http://localhost/jwks'])(
    'may come from %s',
    (url) => {
      expect(readConfig({ ...GOOD, IDENTITY_JWKS: url }).identity.jwks).toBe(url);
    },
  );

  test.for([
    'http://login.example.com/keys',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.2/',
    'data:,{"keys":[]}',
    '/keys',
  ])('are not fetched from %s, where they could be others on the way', (url) => {
    expect(() => readConfig({ ...GOOD, IDENTITY_JWKS: url })).toThrow('IDENTITY_JWKS');
  });
});

describe('the tenants whose tokens are taken', () => {
  const ids = ['2b7d41c0-55aa-4e0f-8f6e-0a9c3d1e7788', '9c1d7a52-3c1e-4b6f-9a3d-0d5e2f7b8c90'];
  const tenantsOf = (given: string | undefined) => readConfig({ ...GOOD, IDENTITY_TENANTS: given }).identity.tenants;

  test('are listed by their ids; without a list the issuer decides', () => {
    expect(tenantsOf(` ${ids[0]} ,${ids[1]?.toUpperCase()}`)).toEqual([ids[0], ids[1]?.toUpperCase()]);
    for (const none of [undefined, '', ' ']) expect(tenantsOf(none)).toEqual([]);
  });

  test.for(['contoso.com', `${ids[0]};${ids[1]}`, ',', `${ids[0]},`, `${ids[0]},*`])(
    '"%s" is no list of them',
    (text) => {
      // a slip must not let everyone in
      expect(() => tenantsOf(text)).toThrow('IDENTITY_TENANTS');
    },
  );
});

describe('the pepper of security PINs', () => {
  const given = (over: Record<string, string | undefined>) => () => readConfig({ ...GOOD, ...over });

  test('is demanded outside of a local run, long enough, and never shown', () => {
    expect(given({})).not.toThrow();
    expect(given({ PIN_PEPPER: undefined })).toThrow(/PIN_PEPPER/);
    expect(given({ PIN_PEPPER: '' })).toThrow(/PIN_PEPPER/);
    expect(given({ PIN_PEPPER: 'short' })).toThrow(/^(?!.*short).*PIN_PEPPER/);
    // the platform could not resolve it: everybody could guess such a pepper, and it is long enough
    const reference = '@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/pin-pepper/1)';
    expect(given({ PIN_PEPPER: reference })).toThrow(/PIN_PEPPER: .*not resolved/);
    expect(given({ DELIVERY_WEBHOOK_KEY: reference })).toThrow(/DELIVERY_WEBHOOK_KEY: .*not resolved/);
    expect(given({ PIN_PEPPER: undefined, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' })).toThrow(/PIN_PEPPER/);
  });

  test('is a fixed one in a local run, whatever is set', () => {
    const local = { DATA_STORAGE: ON_LOOPBACK, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    const [one, other] = [given({ ...local, PIN_PEPPER: undefined })(), given(local)()];
    expect(one.pinPepper).toBe(other.pinPepper);
    expect(one.pinPepper).not.toBe(GOOD.PIN_PEPPER);
  });
});

describe('local mode', () => {
  const isLocal = (storage: string, environment: string | undefined = 'Development') =>
    readConfig({ ...GOOD, DATA_STORAGE: storage, AZURE_FUNCTIONS_ENVIRONMENT: environment }).local;

  test.for(['UseDevelopmentStorage=true', ON_LOOPBACK, endpoints('localhost'), endpoints('[::1]')])(
    'is on for development storage on this machine: %s',
    (storage) => {
      expect(isLocal(storage)).toBe(true);
    },
  );

  test.for([
    ON_AZURE,
    endpoints('10.0.0.4'),
    endpoints('127.0.0.1.example.com'),
    endpoints('localhost.example.com'),
    endpoints('example.com/127.0.0.1'),
    endpoints('user@example.com'),
    endpoints('127.0.0.1@example.com'),
    endpoints('0.0.0.0'),
    endpoints('127.0.0.1:pw@example.com'),
    `${endpoints('127.0.0.1')};tableendpoint=https://a.table.core.windows.net`,
    'TableEndpoint=http://127.0.0.1:10002/dev;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net',
    'TableEndpoint=127.0.0.1;QueueEndpoint=127.0.0.1;BlobEndpoint=127.0.0.1',
    `${endpoints('127.0.0.1')};TableEndpoint=https://a.table.core.windows.net`,
    `${ON_AZURE};BlobEndpoint=http://127.0.0.1:10000/dev`,
    'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://example.com',
    'BlobEndpoint=https://a.blob.core.windows.net;SharedAccessSignature=x',
  ])('is off for any other storage: %s', (storage) => {
    expect(isLocal(storage)).toBe(false);
  });

  test.for(['Production', 'Staging', 'development', ''])('is off in the environment "%s"', (environment) => {
    expect(isLocal(ON_LOOPBACK, environment)).toBe(false);
  });

  test('is off where nobody says which environment it is', () => {
    expect(readConfig({ ...GOOD, DATA_STORAGE: ON_LOOPBACK }).local).toBe(false);
  });
});

describe('a schedule', () => {
  test.for(['0 */5 * * * *', '30 0 2 * * *', '0 0 0 1 1 *', '0 0 9-17 * * MON-FRI', '  0 0 2 * * *'])('%s', (text) => {
    expect(isSchedule(text)).toBe(true);
  });

  test.for([
    '',
    '* * * * *',
    '* * * * * * *',
    '61 * * * * *',
    '0 0 0 30 2 *',
    '@daily',
    'x x x x x x',
    '0 '.repeat(60),
  ])('"%s" is none', (text) => {
    expect(isSchedule(text)).toBe(false);
  });
});

describe('the key of delivery reports', () => {
  const keyOf = (over: Record<string, string>) => readConfig({ ...GOOD, ...over }).deliveryKey;

  test('is what is given; without one there is none', () => {
    expect(keyOf({ DELIVERY_WEBHOOK_KEY: 'k'.repeat(16) })).toBe('k'.repeat(16));
    expect(keyOf({})).toBeUndefined();
  });

  test.for(['', 'local', 'k'.repeat(15), 'k'.repeat(201)])('"%s" is none', (key) => {
    expect(() => keyOf({ DELIVERY_WEBHOOK_KEY: key })).toThrow('DELIVERY_WEBHOOK_KEY');
  });

  test('is known to everyone in local mode, and nowhere else', () => {
    const local = { DATA_STORAGE: ON_LOOPBACK, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    expect(keyOf({ ...local, DELIVERY_WEBHOOK_KEY: 'k'.repeat(16) })).toBe('local');
    expect(keyOf({ ...local, AZURE_FUNCTIONS_ENVIRONMENT: 'Production' })).toBeUndefined();
  });
});

describe('storage without a key', () => {
  const { DATA_STORAGE: _, ...rest } = GOOD;
  const SERVICES = {
    DATA_STORAGE__tableServiceUri: 'https://a.table.core.windows.net/',
    DATA_STORAGE__queueServiceUri: 'https://a.queue.core.windows.net/',
    DATA_STORAGE__credential: 'managedidentity',
    DATA_STORAGE__clientId: '11111111-1111-1111-1111-111111111111',
  };
  const given = (over: Record<string, string | undefined>) => () => readConfig({ ...rest, ...SERVICES, ...over });

  test('is where its services are, and who asks', () => {
    expect(given({})()).toMatchObject({
      storage: { tables: 'https://a.table.core.windows.net', queues: 'https://a.queue.core.windows.net' },
      clientId: SERVICES.DATA_STORAGE__clientId,
      local: false,
    });
    expect(given({ DATA_STORAGE__clientId: undefined })().clientId).toBeUndefined();
  });

  test('is never a local run', () => {
    expect(given({ AZURE_FUNCTIONS_ENVIRONMENT: 'Development' })().local).toBe(false);
  });

  test.for([
    [{ DATA_STORAGE__queueServiceUri: undefined }, 'DATA_STORAGE__queueServiceUri: is needed'],
    [{ DATA_STORAGE__tableServiceUri: undefined }, 'DATA_STORAGE__tableServiceUri: is needed'],
    [{ DATA_STORAGE__tableServiceUri: 'http://a.table.core.windows.net' }, 'DATA_STORAGE__tableServiceUri: Invalid'],
    [{ DATA_STORAGE__credential: 'key' }, 'DATA_STORAGE__credential: Invalid'],
    [{ DATA_STORAGE: ON_AZURE }, 'DATA_STORAGE: has a key, so no service may be named beside it'],
    [{ DATA_STORAGE__accountName: 'a' }, 'DATA_STORAGE__accountName: there is no such setting'],
  ] as const)('%o: %s', ([over, complaint]) => {
    expect(given(over)).toThrow(complaint);
  });

  test('without any storage both ways are named', () => {
    expect(() => readConfig(rest)).toThrow(/DATA_STORAGE: is needed, or in its place DATA_STORAGE__tableServiceUri/);
  });
});

describe('a name that begins like ours', () => {
  test('and that nobody reads stops the start, together with all else', () => {
    const wrong = { SWEEP_SHEDULE: 'x', MAIL_SENDR: 'y', PIN_PEPER: 'secret', STEP_UP_CONTEXT: '' };
    expect(() => readConfig({ ...GOOD, ...wrong })).toThrow(
      /^(?!.*secret).*STEP_UP_CONTEXT.*SWEEP_SHEDULE: there is no such setting.*MAIL_SENDR.*PIN_PEPER/,
    );
  });

  test('is left alone where the platform gives it, or where it is not like ours', () => {
    const others = { IDENTITY_ENDPOINT: 'x', IDENTITY_HEADER: 'y', MAIL: '/var/mail', DATABASE: 'z', SWEEPER: 'a' };
    expect(() => readConfig({ ...GOOD, ...others })).not.toThrow();
  });

  test('is every one of ours, except what the platform gives', () => {
    const slip = (name: string) => () => readConfig({ ...GOOD, [`${name}_`]: 'x' });
    const ours = Object.entries(SETTINGS.shape).filter(([, one]) => one.meta()?.['givenBy'] !== 'the platform');
    for (const [name] of ours) expect(slip(name)).toThrow(`${name}_: there is no such setting`);
  });
});
