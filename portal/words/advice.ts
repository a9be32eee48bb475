import type { Problem } from '../../client/client.ts';

/** What to do next, where the service's own message leaves that to the page. */
const ADVICE: Readonly<Record<string, string>> = {
  PreconditionFailed:
    'Somebody changed it after you opened it. The page shows what is true now: look again, then decide.',
  Busy: 'Others are changing it at this moment. Try again in a few seconds.',
  ItemSoftDeleted: 'Undelete it first.',
  UndeleteWindowClosed: 'Its days were over. Only a hold that was placed earlier could have kept it.',
  StepUpRequired: 'This needs a sign-in with the second factor. Repeat it and confirm the sign-in.',
  Forbidden: 'Ask somebody who has the role, or sign in with an account that has it.',
  Unauthenticated: 'Sign in again.',
  GuardApprovalRequired:
    'Ask the administrator of the guard for a grant, then repeat it. A grant lasts at most 24 hours.',
  SecurityPinRequired: "Issue a security PIN under the vault's servers.",
  ObjectLocked: 'Somebody is at it. Wait until that has ended; a backup or restore can also be cancelled.',
  PurgeInProgress: 'Its time to be undeleted is over. While nothing is destroyed, its purge order can be recalled.',
  DestructionPossible:
    'Its executor has it, or something may be destroyed already. What was confirmed, and what was not, its receipt will say.',
  OrderClosed: 'It has ended. The page of its item says how.',
  BeltTokenInvalid: 'More fell due in the meantime. Run a dry run to see what is held now, with its new token.',
  Unreachable: 'Check the connection, then try again. Nothing is lost: repeating is safe.',
  ServiceUnavailable: 'Try again in a few seconds. Repeating is safe.',
  NotConfigured: 'Tell whoever runs the service. Nothing was done.',
};

export const adviceFor = ({ code, retryAfterSeconds }: Problem): string | undefined => {
  const known = Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
  return known ?? (retryAfterSeconds === undefined ? undefined : `Try again in ${retryAfterSeconds} seconds.`);
};

const LOST = [
  'PreconditionFailed',
  'InvalidTransition',
  'ItemNotSoftDeleted',
  'ItemSoftDeleted',
  'ItemPurged',
  'PurgeInProgress',
  'DestructionPossible',
  'OrderClosed',
];

/** Somebody else was faster: the page shows an older state. */
export const isLostRace = ({ code }: Problem): boolean => LOST.includes(code);
