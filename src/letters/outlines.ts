import type { AlertType } from '../core/alertTypes.ts';
import type { Occasion, Section } from './blocks.ts';
import { deleted, digested, howMany, undeleteAll, undeleteMembers } from './bundles.ts';
import { counted, fact, instantFact, itemOf, keptDays, shown, vaultOf } from './facts.ts';
import * as part from './sections.ts';
import { openUntil, timeLeft } from './timeLeft.ts';

/** How a subject ends. */
export type Ending = 'timeLeft' | 'purged' | 'count' | 'none';

interface Outline {
  /** The sentence that the letter opens with. A list of mails shows it beside the subject. */
  readonly lead: (words: Words) => string;
  readonly ending: Ending;
  readonly sections: readonly Section[];
}

const { action, reference } = part;
const DETAILS = [part.who, part.what] as const;
const CHANGE = { ending: 'none', sections: [action, ...DETAILS, reference] } as const;
const DELETION = {
  ending: 'timeLeft',
  sections: [
    part.tooLate,
    part.rescue,
    part.undelete,
    part.keptUntil,
    part.billing,
    ...DETAILS,
    part.points,
    reference,
  ],
} as const;
const LOSS = {
  ending: 'purged',
  sections: [action, part.wasKept, part.billing, ...DETAILS, part.points, reference],
} as const;
const TROUBLE = { ending: 'none', sections: [action, part.explain, ...DETAILS, reference] } as const;

/** What each letter says, and from which parts. An alert type without a row does not compile. */
export const OUTLINES: Readonly<Record<AlertType, Outline>> = {
  DeleteBackupData: { ...DELETION, lead: ({ it, by, kept }) => `The backup data of ${it} was deleted${by}.${kept}` },
  BackupDataPermanentlyDeleted: {
    ...LOSS,
    lead: ({ it, by }) => `The backup data of ${it} was deleted${by} and is gone for good: soft delete did not apply.`,
  },
  MassDeletion: {
    ending: 'count',
    sections: [part.rescue, undeleteAll, ...DETAILS, deleted, reference],
    lead: ({ many, vault, by }) => `${many} in ${vault} were deleted${by} within minutes.`,
  },
  UpcomingPurge: { ...DELETION, lead: ({ it, soon }) => `The deleted backups of ${it} will ${soon}.` },
  PurgeComplete: {
    ...LOSS,
    sections: [part.missed, ...LOSS.sections],
    lead: ({ it }) => `The soft-deleted backups of ${it} have been purged. They cannot be brought back.`,
  },
  SoftDeleteDisabledForVault: {
    ...CHANGE,
    lead: ({ vault, by }) => `Soft delete was turned off for ${vault}${by}.`,
  },
  DisableHybridSecurity: {
    ...CHANGE,
    lead: ({ vault, by }) => `The security of hybrid backups (MARS, DPM, MABS) was turned off for ${vault}${by}.`,
  },
  MuaDisabled: { ...CHANGE, lead: ({ vault, by }) => `The resource guard was removed from ${vault}${by}.` },
  GuardGranted: {
    ...CHANGE,
    lead: ({ vault, by }) =>
      `An operation that the resource guard of ${vault} protects was approved${by}. Until the approval ends, the person it was granted to may carry it out.`,
  },
  GuardUsed: {
    ...CHANGE,
    lead: ({ vault, by }) =>
      `An operation that the resource guard of ${vault} protects was carried out${by}, with the approval of another person.`,
  },
  PassphraseChanged: {
    ...CHANGE,
    lead: ({ vault, by }) => `An encryption passphrase of ${vault} was changed${by}.`,
  },
  MassPurgeHeld: {
    ending: 'count',
    sections: [action, part.drySweep, ...DETAILS, reference],
    lead: ({ many }) =>
      `${many} are due to be purged at once. The service purges nothing until an operator releases them.`,
  },
  ModifyPolicyShorterRetention: {
    ...CHANGE,
    lead: ({ vault, by }) => `A policy of ${vault} was edited to keep backups for a shorter time${by}.`,
  },
  ModifyProtectionShorterRetention: {
    ...CHANGE,
    sections: [action, ...DETAILS, part.points, reference],
    lead: ({ it, by }) => `${it} was moved to a policy that keeps backups for a shorter time${by}.`,
  },
  CriticalOperationRefused: {
    ...CHANGE,
    lead: ({ it, by }) => `A critical operation on ${it} was tried${by}. The service refused it.`,
  },
  PinFailures: {
    ...CHANGE,
    lead: ({ vault, by }) => `A wrong security PIN for ${vault} was entered too often${by}.`,
  },
  PurgeFailed: { ...TROUBLE, lead: ({ it }) => `The purge of ${it} failed. The service will try it again.` },
  PurgeStuck: { ...TROUBLE, lead: ({ it }) => `${it} is due to be purged, but every attempt to purge it failed.` },
  DeliveryFailed: { ...CHANGE, lead: ({ vault }) => `A mail about ${vault} could not be delivered.` },
  BackupFailure: { ...CHANGE, lead: ({ it }) => `A backup of ${it} failed.` },
  RestoreFailure: { ...CHANGE, lead: ({ it }) => `A restore of ${it} failed.` },
  RetentionChanged: { ...CHANGE, lead: ({ vault, by }) => `The soft-delete period of ${vault} was changed${by}.` },
  ItemUndeleted: {
    ending: 'none',
    sections: [action, part.resume, ...DETAILS, part.points, reference],
    lead: ({ it, by }) =>
      `${it} was undeleted${by}. Its backups are kept again, and no more mails about the deletion will follow.`,
  },
  ItemResumed: { ...CHANGE, lead: ({ it, by }) => `Protection of ${it} was resumed${by}.` },
  SoftDeleteAlwaysOnEnabled: {
    ...CHANGE,
    lead: ({ vault, by }) => `Soft delete of ${vault} was set to always on${by}.`,
  },
  Welcome: {
    ...CHANGE,
    lead: ({ vault }) =>
      `From now on this address receives the mails about ${vault}: when backups are deleted, two days before they are purged, when they are purged, and when the security of the vault changes.`,
  },
  Digest: {
    ending: 'count',
    sections: [action, digested, undeleteMembers, part.what, reference],
    lead: ({ vault }) => `This mail tells you what happened in ${vault} in the last hour.`,
  },
};

/** The pieces of an opening sentence. `by`, `kept` and `soon` fit in whether or not their facts are known. */
export const wordsOf = (occasion: Occasion) => {
  const { alert, now } = occasion;
  const [caller, days, until] = [fact(alert, 'by'), keptDays(alert), openUntil(alert, now)];
  const purgeAt = instantFact(alert, 'purgeAt');
  const period = days === undefined ? '' : ` for ${counted(days, 'day')}`;
  const end = until ? `, until ${shown(until)}: ${timeLeft(until, now)}` : '';
  const count = howMany(occasion);
  return {
    it: `${itemOf(alert)} in ${vaultOf(alert)}`,
    vault: vaultOf(alert),
    by: caller ? ` by ${caller}` : '',
    many: count > 0 ? counted(count, 'item') : 'Many items',
    kept: period || end ? ` It is kept${period}${end}.` : '',
    soon: purgeAt ? `be removed for good at ${shown(purgeAt)}: ${timeLeft(purgeAt, now)}` : 'soon be removed for good',
  };
};

type Words = ReturnType<typeof wordsOf>;
