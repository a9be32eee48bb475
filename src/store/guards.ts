import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Grant, GUARDED_OPERATIONS, type Guard, type Identity } from '../core/guards.ts';
import { keyOf } from '../core/names.ts';
import type { Guards } from '../ports.ts';
import { instant, pack, unpack } from './rows.ts';
import type { Table } from './table.ts';

const identity: z.ZodType<Identity> = z.object({ tid: z.string(), oid: z.string() });
const operation = z.enum(GUARDED_OPERATIONS);

const guard: z.ZodType<Guard> = z.object({
  name: z.string(),
  excludedOperations: z.array(operation),
  createdBy: identity,
  createdAt: instant,
  etag: z.string(),
});

const grant: z.ZodType<Grant> = z.object({
  id: z.string(),
  guard: z.string(),
  vault: z.string(),
  operation,
  grantee: identity,
  grantedBy: identity,
  grantedAt: instant,
  expiresAt: instant,
});

const GUARDS = 'guards';
const GRANTS = 'grants';
const LINKS = 'guardLinks';

const linkKey = (name: string, vault: string): string => `${keyOf(name)}!${keyOf(vault)}`;

/** An oid is whatever the identity provider says, so it is not put into a key as it is. */
const grantKey = (of: Pick<Grant, 'guard' | 'vault' | 'operation' | 'grantee'>): string => {
  const who = JSON.stringify([of.grantee.tid.toLowerCase(), of.grantee.oid.toLowerCase()]);
  const hash = createHash('sha256').update(who).digest('hex');
  return `${keyOf(of.guard)}!${keyOf(of.vault)}!${of.operation}!${hash}`;
};

/** Guards belong to no vault: who keeps them is somebody else. */
export const tableGuards = (table: Table): Guards => ({
  async get(name) {
    const row = await table.get(GUARDS, keyOf(name));
    return row && { value: unpack(guard, row.key, row.cells), tag: row.tag };
  },

  put(one, was) {
    const row = { key: keyOf(one.name), cells: pack(one) };
    return table.commit(GUARDS, [was ? { op: 'replace', tag: was.tag, ...row } : { op: 'insert', ...row }]);
  },

  drop: ({ value, tag }) => table.remove(GUARDS, keyOf(value.name), tag),

  async link(name, vault) {
    await table.commit(LINKS, [{ op: 'put', key: linkKey(name, vault), cells: { v: 1, vault } }]);
  },

  async linked(name) {
    const rows = await table.range(LINKS, { prefix: `${keyOf(name)}!` });
    return rows.map(({ cells }) => String(cells['vault'] ?? ''));
  },

  async allow(one) {
    await table.commit(GRANTS, [{ op: 'put', key: grantKey(one), cells: pack(one) }]);
  },

  async allowance(of) {
    const row = await table.get(GRANTS, grantKey(of));
    return row && unpack(grant, row.key, row.cells);
  },
});
