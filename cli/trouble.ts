import { ReprieveError } from '../client/client.ts';

/** The words at the command line are wrong; the service was not asked. */
export class WrongUsage extends Error {
  readonly help: string;

  constructor(message: string, help = 'reprieve --help') {
    super(message);
    this.help = help;
  }
}

/** What a receipt or a mail claims is not so. */
export class DoesNotHold extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super('It does not hold.');
    this.faults = faults;
  }
}

/** Why a command failed. Each kind has its exit code. */
export type Trouble =
  | { readonly kind: 'usage'; readonly message: string; readonly help: string }
  | { readonly kind: 'unreachable'; readonly message: string }
  | { readonly kind: 'broken'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string; readonly problem: ReprieveError };

export const EXIT = { done: 0, refused: 1, usage: 2, unreachable: 3, broken: 4 } as const;

/** Undefined: the error is a mistake in this program. */
export function troubleIn(error: unknown): Trouble | undefined {
  if (error instanceof WrongUsage) return { kind: 'usage', message: error.message, help: error.help };
  if (error instanceof DoesNotHold) return { kind: 'broken', message: [error.message, ...error.faults].join('\n') };
  if (!(error instanceof ReprieveError)) return undefined;
  const { code, status, message } = error;
  if (code === 'Unreachable' || code === 'NotReprieve') return { kind: 'unreachable', message };
  if (status === 0) return { kind: 'usage', message, help: 'reprieve --help' };
  return { kind: 'refused', message, problem: error };
}

/** Makes one refusal an answer; every other error is thrown on. */
export const unless =
  <T>(code: ReprieveError['code'], instead: T) =>
  (error: unknown): T => {
    if (error instanceof ReprieveError && error.code === code) return instead;
    throw error;
  };

/** What to do at the command line, where the service's own message leaves it open. */
const ADVICE: Readonly<Record<string, string>> = {
  Unauthenticated:
    'Put a token into REPRIEVE_TOKEN, or sign in with `az login` and put the application (api://<id>) into REPRIEVE_RESOURCE.',
  Forbidden: 'Ask somebody who has the role, or use the token of an account that has it.',
  StepUpRequired:
    'Put a token with the second factor, not older than ten minutes, into REPRIEVE_TOKEN; or a security PIN into REPRIEVE_SECURITY_PIN.',
  SecurityPinRequired: 'Put a security PIN of this vault into REPRIEVE_SECURITY_PIN.',
  GuardApprovalRequired:
    'Ask its keepers: npx reprieve grants request --guard <guard> --vault <vault> --operation <operation> --until <time>. Then repeat the command.',
  ItemSoftDeleted: 'Bring it back first: npx reprieve items undelete --vault <vault> --item <item>',
  ItemNotSoftDeleted: 'See how it is: npx reprieve items show --vault <vault> --item <item>',
  ItemNotFound: 'See which there are: npx reprieve items list --vault <vault>',
  VaultNotFound: 'See which there are: npx reprieve vaults',
  BeltTokenInvalid: 'More fell due in the meantime. Look again: npx reprieve sweep --dry-run',
  DeadLetterNotFound: 'See which there are: npx reprieve deadletters list',
  ObjectLocked: 'Wait until that has ended. A stop can cancel a job: --cancel-active-job.',
  PurgeInProgress: 'See how far it is: npx reprieve items show --vault <vault> --item <item>',
  PurgeOrderNotFound: 'See which there are: npx reprieve orders --vault <vault>',
  DestructionPossible: 'See how far it is: npx reprieve orders show --id <order>',
  OrderClosed: 'See how it ended: npx reprieve orders show --id <order>',
  Busy: 'Others are changing it at this moment. Repeating is safe.',
  ServiceUnavailable: 'Repeating is safe.',
  NotConfigured: 'Whoever runs the service puts the settings right and restarts it. Nothing was done.',
};

export function adviceFor(trouble: Trouble): string | undefined {
  if (trouble.kind === 'usage' || trouble.kind === 'broken') return undefined;
  if (trouble.kind === 'unreachable')
    return 'Is it running (npm start), and is the address right (--url, REPRIEVE_URL)? Repeating is safe.';
  const { code, retryAfterSeconds } = trouble.problem;
  const known = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  const wait = retryAfterSeconds === undefined ? undefined : `Try again in ${retryAfterSeconds} seconds.`;
  return [known, wait].filter((one) => one !== undefined).join(' ') || undefined;
}
