/** What an alert is about: an item, the vault, or the service as a whole. */
type Scope = 'item' | 'vault' | 'service';

interface Kind {
  readonly severity: 'Sev0' | 'Sev1' | 'Sev2' | 'Sev3';
  readonly category: 'Security' | 'Jobs' | 'Service';
  readonly scope: Scope;
  /** What happened, in the words of the mail's subject. */
  readonly event: string;
  readonly recommendedAction: string;
  /** Mailed at once, also when the vault collects its alerts in an hourly digest. */
  readonly urgent?: true;
  /** The owners receive it too. */
  readonly owners?: true;
  /** A silence can keep its mails back; those about a hybrid item not from the owners. Nothing else can be silenced. */
  readonly silenceable?: true | 'unlessHybridToOwners';
  /**
   * While such an alert is open, the same trouble is counted on it and raises no other. `byCaller`: only what the same caller did, by the
   * same operation and refused with the same code.
   */
  readonly collapses?: true | 'byCaller';
  /** A mail that is no alert: it is stored and sent like one, but no list shows it. */
  readonly unlisted?: true;
}

const SECURITY = { severity: 'Sev0', category: 'Security' } as const;
const DESTRUCTIVE = { ...SECURITY, urgent: true, owners: true } as const;
const APPROVAL = { ...DESTRUCTIVE, severity: 'Sev2', scope: 'vault', unlisted: true } as const;
const NEWS = { severity: 'Sev3', category: 'Security' } as const;
const MAIL_ONLY = { severity: 'Sev3', category: 'Service', scope: 'vault', urgent: true, unlisted: true } as const;
const TROUBLE = { severity: 'Sev1', collapses: true } as const;

/** Everything the service raises. A new type is one row here. */
export const ALERTS = {
  DeleteBackupData: {
    ...DESTRUCTIVE,
    scope: 'item',
    event: 'Backup data deleted',
    recommendedAction: 'If this was not intended, undelete the item before it is purged.',
    silenceable: 'unlessHybridToOwners',
  },
  BackupDataPermanentlyDeleted: {
    ...DESTRUCTIVE,
    scope: 'item',
    event: 'Backup data permanently deleted',
    recommendedAction: 'An undelete is not possible. Find out who did it and why, and consider turning soft delete on.',
  },
  MassDeletion: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Many items deleted by one caller',
    recommendedAction: 'Find out whether this was intended. If not, block the caller and undelete the items.',
  },
  UpcomingPurge: {
    ...SECURITY,
    scope: 'item',
    event: 'Backup data will be purged soon',
    recommendedAction: 'If you still need these backups, undelete the item before it is purged.',
  },
  PurgeComplete: {
    ...SECURITY,
    scope: 'item',
    event: 'Backup data purged',
    recommendedAction: 'Nothing: the item cannot be brought back. You can still read its history and its receipt.',
    silenceable: true,
  },
  PurgedUntold: {
    ...DESTRUCTIVE,
    scope: 'item',
    event: 'Backup data purged, and nobody was told before',
    recommendedAction:
      'An undelete is not possible any more. Find out why no mail got through, and mend the addresses or the mail service.',
  },
  SoftDeleteDisabledForVault: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Soft delete disabled',
    recommendedAction: 'Deletions are final from now on. If this was not intended, turn soft delete on again.',
  },
  DisableHybridSecurity: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Security of hybrid backups disabled',
    recommendedAction:
      'Deleting on-premises backups is final from now on and needs no second factor. If this was not intended, turn hybrid security on again.',
  },
  EvidenceBroken: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'History does not hold',
    recommendedAction:
      'Somebody changed or removed entries behind the service. Find out who can write to its storage account, and compare with the mails and the log.',
  },
  MuaDisabled: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Multi-user authorization disabled',
    recommendedAction:
      'From now on one person alone can do critical operations. If this was not intended, link the guard again.',
  },
  ProtectionWeakened: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Protection weakened',
    recommendedAction: 'If this was not intended, set back what was changed and find out who did it.',
  },
  VisibilityReduced: {
    ...DESTRUCTIVE,
    severity: 'Sev1',
    scope: 'vault',
    event: 'Alerts reduced',
    recommendedAction: 'From now on fewer people hear of what happens. If this was not intended, set it back.',
  },
  VaultDeleted: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Vault deleted',
    recommendedAction: 'If this was not intended, restore the vault before it is removed, and find out who deleted it.',
  },
  VaultRestored: {
    ...NEWS,
    urgent: true,
    owners: true,
    scope: 'vault',
    event: 'Vault restored',
    recommendedAction: 'Nothing: it is as it was before it was deleted.',
  },
  VaultRemoved: {
    ...SECURITY,
    urgent: true,
    scope: 'service',
    event: 'Vault removed',
    recommendedAction: 'This cannot be undone. The history of the vault and of its items can still be read.',
  },
  WeakeningRequested: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Weakening of protection requested',
    recommendedAction: 'It does not hold yet. If it was not intended, cancel it before it does.',
  },
  WeakeningCancelled: {
    ...NEWS,
    urgent: true,
    owners: true,
    scope: 'vault',
    event: 'Weakening of protection cancelled',
    recommendedAction: 'Nothing: the protection is as it was.',
  },
  PassphraseChanged: {
    ...DESTRUCTIVE,
    scope: 'vault',
    event: 'Passphrase changed',
    recommendedAction: 'If you did not change it, change it again and find out who did.',
  },
  MassPurgeHeld: {
    ...SECURITY,
    scope: 'service',
    event: 'Unusually many purges held',
    recommendedAction: 'Look at what is due. If it should be purged, run a sweep with the token.',
    urgent: true,
  },
  BrakeReleased: {
    severity: 'Sev1',
    category: 'Security',
    scope: 'service',
    event: 'A brake on purges released',
    recommendedAction: 'If you do not know of it, pause purging and find out who did it and why.',
    urgent: true,
  },
  ModifyPolicyShorterRetention: {
    ...SECURITY,
    scope: 'vault',
    event: 'Retention of a policy shortened',
    recommendedAction:
      'Recovery points will expire earlier. If this was not intended, set the longer retention again before they do.',
  },
  ModifyProtectionShorterRetention: {
    ...SECURITY,
    scope: 'item',
    event: 'Item moved to a policy with shorter retention',
    recommendedAction:
      'Recovery points will expire earlier. If this was not intended, change the policy back before they do.',
  },
  CriticalOperationRefused: {
    ...TROUBLE,
    collapses: 'byCaller',
    category: 'Security',
    scope: 'item',
    event: 'Critical operation refused',
    recommendedAction:
      'Someone tried an operation that needs a second factor or an approval, and had none. Find out who and why.',
    urgent: true,
  },
  PinFailures: {
    ...TROUBLE,
    collapses: 'byCaller',
    category: 'Security',
    scope: 'vault',
    event: 'Security PIN entered wrongly too often',
    recommendedAction: 'The PIN was revoked. If it was you, issue a new one. If not, find out who tried.',
    urgent: true,
  },
  PurgeFailed: {
    ...TROUBLE,
    category: 'Service',
    scope: 'item',
    event: 'A purge failed',
    recommendedAction: 'Nothing yet: it is tried again.',
    silenceable: true,
  },
  PurgeStuck: {
    ...TROUBLE,
    category: 'Service',
    scope: 'item',
    event: 'An item cannot be purged',
    recommendedAction:
      'Ask explain why the item is not purged. The service tries again once a day; what an executor gave up waits for a person.',
    silenceable: true,
  },
  PurgeUnconfirmed: {
    severity: 'Sev1',
    category: 'Service',
    scope: 'item',
    event: 'A purge was not confirmed in time',
    recommendedAction: 'Look at the executor: it was to destroy the data, and has not said that it did.',
  },
  PurgeUnconfirmedEscalated: {
    ...DESTRUCTIVE,
    category: 'Service',
    scope: 'item',
    event: 'A purge is still not confirmed',
    recommendedAction: 'Look at the executor. If it will never confirm, resolve the order by hand.',
  },
  PurgeRefused: {
    severity: 'Sev1',
    category: 'Service',
    scope: 'item',
    event: 'An executor refused a purge',
    recommendedAction:
      'Read its reason. If you still need the data, undelete the item before its new period is over; then its purge comes up again.',
    urgent: true,
    owners: true,
  },
  PurgeRecalled: {
    severity: 'Sev2',
    category: 'Security',
    scope: 'item',
    event: 'A purge was recalled',
    recommendedAction: 'If you still need the data, undelete the item before its new period is over.',
  },
  PurgeForced: {
    ...DESTRUCTIVE,
    scope: 'item',
    event: 'A purge order was closed by hand',
    recommendedAction: 'Find out who did it and why. The record of the item is gone for good.',
  },
  DeliveryFailed: {
    ...TROUBLE,
    category: 'Service',
    scope: 'vault',
    event: 'A mail could not be delivered',
    recommendedAction: 'Check the address: this person did not get the mail.',
    silenceable: true,
  },
  BackupFailure: {
    ...TROUBLE,
    category: 'Jobs',
    scope: 'item',
    event: 'Backup failed',
    recommendedAction: 'Look at the job in the backup engine.',
    silenceable: true,
  },
  RestoreFailure: {
    ...TROUBLE,
    category: 'Jobs',
    scope: 'item',
    event: 'Restore failed',
    recommendedAction: 'Look at the job in the backup engine.',
    silenceable: true,
  },
  ExecutorChanged: {
    severity: 'Sev2',
    category: 'Security',
    scope: 'service',
    event: 'Executor of purges changed',
    recommendedAction:
      'From now on somebody else destroys what is due, or nobody, or by other terms. If this was not intended, set it back and pause purging until then.',
    urgent: true,
    owners: true,
  },
  RetentionChanged: {
    severity: 'Sev2',
    category: 'Security',
    scope: 'vault',
    event: 'Soft-delete period changed',
    recommendedAction: 'Nothing, if this was intended.',
  },
  ItemUndeleted: {
    ...NEWS,
    scope: 'item',
    event: 'Resolved: backup data undeleted',
    recommendedAction: 'Backups do not run again by themselves: resume protection with a policy.',
    silenceable: true,
  },
  ItemResumed: {
    ...NEWS,
    scope: 'item',
    event: 'Protection resumed',
    recommendedAction: 'Nothing.',
    silenceable: true,
  },
  SoftDeleteAlwaysOnEnabled: {
    ...NEWS,
    scope: 'vault',
    event: 'Soft delete is always on',
    recommendedAction: 'Nothing. Nobody can turn it off again.',
  },
  GuardWeakened: {
    ...DESTRUCTIVE,
    scope: 'service',
    event: 'Guard loosened',
    recommendedAction:
      'From now on this guard asks for less. If this was not intended, set it back and find out who did it.',
  },
  GuardRequested: {
    ...APPROVAL,
    scope: 'service',
    event: 'Approval of a guarded operation requested',
    recommendedAction:
      'Ask the person why, outside this mail. Then approve or deny; without an answer nothing happens.',
  },
  GuardGranted: {
    ...APPROVAL,
    scope: 'service',
    event: 'Guarded operation approved',
    recommendedAction: 'Nothing, if you expected this. If not, ask who approved it and why, before it is used.',
  },
  GuardUsed: {
    ...APPROVAL,
    event: 'Approval of a guarded operation used',
    recommendedAction: 'Nothing, if this is what was approved. If not, undo it while you still can.',
  },
  Welcome: {
    ...MAIL_ONLY,
    event: 'You will hear from this vault',
    recommendedAction: 'Nothing: this mail shows that our mails reach you.',
  },
  Digest: {
    ...MAIL_ONLY,
    event: 'Alerts of the last hour',
    recommendedAction: 'Look at each open alert.',
  },
  Bundle: {
    ...MAIL_ONLY,
    severity: 'Sev1',
    scope: 'service',
    event: 'More alerts than single mails',
    recommendedAction: 'Look at each open alert, the gravest first.',
  },
  ServiceSettingsChanged: {
    severity: 'Sev1',
    category: 'Security',
    scope: 'service',
    event: 'Brakes or identities of the service changed',
    recommendedAction:
      'If you do not know of a deployment that changed them, find out who can change the settings of the app.',
    urgent: true,
  },
} as const satisfies Record<string, Kind>;

export type AlertType = keyof typeof ALERTS;
export const ALERT_TYPES = Object.keys(ALERTS) as readonly AlertType[];
export const kindOf = (type: AlertType): Kind => ALERTS[type];

/** All that a silence can be about. */
export const SILENCEABLE = ALERT_TYPES.filter((type) => kindOf(type).silenceable !== undefined);

/** The order in which mails go out: 0 and 1 stand before all others. */
export const rankOf = (type: AlertType): number => Number(kindOf(type).severity.slice(-1));
export const isFirst = (type: AlertType): boolean => rankOf(type) <= 1;
