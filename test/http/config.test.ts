import { describe, expect, test } from 'vitest';
import { isSchedule, readConfig } from '../../src/config.ts';

const ON_AZURE = 'DefaultEndpointsProtocol=https;AccountName=a;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';
const endpoints = (host: string) =>
  ['Blob', 'Queue', 'Table'].map((one, at) => `${one}Endpoint=http://${host}:${10_000 + at}/dev`).join(';');
const ON_LOOPBACK = `DefaultEndpointsProtocol=http;AccountName=dev;AccountKey=c2VjcmV0;${endpoints('127.0.0.1')};`;

const GOOD = {
  DATA_STORAGE: ON_AZURE,
  IDENTITY_ISSUER: 'https://login.example.com/tenant/v2.0',
  IDENTITY_AUDIENCE: 'api://reprieve',
  IDENTITY_JWKS: 'https://login.example.com/keys',
};

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
