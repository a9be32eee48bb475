import type { AlertType } from '../core/alerts.ts';
import { drySweep, explain, resume, undelete, undeleteAll, undeleteMembers } from './commands.ts';
import { fact, instantFact, itemOf, keptDays, numberOf, shown, vaultOf } from './known.ts';
import { counted, left, openUntil } from './left.ts';
import { deleted, digested } from './lists.ts';
import type { Ending, Occasion, Section } from './occasion.ts';
import {
  action,
  billing,
  gone,
  mayBeLost,
  missed,
  points,
  reference,
  rescue,
  what,
  who,
  windowOf,
} from './sections.ts';

interface Outline {
  /** The sentence that it opens with, and that a list of mails shows beside the subject. */
  readonly lead: (occasion: Occasion) => string;
  /** How the subject ends. */
  readonly ending: Ending;
  readonly sections: readonly Section[];
}

const DETAILS = [who, what] as const;
const CHANGE = { ending: 'none', sections: [action, ...DETAILS, reference] } as const;
const DELETION = {
  ending: 'left',
  sections: [mayBeLost, rescue, undelete, windowOf, billing, ...DETAILS, points, reference],
} as const;
const LOSS = { ending: 'purged', sections: [action, gone, billing, ...DETAILS, points, reference] } as const;
const TROUBLE = { ending: 'none', sections: [action, explain, ...DETAILS, reference] } as const;

/** "sql-01 in contoso" */
const it = ({ alert }: Occasion): string => `${itemOf(alert)} in ${vaultOf(alert)}`;
const vault = ({ alert }: Occasion): string => vaultOf(alert);
const by = ({ alert }: Occasion): string => {
  const caller = fact(alert, 'by');
  return caller ? ` by ${caller}` : '';
};

const kept = ({ alert, now }: Occasion): string => {
  const [days, until] = [keptDays(alert), openUntil(alert, now)];
  const period = days === undefined ? '' : ` for ${counted(days, 'day')}`;
  return until || days !== undefined
    ? ` It is kept${period}${until ? `, until ${shown(until)}: ${left(until, now)}` : ''}.`
    : '';
};

const soon = (occasion: Occasion): string => {
  const purgeAt = instantFact(occasion.alert, 'purgeAt');
  if (!purgeAt) return `The deleted backups of ${it(occasion)} will soon be removed for good.`;
  return `The deleted backups of ${it(occasion)} will be removed for good at ${shown(purgeAt)}: ${left(purgeAt, occasion.now)}.`;
};

const many = ({ alert, members }: Occasion): string => {
  const count = Math.max(members.length, numberOf(alert, 'count') ?? 0);
  return count > 0 ? counted(count, 'item') : 'Many items';
};

/** What each letter says, and from which parts. A type without a row does not compile. */
export const OUTLINES: Readonly<Record<AlertType, Outline>> = {
  DeleteBackupData: { ...DELETION, lead: (one) => `The backup data of ${it(one)} was deleted${by(one)}.${kept(one)}` },
  BackupDataPermanentlyDeleted: {
    ...LOSS,
    lead: (one) =>
      `The backup data of ${it(one)} was deleted${by(one)} and is gone for good: soft delete did not apply.`,
  },
  MassDeletion: {
    ending: 'count',
    sections: [rescue, undeleteAll, who, what, deleted, reference],
    lead: (one) => `${many(one)} in ${vault(one)} were deleted${by(one)} within minutes.`,
  },
  UpcomingPurge: { ...DELETION, lead: soon },
  PurgeComplete: {
    ...LOSS,
    sections: [missed, ...LOSS.sections],
    lead: (one) => `The soft-deleted backups of ${it(one)} have been purged. They cannot be brought back.`,
  },
  SoftDeleteDisabledForVault: { ...CHANGE, lead: (one) => `Soft delete was turned off for ${vault(one)}${by(one)}.` },
  DisableHybridSecurity: {
    ...CHANGE,
    lead: (one) => `The security of hybrid backups (MARS, DPM, MABS) was turned off for ${vault(one)}${by(one)}.`,
  },
  MuaDisabled: { ...CHANGE, lead: (one) => `The resource guard was removed from ${vault(one)}${by(one)}.` },
  GuardGranted: {
    ...CHANGE,
    lead: (one) => `A guarded operation in ${vault(one)} was approved${by(one)}: somebody may do it now, for a while.`,
  },
  GuardUsed: {
    ...CHANGE,
    lead: (one) => `A guarded operation was done in ${vault(one)}${by(one)}, which somebody else had approved.`,
  },
  PassphraseChanged: { ...CHANGE, lead: (one) => `An encryption passphrase of ${vault(one)} was changed${by(one)}.` },
  MassPurgeHeld: {
    ending: 'count',
    sections: [action, drySweep, ...DETAILS, reference],
    lead: (one) => `${many(one)} are due to be purged at once. Nothing is purged until somebody has looked.`,
  },
  ModifyPolicyShorterRetention: {
    ...CHANGE,
    lead: (one) => `A policy of ${vault(one)} was edited to keep backups for a shorter time${by(one)}.`,
  },
  ModifyProtectionShorterRetention: {
    ...CHANGE,
    sections: [action, ...DETAILS, points, reference],
    lead: (one) => `${it(one)} was moved to a policy that keeps backups for a shorter time${by(one)}.`,
  },
  CriticalOperationRefused: {
    ...CHANGE,
    lead: (one) => `A critical operation on ${it(one)} was tried${by(one)} and refused.`,
  },
  PinFailures: { ...CHANGE, lead: (one) => `A wrong security PIN for ${vault(one)} was entered too often${by(one)}.` },
  PurgeFailed: { ...TROUBLE, lead: (one) => `The purge of ${it(one)} failed. It is tried again by itself.` },
  PurgeStuck: { ...TROUBLE, lead: (one) => `${it(one)} is due to be purged, and cannot be.` },
  DeliveryFailed: { ...CHANGE, lead: (one) => `A mail about ${vault(one)} could not be delivered.` },
  BackupFailure: { ...CHANGE, lead: (one) => `A backup of ${it(one)} failed.` },
  RestoreFailure: { ...CHANGE, lead: (one) => `A restore of ${it(one)} failed.` },
  RetentionChanged: { ...CHANGE, lead: (one) => `The soft-delete period of ${vault(one)} was changed${by(one)}.` },
  ItemUndeleted: {
    ending: 'none',
    sections: [action, resume, ...DETAILS, points, reference],
    lead: (one) =>
      `${it(one)} was undeleted${by(one)}: its backups are kept again, and what was still to be mailed about the deletion is not.`,
  },
  ItemResumed: { ...CHANGE, lead: (one) => `Protection of ${it(one)} was resumed${by(one)}.` },
  SoftDeleteAlwaysOnEnabled: {
    ...CHANGE,
    lead: (one) => `Soft delete of ${vault(one)} was set to always on${by(one)}.`,
  },
  Welcome: {
    ...CHANGE,
    lead: (one) =>
      `From now on mail about ${vault(one)} comes to this address: when backups are deleted, two days before they are purged, when they are purged, and when the security of the vault changes.`,
  },
  Digest: {
    ending: 'count',
    sections: [action, digested, undeleteMembers, what, reference],
    lead: (one) => `What happened in ${vault(one)} in the last hour.`,
  },
};
