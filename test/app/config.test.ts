import { describe, expect, test } from 'vitest';
import { makeApp } from '../../src/app.ts';
import { readConfig, SETTINGS } from '../../src/config.ts';
import { configFrom } from '../support/config.ts';

const ON_AZURE = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';
const NAMED = 'DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0';
const endpoints = (host: string) =>
  [NAMED, ...['Blob', 'Queue', 'Table'].map((one, at) => `${one}Endpoint=http://${host}:${10_000 + at}/dev`)].join(';');
const ON_LOOPBACK = `${endpoints('127.0.0.1')};`;

const GOOD = {
  DATA_STORAGE: ON_AZURE,
  IDENTITY_ISSUER: 'https://login.example.com/tenant/v2.0',
  IDENTITY_AUDIENCE: 'api://reprieve',
  IDENTITY_JWKS: 'https://login.example.com/keys',
  PIN_PEPPER: 'a pepper that is known to nobody else',
  EVIDENCE_KEY: 'a key for histories that nobody else knows',
  MAIL_OPERATORS: 'ops@contoso.com',
  IDENTITY_CLIENTS: 'portal',
};

test.for([
  ['https://metrics.example.com/v1/metrics', true],
  ['http://127.0.0.1:4318/v1/metrics', true],
  ['', true],
  ['http://metrics.example.com/v1/metrics', false],
  ['file:///etc/passwd', false],
  ['nonsense', false],
] as const)('metrics to %o: %o', ([METRICS_ENDPOINT, good]) => {
  const read = () => configFrom({ ...GOOD, METRICS_ENDPOINT }).metricsEndpoint;
  if (good) expect(read()).toBe(METRICS_ENDPOINT || undefined);
  else expect(read).toThrow('METRICS_ENDPOINT');
});

test('what is given is read, and the rest has its defaults', () => {
  expect(configFrom(GOOD)).toMatchObject({
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
      configFrom(environment);
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
      'EVIDENCE_KEY',
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
      expect(configFrom({ ...GOOD, IDENTITY_JWKS: url }).identity.jwks).toBe(url);
    },
  );

  test.for([
    'http://login.example.com/keys',
    'http://127.0.0.1.example.com/',
    'ftp://127.0.0.2/',
    'data:,{"keys":[]}',
    '/keys',
  ])('are not fetched from %s, where they could be others on the way', (url) => {
    expect(() => configFrom({ ...GOOD, IDENTITY_JWKS: url })).toThrow('IDENTITY_JWKS');
  });
});

describe('the tenants whose tokens are taken', () => {
  const ids = ['2b7d41c0-55aa-4e0f-8f6e-0a9c3d1e7788', '9c1d7a52-3c1e-4b6f-9a3d-0d5e2f7b8c90'];
  const tenantsOf = (given: string | undefined) => configFrom({ ...GOOD, IDENTITY_TENANTS: given }).identity.tenants;

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

describe('the operators', () => {
  const given = (over: Record<string, string | undefined>) => () => configFrom({ ...GOOD, ...over });

  test.for([undefined, '', ' , '])('%j names none, and outside of a local run there must be some', (nobody) => {
    expect(given({ MAIL_OPERATORS: nobody })).toThrow(/MAIL_OPERATORS: is needed outside of a local run/);
  });

  test('of a local run have an address of their own, unless it names others', () => {
    const local = { DATA_STORAGE: ON_LOOPBACK, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    const operators = (named: string | undefined) => given({ ...local, MAIL_OPERATORS: named })().operators;
    expect(operators(undefined)).toEqual(['operators@reprieve.local']);
    expect(operators('a@contoso.com, b@contoso.com')).toEqual(['a@contoso.com', 'b@contoso.com']);
  });
});

describe('the applications by which people come', () => {
  const clientsOf = (over: Record<string, string | undefined>) => configFrom({ ...GOOD, ...over }).identity.clients;

  test('are listed by their ids, and demanded outside of a local run', () => {
    expect(clientsOf({ IDENTITY_CLIENTS: ' portal ,04b07795-8ddb-461a-bbee-02f9e1bf7b46' })).toEqual([
      'portal',
      '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
    ]);
    for (const none of [undefined, '', ' ', ',', 'portal,', 'portal;cli'])
      expect(() => clientsOf({ IDENTITY_CLIENTS: none })).toThrow('IDENTITY_CLIENTS');
    const local = { DATA_STORAGE: ON_LOOPBACK, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    expect(clientsOf({ ...local, IDENTITY_CLIENTS: undefined })).toEqual(['reprieve-local']);
  });

  test('use a scope, access unless another is named', () => {
    expect(configFrom(GOOD).identity.scope).toBe('access');
    expect(configFrom({ ...GOOD, IDENTITY_SCOPE: 'use' }).identity.scope).toBe('use');
    expect(() => configFrom({ ...GOOD, IDENTITY_SCOPE: 'access use' })).toThrow('IDENTITY_SCOPE');
  });
});

describe('the pepper of security PINs', () => {
  const given = (over: Record<string, string | undefined>) => () => configFrom({ ...GOOD, ...over });

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
    configFrom({ ...GOOD, DATA_STORAGE: storage, AZURE_FUNCTIONS_ENVIRONMENT: environment }).local;

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
    `${NAMED};TableEndpoint=http://127.0.0.1:10002/dev;EndpointSuffix=core.windows.net`,
    `${endpoints('127.0.0.1')};TableEndpoint=https://a.table.core.windows.net`,
    `${ON_AZURE};BlobEndpoint=http://127.0.0.1:10000/dev`,
    endpoints('127.0.0.1').replace('devstoreaccount1', 'real'),
    `AccountName=real;XTableEndpoint=http://127.0.0.1;TableEndpoint=http://127.0.0.1;AccountKey=YQ==`,
    `${endpoints('127.0.0.1')};SharedAccessSignature=sv=2024`,
    `${endpoints('127.0.0.1')};EndpointSuffix=core.windows.net`,
    `${endpoints('127.0.0.1')};AccountName=devstoreaccount1`,
    `${endpoints('127.0.0.1')};FileEndpoint=http://127.0.0.1:10003/dev`,
    `${endpoints('127.0.0.1')};;`,
    endpoints('127.0.0.1').replace(/;BlobEndpoint=[^;]*/, ''),
    'UseDevelopmentStorage=true;DevelopmentStorageProxyUri=http://evil.example',
  ])('is off for any other storage: %s', (storage) => {
    // what no SDK can read is wrong, and what is wrong is no local run
    const read = readConfig({ ...GOOD, DATA_STORAGE: storage, AZURE_FUNCTIONS_ENVIRONMENT: 'Development' });
    expect('wrong' in read ? false : read.local).toBe(false);
  });

  test.for(['Production', 'Staging', 'development', ''])('is off in the environment "%s"', (environment) => {
    expect(isLocal(ON_LOOPBACK, environment)).toBe(false);
  });

  test('is off where nobody says which environment it is', () => {
    expect(configFrom({ ...GOOD, DATA_STORAGE: ON_LOOPBACK }).local).toBe(false);
  });
});

describe('the portal that mails name', () => {
  const portal = (over: Record<string, string>) => configFrom({ ...GOOD, ...over }).mail.portal;

  test('is where the platform says that the app is', () => {
    expect(portal({ WEBSITE_HOSTNAME: 'reprieve.azurewebsites.net' })).toBe(
      'https://reprieve.azurewebsites.net/portal',
    );
    const local = { WEBSITE_HOSTNAME: 'localhost:7071', AZURE_FUNCTIONS_ENVIRONMENT: 'Development' };
    expect(portal({ ...local, DATA_STORAGE: ON_LOOPBACK })).toBe('http://localhost:7071/portal');
  });

  test('is not named where nobody says it', () => expect(portal({})).toBeNull());

  test('is a host and nothing more', () =>
    expect(() => portal({ WEBSITE_HOSTNAME: 'a.example/b" onclick="' })).toThrow('WEBSITE_HOSTNAME'));
});

describe('the key of delivery reports', () => {
  const keyOf = (over: Record<string, string>) => configFrom({ ...GOOD, ...over }).deliveryKey;

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
  const given = (over: Record<string, string | undefined>) => () => configFrom({ ...rest, ...SERVICES, ...over });

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
    [{ DATA_STORAGE__tableServiceUri: 'http://a.table.core.windows.net' }, 'DATA_STORAGE__tableServiceUri: must be a'],
    [{ DATA_STORAGE__credential: 'key' }, 'DATA_STORAGE__credential: must be'],
    [{ DATA_STORAGE: ON_AZURE }, 'DATA_STORAGE: has a key, so no service may be named beside it'],
  ] as const)('%o: %s', ([over, complaint]) => {
    expect(given(over)).toThrow(complaint);
  });

  test('without any storage both ways are named', () => {
    expect(() => configFrom(rest)).toThrow(/DATA_STORAGE: is needed, or in its place DATA_STORAGE__tableServiceUri/);
  });
});

describe('a name that begins like ours', () => {
  const unknown = (over: Record<string, string>) => configFrom({ ...GOOD, ...over }).unknown;

  test('and that nobody reads is told and stops nothing', () => {
    expect(unknown({ SWEEP_SHEDULE: 'x', MAIL_SENDR: 'y', DATA_STORAGE__accountName: 'a' })).toEqual([
      'SWEEP_SHEDULE',
      'MAIL_SENDR',
      'DATA_STORAGE__accountName',
    ]);
  });

  test('is left alone where the platform gives it, or where it is not like ours', () => {
    const platform = { IDENTITY_ENDPOINT: 'x', IDENTITY_HEADER: 'y', WEBSITE_SITE_NAME: 'z', FUNCTIONS_X: '' };
    expect(unknown({ ...platform, MAIL: '/var/mail', DATABASE: 'z', SWEEPER: 'a' })).toEqual([]);
  });

  test('is every one of ours, except what the platform gives', () => {
    const ours = Object.entries(SETTINGS.shape).filter(([, one]) => one.meta()?.['givenBy'] !== 'the platform');
    for (const [name] of ours) expect(unknown({ [`${name}_`]: 'x' })).toEqual([`${name}_`]);
  });
});

describe('a connection string', () => {
  const good = [
    'UseDevelopmentStorage=true',
    ON_AZURE,
    ON_LOOPBACK,
    `${ON_AZURE};`,
    `${NAMED};TableEndpoint=https://t.example.com/;QueueEndpoint=https://q.example.com/`,
  ];
  const bad = [
    ...['', ' ', 'nonsense', '=;=', 'usedevelopmentstorage=true', NAMED, ON_AZURE.toLowerCase()],
    ON_AZURE.replace('AccountName=a', 'AccountName='),
    ON_AZURE.replace('AccountName=a', 'AccountName=a b'),
    ON_AZURE.replace('=https', '=ftp'),
    ...['', '!!!', '===='].map((key) => ON_AZURE.replace('c2VjcmV0', key)),
    ...['', 'core windows', '/'].map((suffix) => ON_AZURE.replace('core.windows.net', suffix)),
    `${NAMED};TableEndpoint=http://127.0.0.1:10002/dev`,
    `${NAMED};TableEndpoint=x;QueueEndpoint=y`,
    'TableEndpoint=https://t.example.com/;QueueEndpoint=https://q.example.com/;SharedAccessSignature=x',
  ];

  test.for(good)('%s makes an app', (DATA_STORAGE) => {
    expect(() => makeApp(configFrom({ ...GOOD, DATA_STORAGE }))).not.toThrow();
  });

  test.for(bad)('"%s" is none, before an SDK throws at it', (DATA_STORAGE) => {
    expect(() => configFrom({ ...GOOD, DATA_STORAGE })).toThrow(/^DATA_STORAGE: must be a connection string/);
  });
});
