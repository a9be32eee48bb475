/** One estate, told in every operation: names in paths, bodies of requests and answers. A test holds each against its schema. */
export const PARAMETERS: Readonly<Record<string, unknown>> = {
  vault: 'contoso',
  policy: 'daily',
  server: 'hv-07',
  guard: 'security-team',
  item: 'sql-01',
  hold: 'case-4711',
  job: '4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  recoveryPoint: 'rp-2026-11-20',
  alert: 'contoso~sql-01~DeleteBackupData~1',
  silence: 'migration',
  id: 'b1a7e6c2-93d4-4f5e-8a60-7c1d2e3f4a5b',
  top: 100,
  'If-Match': '"0b6cf2f1-2f0a-4a3e-9a55-3f1f6f0f7a10"',
  'Idempotency-Key': 'stop-sql-01-2026-11-21',
  'x-ms-client-request-id': 'ticket-4711',
};

export const etag = PARAMETERS['If-Match'];
export const [vault, item, policy, server] = ['contoso', 'sql-01', 'daily', 'hv-07'];
export const [oid, tid] = ['6f1d0c52-8b3e-4d7a-a1c9-2e5b7f904d31', 'd2a94c1b-5e60-4f38-b7a2-90c3e8f1d564'];
export const SOURCE = '/subscriptions/11111111-2222-3333-4444-555555555555/virtualMachines/sql-01';
