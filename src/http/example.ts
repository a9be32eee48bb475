/** One estate, told by the examples of every operation. A test holds each example against its schema. */
export const EXAMPLE = {
  vault: 'contoso',
  item: 'sql-01',
  policy: 'daily',
  server: 'hv-07',
  guard: 'security-team',
  hold: 'case-4711',
  point: 'rp-2026-11-20',
  silence: 'migration',
  job: '4f2b9d3c-7a51-4e0b-9a34-5d2c1f6b8e90',
  letter: 'b1a7e6c2-93d4-4f5e-8a60-7c1d2e3f4a5b',
  alert: 'contoso~sql-01~DeleteBackupData~1',
  oid: '6f1d0c52-8b3e-4d7a-a1c9-2e5b7f904d31',
  tid: 'd2a94c1b-5e60-4f38-b7a2-90c3e8f1d564',
  source: '/subscriptions/11111111-2222-3333-4444-555555555555/virtualMachines/sql-01',
  etag: '"0b6cf2f1-2f0a-4a3e-9a55-3f1f6f0f7a10"',
  mailbox: 'ops@contoso.com',
  mail: 'c0ffee00-1234-4567-89ab-0123456789ab',
  /** When the item was deleted, and when it may be purged. */
  deletedAt: '2026-11-21T09:00:00.000Z',
  purgeAt: '2026-12-05T09:00:00.000Z',
} as const;
