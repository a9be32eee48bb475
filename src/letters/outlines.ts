import type { Alert } from '../core/alerts.ts';
import type { AlertType } from '../core/alertTypes.ts';
import type { Section } from './blocks.ts';
import { crowded, deleted, digested, undeleteAll, undeleteMembers } from './bundles.ts';
import { fact } from './facts.ts';
import * as offer from './offers.ts';
import { destroyed, ordered, recall, resolve, whoIsAsked } from './orders.ts';
import * as part from './sections.ts';
import type { Outline } from './words.ts';

/** Letters that are made of the same parts differ in how they open. */
const outline =
  (ending: Outline['ending'], sections: readonly Section[]) =>
  (lead: Outline['lead']): Outline => ({ ending, sections, lead });

const { action, points, reference } = part;
const DETAILS = [part.who, part.what] as const;
const LOSS = [action, part.wasKept, part.billing, ...DETAILS, points, reference] as const;

const change = outline('none', [action, ...DETAILS, reference]);
const trouble = outline('none', [action, offer.explain, ...DETAILS, reference]);
const loss = outline('purged', LOSS);
const order = outline('none', [action, recall, ordered, ...DETAILS, points, reference]);
const late = outline('none', [action, recall, resolve, ordered, ...DETAILS, points, reference]);
const back = outline('timeLeft', [action, offer.undelete, part.keptUntil, ordered, ...DETAILS, points, reference]);
const deletion = outline('timeLeft', [
  part.tooLate,
  part.rescue,
  offer.undelete,
  whoIsAsked,
  part.keptUntil,
  part.billing,
  ...DETAILS,
  points,
  reference,
]);

/** What each letter says, and from which parts. An alert type without a row does not compile. */
const OUTLINES: Readonly<Record<AlertType, Outline>> = {
  DeleteBackupData: deletion(({ it, by, kept }) => `The backup data of ${it} was deleted${by}.${kept}`),
  BackupDataPermanentlyDeleted: loss(
    ({ it, by, said }) => `${it} was deleted${by}. Soft delete did not apply: it cannot be undeleted. ${said}`,
  ),
  MassDeletion: {
    ending: 'count',
    sections: [part.rescue, undeleteAll, ...DETAILS, deleted, reference],
    lead: ({ many, vault, by }) => `${many} in ${vault} were deleted${by} within minutes.`,
  },
  UpcomingPurge: deletion(({ it, soon, late }) => `The deleted backups of ${it} will ${soon}.${late}`),
  PurgeComplete: {
    ending: 'purged',
    sections: [part.reminded, ...LOSS],
    lead: ({ it, said }) => `${it}, which was soft-deleted, has been purged and cannot be brought back. ${said}`,
  },
  PurgedUntold: loss(
    ({ it, said }) =>
      `${it}, which was soft-deleted, has been purged, and no mail about it had got through before: the service waited as long as it may. ${said}`,
  ),
  SoftDeleteDisabledForVault: change(({ vault, by }) => `Soft delete was turned off for ${vault}${by}.`),
  DisableHybridSecurity: change(
    ({ vault, by }) => `The security of hybrid backups (MARS, DPM, MABS) was turned off for ${vault}${by}.`,
  ),
  EvidenceBroken: change(
    ({ vault }) =>
      `The history of ${vault} does not hold any more: entries were changed or removed behind the service.`,
  ),
  MuaDisabled: change(({ vault, by }) => `The resource guard was removed from ${vault}${by}.`),
  ProtectionWeakened: change(({ place, by }) => `A protection of ${place} was weakened${by}.`),
  VisibilityReduced: change(
    ({ vault, by }) => `Less is told about ${vault} from now on, or to fewer people. This was changed${by}.`,
  ),
  VaultDeleted: {
    ending: 'none',
    sections: [action, offer.restore, ...DETAILS, reference],
    lead: ({ vault, by }) =>
      `Vault ${vault} was deleted${by}. It is kept for 14 days and can be restored as it was; then it is removed for good.`,
  },
  VaultRestored: change(({ vault, by }) => `Vault ${vault} was restored${by}. It is as it was before it was deleted.`),
  VaultRemoved: change(({ removed }) => `${removed}, which was deleted 14 days ago, has been removed for good.`),
  WeakeningRequested: {
    ending: 'none',
    sections: [action, offer.cancel, ...DETAILS, reference],
    lead: ({ guarded, by }) =>
      `A protection of ${guarded} is going to be weakened. This was requested${by}, and holds only after its cooling-off.`,
  },
  WeakeningCancelled: change(
    ({ guarded, by }) => `A requested weakening of ${guarded} was cancelled${by}. Nothing has changed.`,
  ),
  GuardWeakened: change(({ guard, by }) => `${guard} asks for less from now on, or is gone. This was changed${by}.`),
  GuardRequested: {
    ending: 'none',
    sections: [action, offer.answer, ...DETAILS, reference],
    lead: ({ vault, by }) =>
      `The approval of an operation on ${vault} was requested${by}. Nothing happens unless enough of those who keep the guard approve.`,
  },
  GuardGranted: change(
    ({ vault, by }) =>
      `An operation that the resource guard of ${vault} protects was approved${by}. Until the approval ends, the person it was granted to may carry it out.`,
  ),
  GuardUsed: change(
    ({ vault, by }) =>
      `An operation that the resource guard of ${vault} protects was carried out${by}, with the approval of another person.`,
  ),
  PassphraseChanged: change(({ vault, by }) => `An encryption passphrase of ${vault} was changed${by}.`),
  MassPurgeHeld: {
    ending: 'count',
    sections: [action, offer.drySweep, ...DETAILS, reference],
    lead: ({ many, where }) =>
      `${many} are due to be purged${where}, which is unusually many. The service purges none of them until a person releases them.`,
  },
  BrakeReleased: change(({ by }) => `A brake that held purges back was released${by}.`),
  ExecutorChanged: change(
    ({ by }) =>
      `Who destroys what is purged, or by which terms, was changed${by}. This mail names what was and what is.`,
  ),
  ModifyPolicyShorterRetention: change(
    ({ vault, by }) => `A policy of ${vault} was edited to keep backups for a shorter time${by}.`,
  ),
  ModifyProtectionShorterRetention: {
    ending: 'none',
    sections: [action, ...DETAILS, points, reference],
    lead: ({ it, by }) => `${it} was moved to a policy that keeps backups for a shorter time${by}.`,
  },
  CriticalOperationRefused: change(
    ({ it, by }) => `A critical operation on ${it} was tried${by}. The service refused it.`,
  ),
  PinFailures: change(({ vault, by }) => `A wrong security PIN for ${vault} was entered too often${by}.`),
  PurgeFailed: trouble(({ it }) => `The purge of ${it} failed. The service will try it again.`),
  PurgeStuck: trouble(({ it }) => `${it} is due to be purged, but every attempt to purge it failed.`),
  PurgeUnconfirmed: late(
    ({ it, executor }) =>
      `${executor} was asked to destroy the data of ${it}, and has not confirmed in time that it did. Reprieve keeps its record until then.`,
  ),
  PurgeUnconfirmedEscalated: late(
    ({ it, executor }) =>
      `${executor} was asked to destroy the data of ${it}, and has still not confirmed that it did. Reprieve keeps its record until then.`,
  ),
  PurgeRefused: back(
    ({ it, executor, kept }) =>
      `${executor} was asked to destroy the data of ${it}, and refused: nothing was destroyed. The item is back in the trash.${kept}`,
  ),
  PurgeRecalled: back(
    ({ it, by, kept }) =>
      `The purge order of ${it} was recalled${by}: nothing was destroyed. The item is back in the trash.${kept}`,
  ),
  PurgeForced: {
    ending: 'purged',
    sections: [action, destroyed, ordered, part.wasKept, ...DETAILS, points, reference],
    lead: ({ it, by, said }) => `The purge order of ${it} was closed by hand${by}. ${said}`,
  },
  DeliveryFailed: change(({ vault }) => `A mail about ${vault} could not be delivered.`),
  BackupFailure: change(({ it }) => `A backup of ${it} failed.`),
  RestoreFailure: change(({ it }) => `A restore of ${it} failed.`),
  RetentionChanged: change(({ vault, by }) => `The soft-delete period of ${vault} was changed${by}.`),
  ItemUndeleted: {
    ending: 'none',
    sections: [action, offer.resume, ...DETAILS, points, reference],
    lead: ({ it, by }) =>
      `${it} was undeleted${by}. Its backups are kept again, and no more mails about the deletion will follow.`,
  },
  ItemResumed: change(({ it, by }) => `Protection of ${it} was resumed${by}.`),
  SoftDeleteAlwaysOnEnabled: change(({ vault, by }) => `Soft delete of ${vault} was set to always on${by}.`),
  Welcome: change(
    ({ vault }) =>
      `From now on this address receives the mails about ${vault}: when backups are deleted, before they are purged, when they are purged, and when the security of the vault changes.`,
  ),
  Digest: {
    ending: 'count',
    sections: [action, digested, undeleteMembers, part.what, reference],
    lead: ({ vault }) => `This mail tells you what happened in ${vault} in the last hour.`,
  },
  Bundle: {
    ending: 'count',
    sections: [action, crowded, undeleteMembers, reference],
    lead: () =>
      'This address has got as many single mails within an hour as it may get. Until there are fewer, the service tells it the rest every five minutes, in one mail.',
  },
  ServiceSettingsChanged: change(
    () => 'The service started with other brakes or identities than before. This mail names each setting that changed.',
  ),
};

/** The same about what an executor is asked to destroy. Its words hold for built-in workloads and for your own kinds. */
const OF_ORDERS: { readonly [T in AlertType]?: Outline } = {
  BackupDataPermanentlyDeleted: {
    ...order(
      ({ it, by, executor }) =>
        `${it} was deleted${by}. Soft delete did not apply, so it cannot be undeleted: ${executor} is asked to destroy its data now. Reprieve keeps its record until that is confirmed.`,
    ),
    event: 'Deleted, and to be destroyed at once',
  },
  PurgedUntold: {
    ...order(
      ({ it, executor }) =>
        `The time of ${it} in the trash is over: ${executor} is asked to destroy its data now. No mail about it had got through before: the service waited as long as it may.`,
    ),
    event: 'Data to be destroyed, and nobody was told before',
  },
  PurgeComplete: {
    ending: 'purged',
    sections: [action, destroyed, part.remindedOfPurge, part.wasKept, part.billing, ...DETAILS, points, reference],
    lead: ({ it, said }) => `${it} has been purged and cannot be brought back. ${said}`,
  },
  PurgeFailed: {
    ...order(
      ({ it, executor }) => `${executor} was asked to destroy the data of ${it}, and could not. It is asked again.`,
    ),
    event: 'An executor could not destroy data',
  },
  PurgeStuck: {
    ...late(
      ({ it, executor }) =>
        `${executor} was asked to destroy the data of ${it}, and gave up. Nobody tries again before a person has decided.`,
    ),
    event: 'A purge order is blocked',
  },
};

export const outlineOf = (alert: Alert): Outline =>
  (fact(alert, 'order') ? OF_ORDERS[alert.type] : undefined) ?? OUTLINES[alert.type];
