import type { TransitionRefusal } from './transitions.ts';

/** Every reason for a refusal, with its HTTP status. A refusal without a row does not compile. */
export const PROBLEMS = {
  // The request itself is wrong.
  InvalidRequest: 400,
  InvalidName: 400,
  UnsupportedApiVersionValue: 400,
  ConfirmationRequired: 400,
  LengthRequired: 411,
  RequestTooLarge: 413,
  UnsupportedMediaType: 415,
  NotABackupItem: 422,
  MinimumRetention: 422,
  AgentTooOld: 426,
  IdempotencyKeyReused: 422,
  // The caller is unknown, or not allowed.
  Unauthenticated: 401,
  StepUpRequired: 401,
  Forbidden: 403,
  SecurityPinRequired: 403,
  SecurityPinInvalid: 403,
  GuardApprovalRequired: 403,
  NotIndependent: 403,
  TooManyAttempts: 429,
  // The thing does not exist.
  RouteNotFound: 404,
  MethodNotAllowed: 405,
  VaultNotFound: 404,
  PolicyNotFound: 404,
  ServerNotFound: 404,
  ItemNotFound: 404,
  RecoveryPointNotFound: 404,
  JobNotFound: 404,
  HoldNotFound: 404,
  GuardNotFound: 404,
  KindNotFound: 404,
  ExecutorNotFound: 404,
  GrantNotFound: 404,
  PendingChangeNotFound: 404,
  PauseNotFound: 404,
  AlertNotFound: 404,
  SilenceNotFound: 404,
  DeadLetterNotFound: 404,
  QuarantineNotFound: 404,
  ReceiptNotFound: 404,
  OperationNotFound: 404,
  ResultsNotFound: 404,
  PurgeOrderNotFound: 404,
  ItemPurged: 410,
  VaultDeleted: 410,
  // The item's state forbids it.
  AlreadyProtected: 409,
  InvalidTransition: 409,
  ItemSoftDeleted: 409,
  ItemNotSoftDeleted: 409,
  ProtectionStopped: 409,
  PurgeInProgress: 409,
  UndeleteWindowClosed: 409,
  NotDue: 409,
  StaleToken: 409,
  OrderClosed: 409,
  DestructionPossible: 409,
  ObjectLocked: 409,
  ActiveElsewhere: 409,
  RecoveryPointExists: 409,
  RecoveryPointLimit: 409,
  // The vault forbids it.
  KindImmutable: 409,
  KindReserved: 409,
  KindRetired: 409,
  KindInUse: 409,
  NotSupportedByKind: 409,
  WrongVaultKind: 409,
  AlwaysOnIrreversible: 409,
  AlwaysOnForbidsPortalDelete: 409,
  ImmutabilityBlocked: 409,
  ImmutabilityLocked: 409,
  ImmutabilityRequired: 409,
  VaultNotEmpty: 409,
  VaultHasSoftDeletedItems: 409,
  PolicyInUse: 409,
  ServerNotEmpty: 409,
  GuardInUse: 409,
  ExecutorInUse: 409,
  LimitReached: 409,
  // It cannot be done right now.
  PreconditionFailed: 412,
  RequestInProgress: 409,
  BeltTokenInvalid: 409,
  Busy: 503,
  ServiceUnavailable: 503,
  InternalError: 500,
  NotConfigured: 503,
} as const satisfies Record<string, number> & Record<TransitionRefusal, number>;

export type Code = keyof typeof PROBLEMS;
export const CODES = Object.keys(PROBLEMS) as readonly Code[];

/** Refusals that the people responsible should hear of: a second factor, an approval or the right channel was missing. */
export const SUSPICIOUS: ReadonlySet<Code> = new Set<Code>([
  'StepUpRequired',
  'SecurityPinRequired',
  'SecurityPinInvalid',
  'TooManyAttempts',
  'GuardApprovalRequired',
  'AlwaysOnForbidsPortalDelete',
]);

/** Refusals with these statuses are part of the history. */
const TOLD: ReadonlySet<number> = new Set([401, 403, 409, 426, 429]);
export const isTold = (code: Code): boolean => TOLD.has(PROBLEMS[code]);

export interface Complaint {
  readonly code: Code;
  readonly message: string;
  readonly target: string;
}

export interface Refusal {
  readonly code: Code;
  /** What happened, and what to do next. */
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly Complaint[];
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds?: number;
}

export type Refused = { readonly ok: false; readonly refusal: Refusal };
export type Outcome<T> = { readonly ok: true; readonly value: T } | Refused;

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });

export const refuse = (code: Code, message: string, more: Omit<Refusal, 'code' | 'message'> = {}): Refused => ({
  ok: false,
  refusal: { code, message, ...more },
});

/** A part of the request is wrong: `target` is its path in the body. */
export const invalid = (target: string, message: string): Refused => refuse('InvalidRequest', message, { target });

/** A row that cannot be read. It is named and reported, and the others go on. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** Another service that this one depends on gave no answer. Asking again is safe. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered';
}

/** Why something could not be dealt with. */
export interface Fault {
  readonly why: string;
  /** Its row cannot be read. */
  readonly isUnreadable: boolean;
}

export const faultOf = (error: unknown): Fault => ({
  why: error instanceof Error ? error.message : 'unknown',
  isUnreadable: error instanceof Unreadable,
});

const BUSY: readonly unknown[] = [408, 429];

/** Another service has too much to do, or does not answer: what was asked of it is not wrong, and may be asked again. */
export function isTrouble(error: unknown): boolean {
  if (!(error instanceof Error) || !('statusCode' in error)) return false;
  const { statusCode } = error;
  return statusCode === undefined || BUSY.includes(statusCode) || Number(statusCode) >= 500;
}
