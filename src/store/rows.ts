import * as z from 'zod';
import { MOST_ROWS } from '../change.ts';
import { CHANNELS, ROLES } from '../core/caller.ts';
import { MAX_CALLERS, MAX_CONTACTS } from '../core/executors.ts';
import { builtInKind } from '../core/kinds.ts';
import { OPERATION_KINDS, OPERATION_STATUSES } from '../core/operations.ts';
import { PIN_KINDS } from '../core/pin.ts';
import { CODES } from '../core/problems.ts';
import { MOST_WANTED, UNDELETE_OUTCOMES } from '../core/undeletion.ts';
import { freeText, list, record, text } from './limited.ts';
import { alertRows } from './rows/alert.ts';
import { guardRows } from './rows/guard.ts';
import { itemRows } from './rows/item.ts';
import { address, code, count, day, facts, hash, id, identity, name, oid, parameters, traits } from './rows/parts.ts';
import { vaultRows } from './rows/vault.ts';
import { instant, reader, readerOf } from './table.ts';

/** As it lies in the row: what JSON escapes is counted as it is written. */
const MOST_ANSWER = 200_000;
const running = {
  ...{ id: text(230), kind: z.enum(OPERATION_KINDS), subject: name.nullable(), mark: hash.exactOptional() },
  ...{ startedBy: oid.nullable(), startedAt: instant },
};

/** What `UndeleteItems` has to undelete, and for whom. */
const undeletion = z.object({
  which: z.object({
    items: list(name, MOST_WANTED).exactOptional(),
    deletedBy: freeText(200).exactOptional(),
    from: instant.exactOptional(),
    to: instant.exactOptional(),
  }),
  before: instant,
  by: z.object({
    tid: oid,
    oid,
    roles: list(z.enum(ROLES), ROLES.length),
    appOnly: z.boolean(),
    secondFactor: z.boolean(),
  }),
  requestId: text(200),
  clientAddress: text(100).exactOptional(),
});

const kindSettings = {
  ...{ name, etag: id, minimumRetentionDays: count, executor: name.nullable() },
  parameters: parameters.nullable(),
};

const ownKind = z.object({
  ...kindSettings,
  ...traits.omit({ tiers: true }).shape,
  ...{ title: freeText(60), plural: freeText(60), active: z.boolean() },
});

const changedBuiltIn = z.strictObject(kindSettings).refine(({ name: one }) => builtInKind(one) !== undefined);

/** A row of each kind, as what it holds. That this is what core means by it shows where a port answers it. */
export const read = {
  ...vaultRows,
  ...itemRows,
  ...guardRows,
  ...alertRows,
  entry: readerOf({
    at: instant,
    item: name.nullable(),
    caller: z.object({ oid, tid: oid, roles: list(z.enum(ROLES), ROLES.length), channel: z.enum(CHANNELS) }),
    operation: code,
    outcome: z.enum(['Succeeded', 'Refused']),
    code: code.nullable(),
    from: code.nullable(),
    to: code.nullable(),
    requestId: text(200),
    facts,
    guard: name.exactOptional(),
    link: z.object({ seq: count, prev: hash, hash, seal: text(200) }).exactOptional(),
  }),
  end: readerOf({ rows: list(text(700), MOST_ROWS) }),
  answer: readerOf({
    key: hash,
    bodyHash: hash,
    status: count,
    headers: record(z.string(), 4000),
    body: text(MOST_ANSWER),
    at: instant,
    endsOn: day,
  }),
  pin: readerOf({
    // a row of before names neither
    operation: z.enum(PIN_KINDS).default('critical'),
    server: name.nullable().default(null),
    pin: z
      .object({
        id,
        salt: text(100),
        mac: text(100),
        issuedBy: identity,
        issuedAt: instant,
        expiresAt: instant,
      })
      .nullable(),
    lastIssuedAt: instant.nullable().default(null),
    misses: z.number(),
    lastMissAt: instant.nullable(),
    blockedUntil: instant.nullable(),
  }),
  operation: readerOf({
    ...running,
    vault: name,
    status: z.enum(OPERATION_STATUSES),
    // An item, or the key of an alert.
    cursor: text(400).nullable(),
    done: count,
    failed: count,
    total: count.nullable(),
    endedAt: instant.nullable(),
    error: z.object({ code: z.literal('VaultDeleted'), message: text(200) }).nullable(),
    undeletes: undeletion.exactOptional(),
  }),
  running: readerOf(running),
  result: readerOf({ item: name, outcome: z.enum(UNDELETE_OUTCOMES), code: z.enum(CODES).exactOptional() }),
  settings: reader(record(z.string(), 60_000)),
  kind: reader(z.union([ownKind, changedBuiltIn])),
  executor: readerOf({
    name,
    callers: list(identity, MAX_CALLERS),
    confirmWithinHours: count,
    contacts: list(address, MAX_CONTACTS),
    lastSeenAt: instant.nullable().default(null),
    etag: id,
  }),
};
