/** What the account keeps of deleted blobs. Azurite keeps nothing, so the test answers in its place, in the words of Azure. */
import { beforeAll, expect, test } from 'vitest';
import { type Look, pass } from './support/between.ts';
import { someTenants, type Tenant, type Tenants } from './support/tenants.ts';
import { watcherOf } from './support/watched.ts';

const KEPT = 'list deleted snapshots versions';
const DATE = '2026-11-27T12:00:00.000Z';

let tenants: Tenants;
let watched: Awaited<ReturnType<typeof watcherOf>>;
beforeAll(async () => {
  tenants = await someTenants(8);
  watched = await watcherOf(tenants);
});

const answering =
  (status: number, body: string): Look =>
  async (call, passage) => {
    if (call !== KEPT) return void (await pass(call, passage));
    const headers = { 'content-type': 'application/xml', date: new Date(DATE).toUTCString() };
    passage.answer({ status, headers, body: Buffer.from(`<?xml version="1.0" encoding="utf-8"?>${body}`) });
  };

const listing = (...blobs: string[]): string =>
  `<EnumerationResults><Blobs>${blobs.map((blob) => `<Blob>${blob}</Blob>`).join('')}</Blobs><NextMarker/></EnumerationResults>`;
const blob = ({ prefix }: Tenant, name: string, is: string, properties = ''): string =>
  `<Name>${prefix}${name}</Name>${is}<Properties><Last-Modified>Fri, 27 Nov 2026 11:00:00 GMT</Last-Modified><Etag>0x1</Etag>${properties}</Properties>`;
const days = (count: number): string => `<RemainingRetentionDays>${count}</RemainingRetentionDays>`;

const SOFT = '<Deleted>true</Deleted>';
const VERSION = '<VersionId>2026-11-27T11:00:00.0000000Z</VersionId>';

test('soft-deleted blobs with the last date, snapshots and versions; the marker is not told of', async () => {
  const tenant = tenants.next();
  const body = listing(
    blob(tenant, '0.txt', SOFT, days(7)),
    blob(tenant, '1.txt', SOFT, days(14)),
    blob(tenant, '2.txt', SOFT, days(3)),
    blob(tenant, '3.txt', '<Snapshot>2026-11-27T11:00:00.0000000Z</Snapshot>'),
    blob(tenant, '4.txt', VERSION),
    blob(tenant, '.reprieve', '<Deleted>true</Deleted>', days(30)),
    blob(tenant, '.reprieve', VERSION),
  );
  const { proof } = await watched(tenant, { look: answering(200, body) });
  expect(proof?.remaining).toEqual([
    { what: 'soft-deleted blobs', until: '2026-12-11T12:00:00.000Z' },
    { what: 'snapshots' },
    { what: 'earlier versions' },
  ]);
});

test('soft-deleted blobs whose end the account does not tell', async () => {
  const tenant = tenants.next();
  const { proof } = await watched(tenant, { look: answering(200, listing(blob(tenant, '0.txt', SOFT))) });
  expect(proof?.remaining).toEqual([{ what: 'soft-deleted blobs' }]);
});

const error = (code: string): string => `<Error><Code>${code}</Code><Message>No.</Message></Error>`;

test.each([
  [403, 'AuthorizationPermissionMismatch'],
  [400, 'InvalidQueryParameterValue'],
])('it says so when it may not look (%i)', async (status, code) => {
  const tenant = tenants.next();
  const { proof } = await watched(tenant, { look: answering(status, error(code)) });
  expect(proof).toMatchObject(tenant.totals);
  expect(proof?.remaining).toEqual([{ what: expect.stringMatching(/^unknown: .* may not see/) }]);
});

test('any other trouble is one: the next executor looks again', async () => {
  const tenant = tenants.next();
  const broken = await watched(tenant, { look: answering(503, error('ServerBusy')) });
  expect(broken.error).toMatchObject({ statusCode: 503, destroyed: 'some' });
  const { proof } = await watched(tenant, { checkpoint: broken.stored.at(-1) ?? null });
  expect(proof).toMatchObject({ ...tenant.totals, remaining: [] });
});

test('it is looked at once, and then it is proved so', async () => {
  const tenant = tenants.next();
  const look = answering(200, listing(blob(tenant, '0.txt', SOFT, days(7))));
  const { proof, stored } = await watched(tenant, { look });
  const again = await watched(tenant, { checkpoint: stored.at(-1) ?? null });
  expect(again.proof).toEqual(proof);
});
