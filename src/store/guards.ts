import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Held, Replacement } from '../change.ts';
import type { Identity } from '../core/caller.ts';
import { type Grant, GUARDED_OPERATIONS, type Guard } from '../core/guards.ts';
import { keyOf } from '../core/names.ts';
import type { Guards } from '../ports.ts';
import { keys, SERVICE_PARTITION } from './keys.ts';
import { guardLinks } from './registry.ts';
import { instant, pack, unpack } from './rows.ts';
import type { Op, Row, Table } from './table.ts';

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

/** An oid is whatever the identity provider says, so it is not put into a key as it is. */
const grantKey = (of: Pick<Grant, 'guard' | 'vault' | 'operation' | 'grantee'>): string => {
  const who = JSON.stringify([of.grantee.tid.toLowerCase(), of.grantee.oid.toLowerCase()]);
  const hash = createHash('sha256').update(who).digest('hex');
  return keys.grant(of.vault, of.guard, of.operation, hash);
};

export const guardOp = ({ was, now }: Replacement<Guard>): Op => {
  const row = { key: keys.guard(now.name), cells: pack(now) };
  return was ? { op: 'replace', tag: was.tag, ...row } : { op: 'insert', ...row };
};

export const grantOp = (one: Grant): Op => ({ op: 'put', key: grantKey(one), cells: pack(one) });

export const parseGuard = ({ key, cells }: Pick<Row, 'key' | 'cells'>): Guard => unpack(guard, key, cells);
export const readGrant = ({ key, cells }: Pick<Row, 'key' | 'cells'>): Grant => unpack(grant, key, cells);

export async function readGuard(vaults: Table, name: string): Promise<Held<Guard> | undefined> {
  const row = await vaults.get(SERVICE_PARTITION, keys.guard(name));
  return row && { value: parseGuard(row), tag: row.tag };
}

/** Guards belong to no vault: who keeps them is somebody else. Grants lie in the vault for which they are. */
export const tableGuards = (vaults: Table, registry: Table): Guards => ({
  get: (name) => readGuard(vaults, name),
  linked: (name) => guardLinks(registry, name),
  async allowance(of) {
    const row = await vaults.get(keyOf(of.vault), grantKey(of));
    return row && readGrant(row);
  },
});
