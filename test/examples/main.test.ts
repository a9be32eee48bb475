/** How the example executor is started, and how it ends. */
import { beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { aService, startExecutor, startMain } from './support/service.ts';
import { dataUnder, someTenants, type Tenants } from './support/tenants.ts';

let tenants: Tenants;
let service: Awaited<ReturnType<typeof aService>>;
beforeAll(async () => {
  tenants = await someTenants(1);
  service = await aService();
});

const DOOR = ['--door', 'http://127.0.0.1:1'];
const NAME = ['--executor', 'blobs'];

test.each([
  ['nothing', []],
  ['no container', [...DOOR, ...NAME]],
  ['no door', [...NAME, '--container', 'customers']],
  ['a root that is half a name', [...DOOR, ...NAME, '--container', 'customers', '--roots', 'tenants']],
  ['what it does not know', [...DOOR, ...NAME, '--container', 'customers', '--all']],
])('it does not start with %s', async (_, options) => {
  const { child, ended, output } = startMain(options, tenants.connection);
  await ended;
  expect(child.exitCode).toBe(1);
  expect(output()).toMatch(/--container <name>|Unknown option/);
});

test('it refuses what is not below its roots, and ends when it is told to', async () => {
  const tenant = tenants.next();
  const before = await dataUnder(tenants.container, tenant.prefix);
  const order = await service.order(tenant);
  const place = { door: service.url, connection: tenants.connection, token: service.token };
  const { child, ended, output } = startExecutor(place, '--roots', 'archive/', '--roots', 'customers/');
  await eventually(
    async () => (await service.read(order)).state === 'Refused',
    () => `the refusal; it said: ${output()}`,
  );
  child.kill('SIGTERM');
  await ended;
  expect(child.exitCode).toBe(0);
  expect(output()).toBe('');
  expect(await dataUnder(tenants.container, tenant.prefix)).toEqual(before);
});
