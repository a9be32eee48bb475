import * as z from 'zod';
import type { Held, Replacement } from '../change.ts';
import { keyOf } from '../core/names.ts';
import type { PinRecord } from '../core/pin.ts';
import type { Vaults } from '../ports.ts';
import { keys } from './keys.ts';
import { instant, pack, unpack } from './rows.ts';
import type { Op, Row, Table } from './table.ts';

const record: z.ZodType<PinRecord> = z.object({
  pin: z
    .object({
      id: z.string(),
      salt: z.string(),
      mac: z.string(),
      issuedBy: z.object({ tid: z.string(), oid: z.string() }),
      issuedAt: instant,
      expiresAt: instant,
    })
    .nullable(),
  misses: z.number(),
  lastMissAt: instant.nullable(),
  blockedUntil: instant.nullable(),
});

export const readPin = ({ key, cells }: Pick<Row, 'key' | 'cells'>): PinRecord => unpack(record, key, cells);

/** Conditional always: it is what makes a PIN count once, and a miss too. */
export function pinOp(vault: string, { was, now }: Replacement<PinRecord>): Op {
  const row = { key: keys.pin(vault), cells: pack(now) };
  return was ? { op: 'replace', tag: was.tag, ...row } : { op: 'insert', ...row };
}

export const pinReading = (table: Table): Pick<Vaults, 'pin'> => ({
  async pin(vault): Promise<Held<PinRecord> | undefined> {
    const row = await table.get(keyOf(vault), keys.pin(vault));
    return row && { value: readPin(row), tag: row.tag };
  },
});
