import { createServer } from 'node:http';
import {
  type FunctionHandler,
  HttpRequest,
  InvocationContext,
  type StorageQueueFunctionOptions,
} from '@azure/functions';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { portOf } from '../../local/ports.ts';
import type { SETTINGS } from '../../src/config.ts';
import { type Functions, register } from '../../src/functions.ts';

type Name = keyof typeof SETTINGS.shape;
type Settings = Readonly<Record<string, string | undefined>>;

/** Whatever stands in it is right. */
const NEVER = Symbol('never wrong');

/** Something wrong for each setting; a setting without a row does not compile. */
const WRONG: { readonly [N in Name]: string | typeof NEVER } = {
  DATA_STORAGE: 'AccountName=wr0ng',
  DATA_STORAGE__tableServiceUri: 'http://wr0ng.table.core.windows.net',
  DATA_STORAGE__queueServiceUri: 'wr0ng',
  DATA_STORAGE__credential: 'wr0ng',
  DATA_STORAGE__clientId: '',
  IDENTITY_ISSUER: 'wr0ng',
  IDENTITY_AUDIENCE: '',
  IDENTITY_JWKS: 'http://wr0ng.example.com/keys',
  IDENTITY_TENANTS: 'wr0ng.example.com',
  IDENTITY_CLIENTS: 'wr0ng id',
  IDENTITY_SCOPE: 'wr0ng scope',
  STEP_UP_CONTEXT: '',
  EVIDENCE_KEY: 'wr0ng',
  PIN_PEPPER: 'wr0ng',
  SWEEP_SCHEDULE: '0 0 0 * * 7 wr0ng',
  SWEEP_MAX_PURGES: '0',
  SWEEP_MAX_PURGES_PER_DAY: '0',
  SWEEP_MAX_PERCENT: '101',
  PURGE_NOTICE: 'P31D',
  PURGE_UNTOLD_MAX: 'wr0ng',
  SWEEP_BUDGET_SECONDS: 'wr0ng',
  SWEEP_HTTP_BUDGET_SECONDS: '201',
  SWEEP_SPREAD_ABOVE: '1.5',
  SWEEP_IN_FLIGHT: '65',
  MAIL_CONNECTION_STRING: 'accesskey=wr0ng',
  MAIL_ENDPOINT: 'wr0ng',
  MAIL_SENDER: 'x',
  MAIL_PER_MINUTE: '-1',
  MAIL_PER_RECIPIENT_PER_HOUR: '-1',
  MAIL_OPERATORS: NEVER,
  DELIVERY_WEBHOOK_KEY: 'wr0ng',
  PORTAL_CLIENT_ID: '',
  METRICS_ENDPOINT: 'http://wr0ng.example.com/v1/metrics',
  WEBSITE_RESOURCE_GROUP: NEVER,
  WEBSITE_HOSTNAME: 'wr0ng host',
  AZURE_FUNCTIONS_ENVIRONMENT: NEVER,
};
const NAMES = Object.entries(WRONG).flatMap(([name, wrong]) => (wrong === NEVER ? [] : [{ name, wrong }]));

let asked = 0;
const everything = createServer((_, response) => {
  asked += 1;
  response.end();
});
let right: Settings;
let keyless: Settings;

beforeAll(async () => {
  await new Promise<void>((resolve) => everything.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${portOf(everything)}`;
  const identity = {
    IDENTITY_ISSUER: 'https://login.example.com/tenant/v2.0',
    IDENTITY_AUDIENCE: 'api://reprieve',
    IDENTITY_JWKS: `${origin}/keys`,
    PIN_PEPPER: 'a pepper that is known to nobody else',
    EVIDENCE_KEY: 'a key for histories that nobody else knows',
    MAIL_OPERATORS: 'ops@contoso.com',
    IDENTITY_CLIENTS: 'portal',
    MAIL_ENDPOINT: origin,
  };
  const services = ['Blob', 'Queue', 'Table'].map((service) => `${service}Endpoint=${origin}/dev`).join(';');
  right = {
    ...identity,
    DATA_STORAGE: `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0;${services}`,
  };
  keyless = {
    ...identity,
    DATA_STORAGE__tableServiceUri: 'https://a.table.core.windows.net',
    DATA_STORAGE__queueServiceUri: 'https://a.queue.core.windows.net',
  };
});
beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => undefined));
afterAll(() => {
  vi.restoreAllMocks();
  everything.close();
});

/** What main registers, under these settings. */
function registered(settings: Settings) {
  const doors = new Map<string, Parameters<Functions['http']>[1]>();
  const timers = new Map<string, Parameters<Functions['timer']>[1]>();
  const queues = new Map<string, StorageQueueFunctionOptions>();
  register(
    {
      http: (name, options) => void doors.set(name, options),
      timer: (name, options) => void timers.set(name, options),
      storageQueue: (name, options) => void queues.set(name, options as StorageQueueFunctionOptions),
      hook: { appStart: () => undefined, appTerminate: () => undefined } as unknown as Functions['hook'],
    },
    settings,
  );
  const ask = async (name: string, headers: Record<string, string> = {}) => {
    const request = new HttpRequest({ method: 'GET', url: 'http://localhost/api/x', headers });
    const response = await doors.get(name)?.handler(request, new InvocationContext());
    const {
      status,
      headers: sent,
      body,
    } = response as { status: number; headers: Record<string, string>; body: string };
    return { status, headers: sent, text: body, body: JSON.parse(body) };
  };
  return { doors, timers, queues, ask, sweep: timers.get('sweep') };
}

const targets = ({
  body,
}: {
  readonly body: { readonly error: { readonly details: readonly { target: string }[] } };
}) => body.error.details.map(({ target }) => target);

const fires = async (handler: FunctionHandler | undefined) => handler?.(undefined, new InvocationContext());

/** A service with a key, but where the setting belongs to one without. */
const around = (name: string): Settings => (name.startsWith('DATA_STORAGE__') ? keyless : right);

describe('with the right settings', () => {
  test('the timer, the queues and all doors are there', () => {
    for (const settings of [right, keyless]) {
      const { doors, sweep, queues } = registered(settings);
      expect(doors.size).toBeGreaterThan(60);
      expect(sweep?.schedule).toBe('0 */5 * * * *');
      expect([...queues.keys()]).toEqual([
        ...['sweepShard', 'sweepShardPoison'],
        ...['notify', 'notifyUrgent', 'notifyPoison', 'notifyUrgentPoison'],
      ]);
    }
  });

  test('a name that nobody reads ends nothing', () => {
    expect(registered({ ...right, SWEEP_SHEDULE: 'x' }).queues.size).toBe(6);
  });
});

describe('a setting that is wrong', () => {
  test.for(NAMES)('$name: every door names it, and nothing else', async ({ name, wrong }) => {
    const settings = { ...around(name), [name]: wrong };
    const { doors, queues, sweep, ask } = registered(settings);
    expect([...doors.keys()]).toEqual([...registered(around(name)).doors.keys()]);
    expect(queues.size).toBe(0);

    const said: string[] = vi.mocked(console.error).mock.calls.map(String);
    for (const door of doors.keys()) {
      const answer = await ask(door);
      said.push(answer.text);
      expect(answer.headers['x-ms-request-id']).toMatch(/^[0-9a-f-]{36}$/);
      if (door === 'live') expect(answer).toMatchObject({ status: 200, body: { status: 'ok' } });
      else if (door === 'ready') {
        const checks = [{ name: 'settings', status: 'fail', detail: expect.stringContaining(`${name} `) }];
        expect(answer).toMatchObject({ status: 503, body: { checks } });
      } else {
        expect(answer).toMatchObject({ status: 503, body: { error: { code: 'NotConfigured' } } });
        expect(targets(answer)).toEqual([name]);
      }
    }
    await expect(fires(sweep?.handler)).rejects.toThrow(name);
    expect(sweep).toMatchObject({ schedule: '0 */5 * * * *' });
    expect(sweep?.extraOutputs).toBeUndefined(); // it would need the storage that may be what is wrong
    expect(said.join('\n')).not.toMatch(/wr0ng|c2VjcmV0/);
  });

  test.for([
    ...(['IDENTITY_ISSUER', 'IDENTITY_AUDIENCE', 'IDENTITY_JWKS', 'IDENTITY_CLIENTS'] as const),
    ...(['PIN_PEPPER', 'EVIDENCE_KEY', 'DATA_STORAGE'] as const),
  ])('%s is needed', async (name) => {
    const answer = await registered({ ...right, [name]: undefined }).ask('listVaults');
    expect(targets(answer)).toEqual([name]);
    expect(answer.text).toContain(`${name} is needed`);
  });

  test('and another one: both are named', async () => {
    for (const [index, one] of NAMES.entries())
      for (const other of NAMES.slice(index + 1)) {
        const { queues, ask } = registered({ ...around(one.name), [one.name]: one.wrong, [other.name]: other.wrong });
        expect(queues.size).toBe(0);
        expect(targets(await ask('runSweep'))).toEqual(expect.arrayContaining([one.name, other.name]));
        expect((await ask('ready')).body.checks[0].detail).toMatch(new RegExp(`(?=.*${one.name} ).*${other.name} `));
        expect((await ask('live')).status).toBe(200);
      }
  });

  test('is told as a problem to those who prefer that, under their own id', async () => {
    const { ask } = registered({ ...right, SWEEP_MAX_PURGES: '0' });
    const answer = await ask('listVaults', { accept: 'application/problem+json', 'x-ms-client-request-id': 'mine' });
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-ms-client-request-id': 'mine',
    });
    expect(answer.body).toMatchObject({ status: 503, code: 'NotConfigured' });
  });

  test('leaves a right schedule to the timer', () => {
    expect(registered({ ...right, SWEEP_MAX_PURGES: '0', SWEEP_SCHEDULE: '0 0 3 * * *' }).sweep?.schedule).toBe(
      '0 0 3 * * *',
    );
  });
});

test('nobody was asked for anything', () => {
  expect(asked).toBe(0);
});
