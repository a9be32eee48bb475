import type { Identity } from './caller.ts';
import { sameName } from './names.ts';
import { addMillis, type Instant } from './time.ts';
import type { VaultKind } from './workloads.ts';

const MINUTE_MS = 60_000;
const LIFE_MS = 5 * MINUTE_MS;
const BLOCK_MS = 5 * MINUTE_MS;
const MOST_MISSES = 5;

/** What a PIN can open. */
export const PIN_OPERATIONS = ['deleteProtection', 'changePassphrase', 'changeSettings'] as const;
export type PinOperation = (typeof PIN_OPERATIONS)[number];

/**
 * The kind of PIN that the version before issued: it named no operation. One that was given out just before a deployment still does
 * for its five minutes what it was given out for, and it opens no setting.
 */
const BEFORE = 'critical';
export const PIN_KINDS = [...PIN_OPERATIONS, BEFORE] as const;
type PinKind = (typeof PIN_KINDS)[number];

interface PinRow {
  /** The kinds of vault in which one can be issued. */
  readonly vaults: readonly VaultKind[];
  /** Whether one can be issued for a single server. */
  readonly ofServer: boolean;
  /** The kinds of PIN that open it. */
  readonly openedBy: readonly PinKind[];
  /** A person proves it by the token alone. */
  readonly appsOnly: boolean;
}

const OF_AGENTS = { vaults: ['RecoveryServices'], ofServer: true, appsOnly: false } as const;

/** The whole of what PINs are good for. */
export const PINS: { readonly [O in PinOperation]: PinRow } = {
  deleteProtection: { ...OF_AGENTS, openedBy: ['deleteProtection', BEFORE] },
  changePassphrase: { ...OF_AGENTS, openedBy: ['changePassphrase', BEFORE] },
  changeSettings: {
    vaults: ['RecoveryServices', 'Backup'],
    ofServer: false,
    openedBy: ['changeSettings'],
    appsOnly: true,
  },
};

/** What a PIN, or a call that needs one, is about. */
export interface PinScope<K extends PinKind = PinKind> {
  readonly operation: K;
  /** null: of a PIN, every server; of a call, none. */
  readonly server: string | null;
}
export type PinCall = PinScope<PinOperation>;

/** The scopes of the PINs that open a call. */
export const openers = ({ operation, server }: PinCall): readonly PinScope[] =>
  PINS[operation].openedBy.flatMap((kind) => [
    ...(server === null || kind === BEFORE ? [] : [{ operation: kind, server }]),
    { operation: kind, server: null },
  ]);

const sameScope = (a: PinScope, b: PinScope): boolean =>
  a.operation === b.operation && sameName(a.server ?? '', b.server ?? '');

/** The record of exactly this scope, among those of a vault. */
export const recordOf = <R extends { readonly value: PinRecord }>(records: readonly R[], scope: PinScope) =>
  records.find(({ value }) => sameScope(value, scope));

/** What is stored of a PIN. The digits cannot be read from it. */
export interface SealedPin {
  /** The history refers to the PIN by this. */
  readonly id: string;
  readonly salt: string;
  readonly mac: string;
  readonly issuedBy: Identity;
  readonly issuedAt: Instant;
  readonly expiresAt: Instant;
}

/** The PIN of one scope, and the wrong tries of the calls of that scope. */
export interface PinRecord extends PinScope {
  /** null when none was issued, or when it was used or revoked. */
  readonly pin: SealedPin | null;
  /** When one was last issued, whatever has become of it. */
  readonly lastIssuedAt: Instant | null;
  readonly misses: number;
  readonly lastMissAt: Instant | null;
  readonly blockedUntil: Instant | null;
}

export const noPin = ({ operation, server }: PinScope): PinRecord => ({
  ...{ operation, server },
  ...{ pin: null, lastIssuedAt: null, misses: 0, lastMissAt: null, blockedUntil: null },
});

export const pinExpiry = (issuedAt: Instant): Instant => addMillis(issuedAt, LIFE_MS);

export const livingPin = ({ pin }: PinRecord, now: Instant): SealedPin | undefined =>
  pin && now < pin.expiresAt ? pin : undefined;

/** A new PIN revokes the old one of its scope. */
export const issued = (scope: PinScope, pin: SealedPin): PinRecord => ({
  ...noPin(scope),
  pin,
  lastIssuedAt: pin.issuedAt,
});

/** Used up: misses before are forgiven. */
export const used = (record: PinRecord): PinRecord => ({ ...noPin(record), lastIssuedAt: record.lastIssuedAt });

/** Its misses go on to count. */
export const revoked = (record: PinRecord): PinRecord => ({ ...record, pin: null });

/**
 * What is held against a call: the misses of its scope since a PIN for it was last issued. The person who issues one has given a second
 * factor, so earlier misses are forgiven, also where the new PIN is good for every server.
 */
export function heldAgainst(call: PinCall, own: PinRecord | undefined, opening: readonly PinRecord[]): PinRecord {
  const { lastMissAt, pin, lastIssuedAt } = own ?? noPin(call);
  const isForgiven = lastMissAt !== null && opening.some(({ lastIssuedAt: at }) => at !== null && at > lastMissAt);
  return own && !isForgiven ? own : { ...noPin(call), pin, lastIssuedAt };
}

/** Seconds until the next PIN is checked; undefined when it is checked at once. */
export const blockedFor = ({ blockedUntil }: PinRecord, now: Instant): number | undefined =>
  blockedUntil && now < blockedUntil ? Math.ceil((blockedUntil.toMillis() - now.toMillis()) / 1000) : undefined;

/**
 * The record after a wrong PIN. A miss counts the same whether there is a PIN, was one or never was one. Otherwise five
 * tries would tell which. Misses are remembered as long as a PIN lives, so waiting gains nobody more tries.
 */
export function missed(record: PinRecord, now: Instant): { readonly record: PinRecord; readonly tooMany: boolean } {
  const recent = record.lastMissAt !== null && now < addMillis(record.lastMissAt, LIFE_MS);
  const misses = (recent ? record.misses : 0) + 1;
  if (misses < MOST_MISSES)
    return { record: { ...record, misses, lastMissAt: now, blockedUntil: null }, tooMany: false };
  return { record: { ...used(record), lastMissAt: now, blockedUntil: addMillis(now, BLOCK_MS) }, tooMany: true };
}
