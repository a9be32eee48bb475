import type { Trouble } from '../trouble.ts';

/** What can be done here, at the command line, where the service's own message leaves it open. */
const ADVICE: Readonly<Record<string, string>> = {
  Unauthenticated:
    'Put a token into REPRIEVE_TOKEN, or sign in with `az login` and put the application (api://<id>) into REPRIEVE_RESOURCE.',
  Forbidden: 'Ask somebody who has the role, or use the token of an account that has it.',
  StepUpRequired:
    'Put a token with the second factor, not older than ten minutes, into REPRIEVE_TOKEN; or a security PIN into REPRIEVE_SECURITY_PIN.',
  SecurityPinRequired: 'Put a security PIN of this vault into REPRIEVE_SECURITY_PIN.',
  GuardApprovalRequired: 'Ask the administrator of the guard for a grant, then repeat the command.',
  ItemSoftDeleted: 'Bring it back first: npx reprieve items undelete --vault <vault> --item <item>',
  ItemNotSoftDeleted: 'See how it is: npx reprieve items show --vault <vault> --item <item>',
  ItemNotFound: 'See which there are: npx reprieve items list --vault <vault>',
  VaultNotFound: 'See which there are: npx reprieve vaults',
  BeltTokenInvalid: 'More fell due in the meantime. Look again: npx reprieve sweep --dry-run',
  DeadLetterNotFound: 'See which there are: npx reprieve deadletters list',
  ObjectLocked: 'Wait until the job has ended, or repeat with --cancel-active-job.',
  Busy: 'Others are changing it at this moment. Repeating is safe.',
  ServiceUnavailable: 'Repeating is safe.',
};

export function adviceFor(trouble: Trouble): string | undefined {
  if (trouble.kind === 'usage') return undefined;
  if (trouble.kind === 'unreachable')
    return 'Is it running (npm start), and is the address right (--url, REPRIEVE_URL)? Repeating is safe.';
  const known = Object.hasOwn(ADVICE, trouble.code) ? ADVICE[trouble.code] : undefined;
  const wait = trouble.retryAfter ? `Try again in ${trouble.retryAfter} seconds.` : undefined;
  return [known, wait].filter((one) => one !== undefined).join(' ') || undefined;
}
