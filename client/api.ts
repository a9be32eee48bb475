// Made by `npm run api` from the API document; do not edit it by hand.

/** A job that runs on an item. */
export type ActiveJob = {
  readonly id: string;
  readonly operation: JobOperation;
  readonly startedAt: Instant;
};

/** Why this address gets the mail. */
export type AddressedAs = 'recipient' | 'owner' | 'operator' | 'contact';

/** Something that happened and that people should know. */
export type Alert = {
  readonly id: string;
  readonly type: AlertType;
  readonly severity: Severity;
  readonly category: AlertCategory;
  readonly vault: string | null;
  readonly item?: string;
  readonly generation?: number;
  readonly firedAt: Instant;
  readonly count: number;
  readonly state: AlertState;
  readonly recommendedAction: string;
  readonly facts: Facts;
  readonly evidence: Evidence | null;
  readonly notifications: readonly Notification[];
};

/** What an alert is about. */
export type AlertCategory = 'Security' | 'Jobs' | 'Service';

/** The id of an alert: vault, item, type and occurrence. */
export type AlertId = string;

/** A page of alerts. */
export type AlertList = {
  readonly value: readonly Alert[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** One mail for each alert, or one an hour for all of them. */
export type AlertMode = 'PerAlert' | 'HourlyDigest';

/** Who gets the mails about alerts, and how. */
export type AlertSettings = {
  readonly recipients: readonly string[];
  readonly owners: readonly string[];
  readonly mode: AlertMode;
  readonly onHardDelete: boolean;
  readonly reminderDays: readonly number[];
};

/** New, then perhaps Acknowledged, then Closed. It never goes back. */
export type AlertState = 'New' | 'Acknowledged' | 'Closed';

/** What happened. */
export type AlertType = 'DeleteBackupData' | 'BackupDataPermanentlyDeleted' | 'MassDeletion' | 'UpcomingPurge' | 'PurgeComplete' | 'PurgedUntold' | 'SoftDeleteDisabledForVault' | 'DisableHybridSecurity' | 'EvidenceBroken' | 'MuaDisabled' | 'ProtectionWeakened' | 'VisibilityReduced' | 'VaultDeleted' | 'VaultRestored' | 'VaultRemoved' | 'WeakeningRequested' | 'WeakeningCancelled' | 'PassphraseChanged' | 'MassPurgeHeld' | 'BrakeReleased' | 'ModifyPolicyShorterRetention' | 'ModifyProtectionShorterRetention' | 'CriticalOperationRefused' | 'PinFailures' | 'PurgeFailed' | 'PurgeStuck' | 'PurgeUnconfirmed' | 'PurgeUnconfirmedEscalated' | 'PurgeRefused' | 'PurgeRecalled' | 'PurgeForced' | 'DeliveryFailed' | 'BackupFailure' | 'RestoreFailure' | 'ExecutorChanged' | 'RetentionChanged' | 'ItemUndeleted' | 'ItemResumed' | 'SoftDeleteAlwaysOnEnabled' | 'GuardWeakened' | 'ServiceSettingsChanged';

/** An OpenAPI document. */
export type ApiDocument = {
  readonly openapi: '3.1.1';
  readonly info: ApiDocumentPart;
  readonly paths: ApiDocumentPart;
  readonly [name: string]: unknown;
};

/** A part of an OpenAPI document. */
export type ApiDocumentPart = {
  readonly [name: string]: unknown;
};

/** Somebody approved. */
export type Approval = {
  readonly by: string;
  readonly at: Instant;
};

/** How long the recovery point of a backup is kept. */
export type BackupRequest = {
  readonly expiresAt?: Time | null;
};

/** Which limit of the belt was reached: at once, within 24 hours, or of one vault. */
export type BeltLimit = 'count' | 'perDay' | 'percent';

/** Which soft-deleted items: these, those that meet all given conditions, or all. */
export type BulkUndeleteRequest = {
  readonly items?: readonly Name[];
  readonly deletedBy?: string;
  readonly from?: Time;
  readonly to?: Time;
  readonly all?: true;
  readonly dryRun?: boolean;
};

/** An entry of a history: its number and its hash. */
export type ChainHead = {
  readonly seq: number;
  readonly hash: string;
};

/** Another policy. */
export type ChangePolicyRequest = {
  readonly policy: Name;
};

/** The portal or an API client, an agent on premises, or the service itself. */
export type Channel = 'portal' | 'agent' | 'service';

/** Why none is given out, although some could be claimed. */
export type ClaimHeld = {
  readonly reason: ClaimHeldReason;
  readonly until?: Instant;
};

/** What holds them. */
export type ClaimHeldReason = 'Paused' | 'ClockSkew';

/** What an app wants to work on. */
export type ClaimRequest = {
  readonly executor: Name;
  readonly max?: number;
  readonly leaseSeconds?: number;
};

/** An order that is claimed, with the token by which its holder speaks of it. */
export type ClaimedPurgeOrder = {
  readonly order: string;
  readonly state: PurgeOrderState;
  readonly executor: string;
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly kind: string;
  readonly class: OrderClass;
  readonly represents: OrderRepresents;
  readonly tier: OrderTier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly superseded: boolean;
  readonly deletedAt: Instant;
  readonly deletedBy: string;
  readonly deletedByTenant: string | null;
  readonly channel: OrderChannel | null;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly softDeleteApplied: boolean;
  readonly retentionDays: number;
  readonly purgeAt: Instant;
  readonly approvals: readonly DeletionApproval[];
  readonly secondFactor: OrderFactor | null;
  readonly recoveryPoints: OrderPoints;
  readonly parameters: Parameters;
  readonly orderedAt: Instant;
  readonly confirmBy: Instant;
  readonly availableAt: Instant | null;
  readonly attempts: number;
  readonly untouched: boolean;
  readonly checkpoint: unknown;
  readonly lease: OrderLease | null;
  readonly lastFailure: OrderFailure | null;
  readonly etag: Etag;
  readonly token: number;
};

/** The orders that were claimed. */
export type ClaimedPurgeOrders = {
  readonly value: readonly ClaimedPurgeOrder[];
  readonly nextAt: Instant | null;
  readonly held?: ClaimHeld;
};

/** The clock of a local run. */
export type Clock = {
  readonly offset: string;
  readonly now: Instant;
};

/** Where to move the clock. */
export type ClockRequest = {
  readonly offset: string;
};

/** Every reason to refuse. */
export type Code = 'InvalidRequest' | 'InvalidName' | 'UnsupportedApiVersionValue' | 'ConfirmationRequired' | 'LengthRequired' | 'RequestTooLarge' | 'UnsupportedMediaType' | 'NotABackupItem' | 'MinimumRetention' | 'AgentTooOld' | 'IdempotencyKeyReused' | 'Unauthenticated' | 'StepUpRequired' | 'Forbidden' | 'SecurityPinRequired' | 'SecurityPinInvalid' | 'GuardApprovalRequired' | 'NotIndependent' | 'TooManyAttempts' | 'RouteNotFound' | 'MethodNotAllowed' | 'VaultNotFound' | 'PolicyNotFound' | 'ServerNotFound' | 'ItemNotFound' | 'RecoveryPointNotFound' | 'JobNotFound' | 'HoldNotFound' | 'GuardNotFound' | 'KindNotFound' | 'ExecutorNotFound' | 'GrantNotFound' | 'PendingChangeNotFound' | 'PauseNotFound' | 'AlertNotFound' | 'SilenceNotFound' | 'DeadLetterNotFound' | 'QuarantineNotFound' | 'ReceiptNotFound' | 'OperationNotFound' | 'ResultsNotFound' | 'PurgeOrderNotFound' | 'ItemPurged' | 'VaultDeleted' | 'AlreadyProtected' | 'InvalidTransition' | 'ItemSoftDeleted' | 'ItemNotSoftDeleted' | 'ProtectionStopped' | 'PurgeInProgress' | 'UndeleteWindowClosed' | 'NotDue' | 'StaleToken' | 'OrderClosed' | 'DestructionPossible' | 'ObjectLocked' | 'ActiveElsewhere' | 'RecoveryPointExists' | 'RecoveryPointLimit' | 'KindImmutable' | 'KindReserved' | 'KindRetired' | 'KindInUse' | 'NotSupportedByKind' | 'WrongVaultKind' | 'AlwaysOnIrreversible' | 'AlwaysOnForbidsPortalDelete' | 'ImmutabilityBlocked' | 'ImmutabilityLocked' | 'ImmutabilityRequired' | 'VaultNotEmpty' | 'VaultHasSoftDeletedItems' | 'PolicyInUse' | 'ServerNotEmpty' | 'GuardInUse' | 'ExecutorInUse' | 'LimitReached' | 'PreconditionFailed' | 'RequestInProgress' | 'BeltTokenInvalid' | 'Busy' | 'ServiceUnavailable' | 'InternalError' | 'NotConfigured';

/** It is destroyed. */
export type CompletePurgeRequest = {
  readonly token: number;
  readonly proof: Proof;
};

/** How a job ended. */
export type CompleteRequest = {
  readonly status: JobEnding;
  readonly recoveryPoint?: CompleteRequestRecoveryPoint;
};

/** The point that a completed backup made. */
export type CompleteRequestRecoveryPoint = {
  readonly name?: Name;
  readonly createdAt?: Time;
  readonly rung?: PointRung;
  readonly expiresAt?: Time | null;
};

/** What protects data or makes its loss seen. */
export type Control = 'softDelete' | 'softDeletePeriod' | 'hybridSecurity' | 'portalDelete' | 'immutability' | 'coolingOff' | 'guardLink' | 'vault' | 'policy' | 'protection' | 'hold' | 'addressees' | 'hardDeleteAlert' | 'reminders' | 'digest' | 'silence' | 'deadLetter' | 'executor' | 'kind' | 'purgeOrder' | 'guard' | 'pause' | 'belt' | 'serviceSettings';

/** An executor, with what it has to do. */
export type CountedExecutor = {
  readonly name: string;
  readonly callers: readonly ExecutorCaller[];
  readonly confirmWithinHours: number;
  readonly contacts: readonly string[];
  readonly lastSeenAt: Instant | null;
  readonly etag: Etag;
  readonly orders: ExecutorOrders;
};

/** A mail that the service gave up. */
export type DeadLetter = {
  readonly id: string;
  readonly alert: string | null;
  readonly recipient: string | null;
  readonly reason: string;
  readonly code: string;
  readonly attempts: number;
  readonly firstFailedAt: Instant;
  readonly lastFailedAt: Instant;
};

/** A page of mails that the service gave up. */
export type DeadLetterList = {
  readonly value: readonly DeadLetter[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** A vault that was deleted and can be restored. */
export type DeletedVault = {
  readonly name: string;
  readonly kind: VaultKind;
  readonly id: string;
  readonly deletedAt: Instant;
  readonly deletedBy: string;
  readonly reason: string | null;
  readonly removeAt: Instant;
  readonly etag: Etag;
};

/** A page of deleted vaults. */
export type DeletedVaultList = {
  readonly value: readonly DeletedVault[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** How an item was deleted, and until when it can be undeleted. */
export type Deletion = {
  readonly deletedAt: Instant;
  readonly purgeAt: Instant;
  readonly retentionDays: number;
  readonly daysLeft: number;
  readonly remaining: string;
  readonly purgeUpcoming: boolean;
  readonly billingEndsAt: Instant;
  readonly chargeableDays: number;
  readonly freeDays: number;
  readonly deletedBy: string;
  readonly reason: string | null;
  readonly comment: string | null;
};

/** An approval that the deletion used. */
export type DeletionApproval = {
  readonly guard: string | null;
  readonly operation: string;
  readonly grantedBy: string;
  readonly grantedAt: string;
};

/** What became of one mail. */
export type DeliveryReport = {
  readonly messageId: string;
  readonly recipient: string;
  readonly status: DeliveryStatus;
  readonly deliveryStatusDetails?: DeliveryStatusDetails | null;
  readonly [name: string]: unknown;
};

/** The mail service reports what became of a mail. */
export type DeliveryReportEvent = {
  readonly eventType: 'Microsoft.Communication.EmailDeliveryReportReceived';
  readonly data: DeliveryReport;
  readonly [name: string]: unknown;
};

/** What became of a mail, in the words of the mail service. */
export type DeliveryStatus = 'Delivered' | 'Bounced' | 'Failed' | 'Suppressed' | 'Quarantined' | 'FilteredSpam' | 'Expanded';

/** What the mail server of the recipient said. */
export type DeliveryStatusDetails = {
  readonly statusMessage?: string | null;
  readonly [name: string]: unknown;
};

/** How many mails were reported on. */
export type DeliveryTally = {
  readonly delivered: number;
  readonly failed: number;
  readonly unchanged: number;
  readonly unknown: number;
};

/** Why. */
export type Denial = {
  readonly reason?: string;
};

/** What became of the data. */
export type Destroyed = 'nothing' | 'some' | 'unknown';

/** An e-mail address. */
export type Email = string;

/** A refusal. */
export type Error = {
  readonly code: Code;
  readonly message: string;
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
  readonly innererror?: InnerError;
};

/** One thing that is wrong. */
export type ErrorDetail = {
  readonly code: Code;
  readonly message: string;
  readonly target: string;
};

/** A refusal, in the form of Azure. */
export type ErrorResponse = {
  readonly error: Error;
};

/** The version of a resource, quoted. */
export type Etag = string;

/** The answer to a new subscription of Event Grid. */
export type EventGridHandshake = {
  readonly validationResponse: string;
};

/** An entry of a history. */
export type Evidence = {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
};

/** Apps of your own that destroy what is purged. */
export type Executor = {
  readonly name: string;
  readonly callers: readonly ExecutorCaller[];
  readonly confirmWithinHours: number;
  readonly contacts: readonly string[];
  readonly lastSeenAt: Instant | null;
  readonly etag: Etag;
};

/** An app that acts for an executor. */
export type ExecutorCaller = {
  readonly tid: string;
  readonly oid: string;
};

/** A page of executors. */
export type ExecutorList = {
  readonly value: readonly Executor[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** How many orders it has, each counted to 1,000, by what its work list says. */
export type ExecutorOrders = {
  readonly open: number;
  readonly leased: number;
  readonly waiting: number;
  readonly blocked: number;
  readonly unconfirmed: number;
};

/** Any part of an executor; a new one needs its callers. Null gives the default back. */
export type ExecutorRequest = {
  readonly callers?: readonly ExecutorRequestCaller[];
  readonly confirmWithinHours?: number | null;
  readonly contacts?: readonly Email[] | null;
};

/** An app that acts for an executor. */
export type ExecutorRequestCaller = {
  readonly tid: string;
  readonly oid: string;
};

/** Why an item was or was not purged. */
export type Explanation = {
  readonly state: ItemState;
  readonly notBefore: Instant | null;
  readonly expectedBy: Instant | null;
  readonly blockers: readonly PurgeBlocker[];
  readonly can: readonly OfferedVerb[];
};

/** More details, by name. */
export type Facts = {
  readonly [name: string]: string | number | boolean | null | readonly string[];
};

/** This attempt has ended, and it is not destroyed. */
export type FailRequest = {
  readonly token: number;
  readonly code: string;
  readonly message: string;
  readonly destroyed: 'nothing' | 'some' | 'unknown';
  readonly retryAfterSeconds?: number;
  readonly permanent?: boolean;
};

/** What will be purged on which day. */
export type Forecast = {
  readonly unreadable: readonly UnreadableItem[];
  readonly days: readonly ForecastDay[];
  readonly nextLink?: string;
};

/** What will be purged: day by day, or, with `date`, on one day. */
export type ForecastAnswer = Forecast | ForecastList;

/** What will be purged on one day. */
export type ForecastDay = {
  readonly date: string;
  readonly count: number;
  readonly items: readonly ForecastItem[];
};

/** An item that will be purged. */
export type ForecastItem = {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
};

/** A page of what will be purged on one day, soonest first. */
export type ForecastList = {
  readonly value: readonly ForecastItem[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** One caller may do one thing in one place, for a while. */
export type Grant = {
  readonly grant: string;
  readonly guard: string;
  readonly vault: string | null;
  readonly operation: GuardedOperation;
  readonly items: readonly string[] | null;
  readonly uses: number;
  readonly used: number;
  readonly grantee: string;
  readonly requestedBy: string;
  readonly reason: string | null;
  readonly approvals: readonly Approval[];
  readonly quorum: number;
  readonly state: GrantState;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
};

/** A page of grants. */
export type GrantList = {
  readonly value: readonly Grant[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Who may do what, where, and until when. */
export type GrantRequest = {
  readonly operation: GuardedOperation;
  readonly vault: Name | null;
  readonly grantee?: string;
  readonly expiresAt: Time;
  readonly items?: readonly Name[];
  readonly uses?: number;
  readonly reason?: string;
};

/** What has become of a grant. */
export type GrantState = 'Requested' | 'Live' | 'Used' | 'Denied' | 'Revoked' | 'Expired';

/** Events of Event Grid. */
export type GridEventsRequest = readonly (ValidationEvent | OtherEvent | DeliveryReportEvent)[];

/** Whose approval critical operations need. */
export type Guard = {
  readonly name: string;
  readonly excludedOperations: readonly GuardedOperation[];
  readonly quorum: number;
  readonly coolingOffHours: number;
  readonly contacts: readonly string[];
  readonly coverBackupSoftDelete: boolean;
  readonly pendingChanges: readonly PendingLoosening[];
  readonly createdBy: string;
  readonly createdAt: Instant;
  readonly etag: Etag;
};

/** Which guard. */
export type GuardLinkRequest = {
  readonly guard: Name;
};

/** A page of guards. */
export type GuardList = {
  readonly value: readonly Guard[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Any part of a guard. Null gives the default back. */
export type GuardRequest = {
  readonly excludedOperations?: readonly GuardedOperation[] | null;
  readonly quorum?: number | null;
  readonly coolingOffHours?: number | null;
  readonly contacts?: readonly Email[] | null;
  readonly coverBackupSoftDelete?: boolean | null;
};

/** What needs the approval of others under a guard. */
export type GuardedOperation = 'disableSoftDelete' | 'removeGuard' | 'deleteProtection' | 'reduceRetention' | 'getSecurityPin' | 'stopProtection' | 'disableImmutability' | 'deleteVault' | 'removeHold' | 'reduceAlerts' | 'dismissDeadLetter' | 'changeExecutor' | 'resolvePurge' | 'releaseBelt' | 'endPause';

/** The caller of an operation. */
export type HistoryCaller = {
  readonly oid: string;
  readonly tid: string;
  readonly roles: readonly Role[];
  readonly channel: Channel;
};

/** One line of a history: what was done, or refused. */
export type HistoryEntry = {
  readonly chain: string;
  readonly seq: number | null;
  readonly at: Instant;
  readonly caller: HistoryCaller;
  readonly operation: string;
  readonly outcome: HistoryOutcome;
  readonly code: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly requestId: string;
  readonly facts: Facts;
  readonly digest: string | null;
  readonly prev: string | null;
  readonly hash: string | null;
};

/** Whether it was done or refused. */
export type HistoryOutcome = 'Succeeded' | 'Refused';

/** A page of a history, and whether it holds. */
export type HistoryPage = {
  readonly value: readonly HistoryEntry[];
  readonly nextLink?: string;
  readonly head?: ChainHead | null;
  readonly intact: boolean;
  readonly broken?: readonly number[];
};

/** Keeps an item from being purged. */
export type Hold = {
  readonly name: string;
  readonly reason: string;
  readonly until: Instant | null;
  readonly by: string;
  readonly at: Instant;
  readonly etag: Etag;
};

/** Why an item must not be purged, and until when. */
export type HoldRequest = {
  readonly reason: string;
  readonly until?: Time | null;
};

/** The product whose agent backs up from on premises. It never changes. */
export type HybridKind = 'MARS' | 'DPM' | 'MABS';

/** The security of on-premises workloads. */
export type HybridSettings = {
  readonly state: SwitchState;
  readonly portalDeleteUnderAlwaysOn: PortalDelete;
  readonly mfaRequired: boolean;
  readonly alertsEnabled: boolean;
};

/** Whether anything may be deleted early. Locked can never be undone. */
export type ImmutabilityState = 'Disabled' | 'Unlocked' | 'Locked';

/** The facts of a refusal, by name. */
export type InnerError = {
  readonly azureCode?: string;
  readonly [name: string]: unknown;
};

/** A time in UTC, with milliseconds. */
export type Instant = string;

/** A thing that is protected, or was. */
export type Item = {
  readonly name: string;
  readonly vault: string;
  readonly workload: Name;
  readonly class: WorkloadClass;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly state: ItemState;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly generation: number;
  readonly lastBackup: LastBackup;
  readonly activeJob: ActiveJob | null;
  readonly recoveryPoints: RecoveryPointCount;
  readonly softDelete: Deletion | null;
  readonly purgeOrder: ItemPurgeOrder | null;
  readonly holds: readonly Hold[];
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
};

/** What can be protected: a built-in workload, or a kind of your own. */
export type ItemKind = {
  readonly name: string;
  readonly builtIn: boolean;
  readonly class: WorkloadClass;
  readonly vaultKinds: readonly VaultKind[];
  readonly represents: Represents;
  readonly recoveryPoints: boolean;
  readonly minimumRetentionDays: number;
  readonly executor: string | null;
  readonly parameters: Parameters | null;
  readonly title: string;
  readonly plural: string;
  readonly active: boolean;
  readonly etag: Etag;
};

/** A page of items. */
export type ItemList = {
  readonly value: readonly Item[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** What its executor is to destroy, and how far that is. */
export type ItemPurgeOrder = {
  readonly order: string;
  readonly state: LivePurgeOrderState;
  readonly executor: string;
  readonly orderedAt: Instant;
  readonly confirmBy: Instant;
  readonly attempts: number;
  readonly untouched: boolean;
  readonly recallable: boolean;
};

/** What to protect, and under which policy. */
export type ItemRequest = {
  readonly workload: Name;
  readonly policy?: Name;
  readonly sourceId: string;
  readonly server?: Name | null;
  readonly tier?: Tier;
  readonly recoverSoftDeleted?: boolean;
};

/** The state of an item. */
export type ItemState = 'Protected' | 'ProtectionStopped' | 'BackupsSuspended' | 'SoftDeleted' | 'Purging';

/** A backup or a restore. */
export type Job = {
  readonly id: string;
  readonly operation: JobOperation;
  readonly status: JobStatus;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly item: string;
};

/** How a job ended. */
export type JobEnding = 'Completed' | 'Failed' | 'Cancelled';

/** What a job does. */
export type JobOperation = 'Backup' | 'Restore';

/** Whether a job runs, or how it ended. */
export type JobStatus = 'InProgress' | 'Completed' | 'Failed' | 'Cancelled';

/** A page of kinds. */
export type KindList = {
  readonly value: readonly ItemKind[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Any part of a kind. Null gives the default back. */
export type KindRequest = {
  readonly class?: WorkloadClass | null;
  readonly vaultKinds?: readonly VaultKind[] | null;
  readonly represents?: Represents | null;
  readonly recoveryPoints?: boolean | null;
  readonly minimumRetentionDays?: number | null;
  readonly executor?: Name | null;
  readonly parameters?: Parameters | null;
  readonly title?: string | null;
  readonly plural?: string | null;
  readonly active?: boolean | null;
};

/** How the last backup went. */
export type LastBackup = {
  readonly status: LastBackupStatus;
  readonly at: Instant | null;
};

/** How the last backup went; Disabled in the trash, NotApplicable where there are none. */
export type LastBackupStatus = 'Pending' | 'Completed' | 'Failed' | 'Cancelled' | 'Disabled' | 'NotApplicable';

/** How far it is. */
export type LivePurgeOrderState = 'Open' | 'Leased' | 'Waiting' | 'Blocked';

/** The process is alive. */
export type Liveness = {
  readonly status: 'ok';
};

/** A name: 1 to 63 letters, digits, ".", "_", "-", beginning and ending with a letter or digit. */
export type Name = string;

/** A workload that another product protects. It is refused, and the message names that product. */
export type NeighbourRequest = {
  readonly workload: 'StorageSoftDelete' | 'SiteRecovery' | 'Microsoft365';
  readonly [name: string]: unknown;
};

/** An empty object. */
export type NothingRequest = Readonly<Record<string, never>>;

/** One mail to one recipient. */
export type Notification = {
  readonly recipient: string;
  readonly as: AddressedAs;
  readonly status: NotificationStatus;
  readonly sentAt?: Instant;
  readonly attempts: number;
  readonly operationId: string;
};

/** How far a mail has come. */
export type NotificationStatus = 'Queued' | 'Sent' | 'Delivered' | 'Failed' | 'Suppressed' | 'DeadLettered';

/** What can be done with an item. */
export type OfferedVerb = 'undelete' | 'resume' | 'changePolicy' | 'backup' | 'restore' | 'stop' | 'delete' | 'recall';

/** Long work that a call has begun and that goes on behind it. */
export type Operation = {
  readonly id: string;
  readonly kind: OperationKind;
  readonly vault: string;
  readonly subject: string | null;
  readonly status: OperationStatus;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly done: number;
  readonly failed: number;
  readonly total: number | null;
  readonly startedBy: string | null;
  readonly error: OperationError | null;
};

/** Why an operation cannot go on. */
export type OperationError = {
  readonly code: string;
  readonly message: string;
};

/** The id of an operation: its vault, the id of that, and its own. */
export type OperationId = string;

/** What is done. */
export type OperationKind = 'RehintPolicy' | 'ExtendRetention' | 'Reindex' | 'UndeleteItems' | 'RemoveVault';

/** What became of the item. */
export type OperationOutcome = 'Undeleted' | 'Refused';

/** What became of one item of an operation, and why. */
export type OperationResult = {
  readonly item: string;
  readonly outcome: OperationOutcome;
  readonly code?: Code;
};

/** A page of results. */
export type OperationResultList = {
  readonly value: readonly OperationResult[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Whether it runs, or how it ended. Failed: it cannot go on. */
export type OperationStatus = 'Running' | 'Succeeded' | 'Failed';

/** By which way somebody came. */
export type OrderChannel = 'portal' | 'agent' | 'service';

/** Protected from the cloud, or by an agent on premises. */
export type OrderClass = 'Cloud' | 'Hybrid';

/** How somebody proved a second factor. */
export type OrderFactor = 'token' | 'pin';

/** How the last attempt that failed has ended. */
export type OrderFailure = {
  readonly code: string;
  readonly message: string;
  readonly destroyed: Destroyed;
  readonly at: Instant;
};

/** The app that holds it. */
export type OrderHolder = {
  readonly tid: string;
  readonly oid: string;
};

/** The id of a purge order: vault, item and the deletion that it is about. */
export type OrderId = string;

/** Who is at it, and until when. */
export type OrderLease = {
  readonly until: Instant;
  readonly holder: OrderHolder;
};

/** A recovery point of the item. */
export type OrderPoint = {
  readonly name: string;
  readonly createdAt: Instant;
  readonly rung: string;
};

/** A page of recovery points. */
export type OrderPointList = {
  readonly value: readonly OrderPoint[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Its recovery points. */
export type OrderPoints = {
  readonly count: number;
  readonly value: readonly OrderPoint[];
  readonly nextLink?: string;
};

/** Whether the item stands for the thing itself, or for copies of it. */
export type OrderRepresents = 'Original' | 'Copies';

/** Where its backups lie. */
export type OrderTier = 'Vault' | 'Operational';

/** An event of another kind. It is accepted and ignored. */
export type OtherEvent = {
  readonly eventType: string;
  readonly [name: string]: unknown;
};

/** An item that waited to be purged. */
export type OverdueItem = {
  readonly vault: string;
  readonly item: string;
  readonly purgeAt: Instant;
  readonly lateSeconds: number;
};

/** A text for people. */
export type Page = string;

/** What the executor is told beside the order: any JSON object of 4 KiB at most, without keys or signatures. */
export type Parameters = {
  readonly [name: string]: unknown;
};

/** What a sweep did. */
export type PastSweep = {
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly due: number;
  readonly waiting: number;
  readonly purged: number;
  readonly ordered: number;
  readonly warned: number;
  readonly expired: number;
  readonly applied: number;
  readonly retold: number;
  readonly skipped: number;
  readonly failed: number;
  readonly oldestOverdue: OverdueItem | null;
  readonly held?: SweepHold;
  readonly spread?: true;
};

/** Nothing is purged until it ends. */
export type Pause = {
  readonly reason: string;
  readonly until: Instant;
  readonly by: string;
  readonly at: Instant;
  readonly etag: Etag;
};

/** Why, and until when. */
export type PauseRequest = {
  readonly reason: string;
  readonly until: Time;
};

/** A weakening that was asked for and does not hold yet. */
export type PendingChange = {
  readonly id: string;
  readonly control: Control;
  readonly before: string | number | null;
  readonly after: string | number | null;
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  readonly effectiveAt: Instant;
};

/** A loosening that was asked for and does not hold yet. */
export type PendingLoosening = {
  readonly id: string;
  readonly control: 'guard';
  readonly before: string;
  readonly after: string;
  readonly requestedBy: string;
  readonly requestedAt: Instant;
  readonly effectiveAt: Instant;
  readonly approvals: readonly Approval[];
};

/** What a security PIN opens: stop with delete of on-premises backups, a new passphrase, or the changes of settings that need a second factor. */
export type PinOperation = 'deleteProtection' | 'changePassphrase' | 'changeSettings';

/** A recovery point that the backup engine has made. */
export type PointRequest = {
  readonly createdAt: Time;
  readonly rung: PointRung;
  readonly expiresAt?: Time | null;
};

/** Which rung of a policy keeps a point. */
export type PointRung = 'daily' | 'weekly' | 'monthly' | 'yearly' | 'onDemand' | 'log';

/** When backups run and how long their points are kept. */
export type Policy = {
  readonly name: string;
  readonly workloads: readonly Name[];
  readonly schedule: string;
  readonly retention: Retention;
  readonly etag: Etag;
};

/** A page of policies. */
export type PolicyList = {
  readonly value: readonly Policy[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** The parts of a policy. A new one needs all of them. */
export type PolicyRequest = {
  readonly workloads?: readonly Name[];
  readonly schedule?: string;
  readonly retention?: PolicyRequestRetention;
};

/** How long points are kept. At least one rung has to be given. */
export type PolicyRequestRetention = {
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
};

/** What deleting hybrid backups from the portal does under AlwaysOn. */
export type PortalDelete = 'block' | 'softDelete';

/** A refusal in the form of RFC 9457. Its facts stand beside these fields. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: Code;
  readonly target?: string;
  readonly details?: readonly ErrorDetail[];
  readonly [name: string]: unknown;
};

/** What the executor says it destroyed. */
export type Proof = {
  readonly objects: number;
  readonly bytes?: number;
  readonly hash?: string;
  readonly method?: string;
  readonly remaining?: readonly Remaining[];
  readonly details?: {
  readonly [name: string]: unknown;
};
};

/** What to protect. */
export type ProtectRequest = NeighbourRequest | ItemRequest;

/** An item that is protected now. */
export type ProtectedItem = {
  readonly name: string;
  readonly vault: string;
  readonly workload: Name;
  readonly class: WorkloadClass;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly state: ItemState;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly generation: number;
  readonly lastBackup: LastBackup;
  readonly activeJob: ActiveJob | null;
  readonly recoveryPoints: RecoveryPointCount;
  readonly softDelete: Deletion | null;
  readonly purgeOrder: ItemPurgeOrder | null;
  readonly holds: readonly Hold[];
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
  readonly recoveryPointsRemoved?: readonly string[];
};

/** One thing that keeps an item from being purged. */
export type PurgeBlocker = {
  readonly code: PurgeBlockerCode;
  readonly message: string;
  readonly until?: Instant;
};

/** What stands in the way of a purge. */
export type PurgeBlockerCode = 'NotSoftDeleted' | 'SoftDeletePeriod' | 'Hold' | 'NotTold' | 'NoticeRunning' | 'ClockSkew' | 'Paused' | 'Dependency' | 'Belt' | 'Quarantined' | 'AwaitingExecutor' | 'LeasedByExecutor' | 'ExecutorFailed' | 'OrderBlocked';

/** The order to destroy what an item stands for. */
export type PurgeOrder = {
  readonly order: string;
  readonly state: PurgeOrderState;
  readonly executor: string;
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly kind: string;
  readonly class: OrderClass;
  readonly represents: OrderRepresents;
  readonly tier: OrderTier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly superseded: boolean;
  readonly deletedAt: Instant;
  readonly deletedBy: string;
  readonly deletedByTenant: string | null;
  readonly channel: OrderChannel | null;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly softDeleteApplied: boolean;
  readonly retentionDays: number;
  readonly purgeAt: Instant;
  readonly approvals: readonly DeletionApproval[];
  readonly secondFactor: OrderFactor | null;
  readonly recoveryPoints: OrderPoints;
  readonly parameters: Parameters;
  readonly orderedAt: Instant;
  readonly confirmBy: Instant;
  readonly availableAt: Instant | null;
  readonly attempts: number;
  readonly untouched: boolean;
  readonly checkpoint: unknown;
  readonly lease: OrderLease | null;
  readonly lastFailure: OrderFailure | null;
  readonly etag: Etag;
};

/** A page of purge orders. */
export type PurgeOrderList = {
  readonly value: readonly PurgeOrder[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Open: to be claimed. Waiting: until `availableAt`. Blocked: a person must decide. The last four have ended. */
export type PurgeOrderState = 'Open' | 'Leased' | 'Waiting' | 'Blocked' | 'Completed' | 'Refused' | 'Recalled' | 'Abandoned';

/** Who is asked to destroy what is purged, and with which parameters. */
export type PurgeSettings = {
  readonly executor: string | null;
  readonly parameters: Parameters | null;
};

/** The item is purged, and this proves it. */
export type PurgedByOrder = {
  readonly state: 'Purged';
  readonly hash: string;
  readonly receipt: Receipt;
};

/** Everything that was set aside. */
export type Quarantine = {
  readonly value: readonly QuarantinedItem[];
};

/** Done, failed again, or held by a brake. */
export type QuarantineOutcome = 'Dealt' | 'StillFailing' | 'Held';

/** What came of another try. */
export type QuarantineRetry = {
  readonly outcome: QuarantineOutcome;
  readonly why?: string;
};

/** What failed again and again. It is tried once a day. */
export type QuarantinedItem = {
  readonly vault: string | null;
  readonly item: string | null;
  readonly why: string;
  readonly since: Instant;
  readonly tries: number;
  readonly nextTryAt: Instant;
};

/** What an operator has to know. */
export type Readiness = {
  readonly checks: readonly ReadinessCheck[];
};

/** One thing that was looked at. */
export type ReadinessCheck = {
  readonly name: string;
  readonly status: ReadinessStatus;
  readonly detail?: string;
};

/** Good, worth a look, or broken. */
export type ReadinessStatus = 'ok' | 'warn' | 'fail';

/** The order is taken back. */
export type RecallRequest = {
  readonly reason: string;
};

/** What was deleted, by whom, who was told, and the entries that show it. */
export type Receipt = {
  readonly version: 1;
  readonly vault: string;
  readonly vaultId: string | null;
  readonly item: string;
  readonly generation: number | null;
  readonly workload: string | null;
  readonly represents: string | null;
  readonly sourceId: string | null;
  readonly server: string | null;
  readonly kind: ReceiptKind;
  readonly deleted: ReceiptDeletion;
  readonly approvals: readonly DeletionApproval[] | null;
  readonly secondFactor: string | null;
  readonly purgeDue: string | null;
  readonly purgedAt: Instant;
  readonly recoveryPoints: ReceiptPoints;
  readonly told: readonly ReceiptMail[];
  readonly orderedAt: string | null;
  readonly executor: string | null;
  readonly confirmed: boolean | null;
  readonly confirmedBy: ReceiptConfirmer | null;
  readonly attempts: number | null;
  readonly proof: Proof | null;
  readonly proofDigest: string | null;
  readonly statement: string | null;
  readonly entries: readonly (HistoryEntry | ReceiptEntry)[];
  readonly head: ReceiptHead;
};

/** Who deleted it. */
export type ReceiptCaller = {
  readonly oid: string;
  readonly tid: string;
  readonly channel: Channel;
};

/** Who confirmed it: an app that acts for the executor, or a person. */
export type ReceiptConfirmer = {
  readonly oid: string;
  readonly tid: string;
};

/** The deletion. */
export type ReceiptDeletion = {
  readonly at: Instant;
  readonly by: ReceiptCaller;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly retentionDays: number | null;
};

/** An entry in the middle of a long receipt: what binds it to the others. */
export type ReceiptEntry = {
  readonly seq: number;
  readonly digest: string;
  readonly prev: string;
  readonly hash: string;
};

/** The last of the entries. */
export type ReceiptHead = {
  readonly chain: string;
  readonly seq: number;
  readonly hash: string;
};

/** Purged after its time in the trash, or at once. */
export type ReceiptKind = 'Swept' | 'Immediate';

/** Somebody who was told of it before. */
export type ReceiptMail = {
  readonly type: string;
  readonly recipient: string;
  readonly status: string;
  readonly at: string | null;
};

/** The recovery points that went with it. */
export type ReceiptPoints = {
  readonly count: number | null;
  readonly oldest: string | null;
  readonly newest: string | null;
};

/** A point in time that an item can be restored to. */
export type RecoveryPoint = {
  readonly name: string;
  readonly createdAt: Instant;
  readonly recordedAt: Instant;
  readonly rung: PointRung;
  readonly tier: Tier;
  readonly expiresAt: Instant;
  readonly state: RecoveryPointState;
  readonly purgeAt?: Instant;
  readonly etag: Etag;
};

/** How many points can be restored now. */
export type RecoveryPointCount = {
  readonly count: number;
};

/** A page of recovery points. */
export type RecoveryPointList = {
  readonly value: readonly RecoveryPoint[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Whether it can be restored. SoftDeleted: a shorter policy cut it off, and a longer one brings it back. */
export type RecoveryPointState = 'Active' | 'SoftDeleted';

/** Nothing was destroyed, and somebody should ask again. */
export type RefuseRequest = {
  readonly token: number;
  readonly reason: string;
};

/** Whether a server is registered. SoftDeleted while backups of it lie in the trash. */
export type Registration = 'Registered' | 'SoftDeleted' | 'Unregistered';

/** A copy that lives on. */
export type Remaining = {
  readonly what: string;
  readonly until?: string;
};

/** The order is still worked on. */
export type RenewRequest = {
  readonly token: number;
  readonly leaseSeconds?: number;
  readonly checkpoint?: unknown;
};

/** Whether an item stands for the thing itself, or for copies of it. An original has one item over all vaults, until that is purged. It never changes. */
export type Represents = 'Original' | 'Copies';

/** A person decides about an order. */
export type ResolveRequest = {
  readonly outcome: 'retry' | 'confirmed' | 'abandoned';
  readonly reason: string;
  readonly confirmName?: string;
  readonly proof?: Proof;
};

/** Which recovery point. */
export type RestoreRequest = {
  readonly recoveryPoint: Name;
};

/** What resuming would remove. */
export type ResumePreview = {
  readonly preview: true;
  readonly recoveryPointsToRemove: readonly RecoveryPoint[];
};

/** Under which policy. */
export type ResumeRequest = {
  readonly policy?: Name;
};

/** An item that is under another policy now. */
export type ResumedItem = {
  readonly name: string;
  readonly vault: string;
  readonly workload: Name;
  readonly class: WorkloadClass;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly state: ItemState;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly generation: number;
  readonly lastBackup: LastBackup;
  readonly activeJob: ActiveJob | null;
  readonly recoveryPoints: RecoveryPointCount;
  readonly softDelete: Deletion | null;
  readonly purgeOrder: ItemPurgeOrder | null;
  readonly holds: readonly Hold[];
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
  readonly recoveryPointsRemoved: readonly string[];
};

/** How long points are kept, by rung. */
export type Retention = {
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
  readonly yearly?: number;
};

/** Whether a longer period also reaches what is in the trash already. */
export type RetentionScope = 'ExtendExisting' | 'FutureDeletions';

/** An app role. */
export type Role = 'Reader' | 'Operator' | 'Contributor' | 'GuardAdmin' | 'Agent' | 'Executor';

/** A receipt, and the hash that anybody can compute of it. */
export type SealedReceipt = {
  readonly hash: string;
  readonly receipt: Receipt;
};

/** Takes the place of a second factor, once, for five minutes. */
export type SecurityPin = {
  readonly securityPin: string;
  readonly operation: PinOperation;
  readonly server: string | null;
  readonly expiresAt: Instant;
};

/** What the PIN is to open. {} means deleteProtection. */
export type SecurityPinRequest = {
  readonly operation?: PinOperation;
  readonly server?: Name;
};

/** An on-premises machine whose agent backs up into the vault. */
export type Server = {
  readonly name: string;
  readonly vault: string;
  readonly kind: HybridKind;
  readonly agentVersion: string;
  readonly registration: Registration;
  readonly registeredBy: string;
  readonly registeredAt: Instant;
  readonly passphraseChangedAt: Instant | null;
  readonly etag: Etag;
};

/** A page of servers. */
export type ServerList = {
  readonly value: readonly Server[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** The parts of a server. A new one needs all of them. */
export type ServerRequest = {
  readonly kind?: HybridKind;
  readonly agentVersion?: string;
};

/** Which guard the service itself is under. */
export type ServiceGuard = {
  readonly guard: string | null;
  readonly etag: Etag;
};

/** How bad an alert is; Sev0 is worst. */
export type Severity = 'Sev0' | 'Sev1' | 'Sev2' | 'Sev3';

/** For a while no mail is sent about some alerts. */
export type Silence = {
  readonly name: string;
  readonly from: Instant;
  readonly until: Instant;
  readonly types: readonly AlertType[] | null;
  readonly items: readonly string[] | null;
  readonly reason: string;
  readonly by: string;
  readonly etag: Etag;
};

/** A page of silences. */
export type SilenceList = {
  readonly value: readonly Silence[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** About what no mail is sent, why, and for how long. */
export type SilenceRequest = {
  readonly from: Time;
  readonly until: Time;
  readonly types?: readonly SilenceableType[] | null;
  readonly items?: readonly Name[] | null;
  readonly reason: string;
};

/** What a silence can be about. Security is never silenced. */
export type SilenceableType = 'DeleteBackupData' | 'PurgeComplete' | 'PurgeFailed' | 'PurgeStuck' | 'DeliveryFailed' | 'BackupFailure' | 'RestoreFailure' | 'ItemUndeleted' | 'ItemResumed';

/** Whether and how long deleted backups are kept. */
export type SoftDeleteSettings = {
  readonly state: SwitchState;
  readonly retentionDays: number;
  readonly retentionScope: RetentionScope;
};

/** How to stop. */
export type StopRequest = {
  readonly mode: 'retain' | 'retainPerPolicy' | 'delete';
  readonly confirmName?: string;
  readonly reason?: string;
  readonly comment?: string;
  readonly cancelActiveJob?: boolean;
};

/** An item whose protection has ended. */
export type StoppedItem = {
  readonly name: string;
  readonly vault: string;
  readonly workload: Name;
  readonly class: WorkloadClass;
  readonly tier: Tier;
  readonly sourceId: string;
  readonly server: string | null;
  readonly state: ItemState;
  readonly policy: string | null;
  readonly previousPolicy: string | null;
  readonly generation: number;
  readonly lastBackup: LastBackup;
  readonly activeJob: ActiveJob | null;
  readonly recoveryPoints: RecoveryPointCount;
  readonly softDelete: Deletion | null;
  readonly purgeOrder: ItemPurgeOrder | null;
  readonly holds: readonly Hold[];
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
  readonly softDeleteApplied?: boolean;
};

/** What a sweep did, or would do. */
export type Sweep = {
  readonly id: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly due: number;
  readonly waiting: number;
  readonly purged: number;
  readonly ordered: number;
  readonly warned: number;
  readonly expired: number;
  readonly applied: number;
  readonly retold: number;
  readonly skipped: number;
  readonly failed: number;
  readonly oldestOverdue: OverdueItem | null;
  readonly held?: SweepHold;
  readonly items?: readonly SweepItem[];
  readonly more?: boolean;
};

/** What a sweep would do with an item, a vault or a guard. */
export type SweepAction = 'purge' | 'order' | 'finishPurge' | 'unconfirmed' | 'warn' | 'move' | 'endHolds' | 'expire' | 'apply' | 'forget' | 'remove' | 'wait' | 'held' | 'fail';

/** Why a sweep purged nothing, or nothing of some vaults. */
export type SweepHold = {
  readonly reason: SweepHoldReason;
  readonly detail: string;
  readonly limit?: BeltLimit;
  readonly count?: number;
  readonly token?: string;
  readonly vaults?: readonly string[];
};

/** What held a sweep. */
export type SweepHoldReason = 'Belt' | 'ClockSkew' | 'Paused' | 'Dependency';

/** What a sweep would do with one item, and why. */
export type SweepItem = {
  readonly vault: string | null;
  readonly item: string | null;
  readonly action: SweepAction;
  readonly why: string;
};

/** A page of sweeps. */
export type SweepList = {
  readonly value: readonly PastSweep[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** What kind of sweep. */
export type SweepRequest = {
  readonly dryRun?: boolean;
  readonly acknowledgeBelt?: string;
};

/** Off, on, or on for good. */
export type SwitchState = 'Disabled' | 'Enabled' | 'AlwaysOn';

/** Where backups lie. Soft delete applies to the tier Vault only. */
export type Tier = 'Vault' | 'Operational';

/** A time in ISO 8601, in UTC with Z. */
export type Time = string;

/** What is left of a purged item. */
export type Tombstone = {
  readonly name: string;
  readonly vault: string;
  readonly state: 'Purged';
  readonly generation: number;
  readonly purgedAt: Instant;
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
  readonly softDeleteApplied?: boolean;
};

/** What became of one item. */
export type UndeleteOutcome = 'Undeleted' | 'WouldUndelete' | 'Refused';

/** What became of one item, and why. */
export type UndeleteResult = {
  readonly item: string;
  readonly outcome: UndeleteOutcome;
  readonly code?: Code;
};

/** What became of each item. */
export type UndeleteResults = {
  readonly operation?: string;
  readonly results: readonly UndeleteResult[];
  readonly more?: boolean;
};

/** Something whose row cannot be read. */
export type UnreadableEntry = {
  readonly name: string;
};

/** An item whose row cannot be read. */
export type UnreadableItem = {
  readonly vault: string;
  readonly item: string | null;
};

/** Event Grid asks whether this address wants its events. */
export type ValidationEvent = {
  readonly eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent';
  readonly data: ValidationEventData;
  readonly [name: string]: unknown;
};

/** The code of the handshake. */
export type ValidationEventData = {
  readonly validationCode: string;
  readonly [name: string]: unknown;
};

/** Holds items, and decides whether a deleted item can come back. */
export type Vault = {
  readonly name: string;
  readonly id: string;
  readonly kind: VaultKind;
  readonly softDelete: SoftDeleteSettings;
  readonly hybrid: HybridSettings | null;
  readonly immutability: ImmutabilityState;
  readonly purge: PurgeSettings;
  readonly alerts: AlertSettings;
  readonly coolingOffHours: number;
  readonly pendingChanges: readonly PendingChange[];
  readonly guard: string | null;
  readonly counts: VaultCounts;
  readonly warnings?: readonly string[];
  readonly evidence: ChainHead | null;
  readonly etag: Etag;
};

/** How many items there are, by state. */
export type VaultCounts = {
  readonly protected: number;
  readonly stopped: number;
  readonly softDeleted: number;
};

/** Which kinds of things a vault takes. It never changes. */
export type VaultKind = 'RecoveryServices' | 'Backup' | 'Generic';

/** A page of vaults. */
export type VaultList = {
  readonly value: readonly Vault[];
  readonly nextLink?: string;
  readonly unreadable?: readonly UnreadableEntry[];
};

/** Any part of the settings. Null gives the default back. */
export type VaultRequest = {
  readonly kind?: VaultKind;
  readonly softDelete?: VaultRequestSoftDelete | null;
  readonly hybrid?: VaultRequestHybrid | null;
  readonly immutability?: ImmutabilityState | null;
  readonly purge?: VaultRequestPurge | null;
  readonly coolingOffHours?: number | null;
  readonly alerts?: VaultRequestAlerts | null;
  readonly confirmAlwaysOn?: boolean;
};

/** Who gets the mails about alerts, and how. */
export type VaultRequestAlerts = {
  readonly recipients?: readonly Email[] | null;
  readonly owners?: readonly Email[] | null;
  readonly mode?: AlertMode | null;
  readonly onHardDelete?: boolean | null;
  readonly reminderDays?: readonly number[] | null;
};

/** The security of on-premises workloads. */
export type VaultRequestHybrid = {
  readonly state?: SwitchState | null;
  readonly portalDeleteUnderAlwaysOn?: PortalDelete | null;
  readonly mfaRequired?: boolean;
  readonly alertsEnabled?: boolean;
};

/** Who is asked to destroy what is purged, and with which parameters. */
export type VaultRequestPurge = {
  readonly executor?: Name | null;
  readonly parameters?: Parameters | null;
};

/** Whether and how long deleted backups are kept. */
export type VaultRequestSoftDelete = {
  readonly state?: SwitchState | null;
  readonly retentionDays?: number | null;
  readonly retentionScope?: RetentionScope | null;
};

/** Protected from the cloud, or by an agent on premises. */
export type WorkloadClass = 'Cloud' | 'Hybrid';

/** What each operation takes and answers. */
export interface Operations {
  /** Create a vault, or change the given settings */
  readonly putVault: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: VaultRequest | undefined;
    readonly answer: Vault;
  };
  /** Change the given settings of a vault */
  readonly patchVault: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: VaultRequest | undefined;
    readonly answer: Vault;
  };
  /** Read a vault */
  readonly getVault: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Vault;
  };
  /** Delete an empty vault */
  readonly deleteVault: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly reason?: string };
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the vaults */
  readonly listVaults: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: VaultList;
  };
  /** Cancel a weakening that does not hold yet */
  readonly cancelPendingChange: {
    readonly names: { readonly vault: Name; readonly id: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Undelete many items of a vault at once */
  readonly undeleteItems: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: BulkUndeleteRequest;
    readonly answer: UndeleteResults;
  };
  /** List the vaults that are deleted and can be restored */
  readonly listDeletedVaults: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: DeletedVaultList;
  };
  /** Read a deleted vault */
  readonly getDeletedVault: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: DeletedVault;
  };
  /** Restore a deleted vault */
  readonly restoreVault: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Vault;
  };
  /** Create a policy, or change the given parts */
  readonly putPolicy: {
    readonly names: { readonly vault: Name; readonly policy: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: PolicyRequest | undefined;
    readonly answer: Policy;
  };
  /** Read a policy */
  readonly getPolicy: {
    readonly names: { readonly vault: Name; readonly policy: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Policy;
  };
  /** Delete a policy that nothing uses */
  readonly deletePolicy: {
    readonly names: { readonly vault: Name; readonly policy: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the policies of a vault */
  readonly listPolicies: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: PolicyList;
  };
  /** Register a server, or note its new agent version */
  readonly putServer: {
    readonly names: { readonly vault: Name; readonly server: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ServerRequest | undefined;
    readonly answer: Server;
  };
  /** Read a server */
  readonly getServer: {
    readonly names: { readonly vault: Name; readonly server: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Server;
  };
  /** Deregister a server */
  readonly deleteServer: {
    readonly names: { readonly vault: Name; readonly server: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Server;
  };
  /** List the servers of a vault */
  readonly listServers: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: ServerList;
  };
  /** Note that the agent of a server has a new passphrase */
  readonly changePassphrase: {
    readonly names: { readonly vault: Name; readonly server: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Server;
  };
  /** Issue a security PIN for an agent */
  readonly issueSecurityPin: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: SecurityPinRequest | undefined;
    readonly answer: SecurityPin;
  };
  /** Create a guard, or change the given parts */
  readonly putGuard: {
    readonly names: { readonly guard: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: GuardRequest | undefined;
    readonly answer: Guard;
  };
  /** Read a guard */
  readonly getGuard: {
    readonly names: { readonly guard: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Guard;
  };
  /** Delete a guard that guards nothing */
  readonly deleteGuard: {
    readonly names: { readonly guard: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the guards */
  readonly listGuards: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: GuardList;
  };
  /** Approve of a loosening that does not hold yet */
  readonly approveGuardChange: {
    readonly names: { readonly guard: Name; readonly id: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Guard;
  };
  /** Cancel a loosening that does not hold yet */
  readonly cancelGuardChange: {
    readonly names: { readonly guard: Name; readonly id: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Ask for the approval of a guarded operation, or give it to somebody else */
  readonly grantOperation: {
    readonly names: { readonly guard: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: GrantRequest;
    readonly answer: Grant;
  };
  /** List what was asked for and granted */
  readonly listGrants: {
    readonly names: { readonly guard: Name };
    readonly query: { readonly top?: number; readonly continuation?: string; readonly state?: GrantState; readonly vault?: Name };
    readonly body: undefined;
    readonly answer: GrantList;
  };
  /** Read a grant */
  readonly getGrant: {
    readonly names: { readonly guard: Name; readonly grant: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Grant;
  };
  /** Revoke a grant, or give it back */
  readonly revokeGrant: {
    readonly names: { readonly guard: Name; readonly grant: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Approve of what was asked for */
  readonly approveGrant: {
    readonly names: { readonly guard: Name; readonly grant: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Grant;
  };
  /** Deny what was asked for */
  readonly denyGrant: {
    readonly names: { readonly guard: Name; readonly grant: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: Denial | undefined;
    readonly answer: Grant;
  };
  /** Put a vault under a guard */
  readonly linkGuard: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: GuardLinkRequest;
    readonly answer: Vault;
  };
  /** Take a vault from under its guard */
  readonly unlinkGuard: {
    readonly names: { readonly vault: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Vault | undefined;
  };
  /** Put the service itself under a guard */
  readonly linkServiceGuard: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: GuardLinkRequest;
    readonly answer: ServiceGuard;
  };
  /** Read which guard the service is under */
  readonly getServiceGuard: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: ServiceGuard;
  };
  /** Take the service from under its guard */
  readonly unlinkServiceGuard: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Create a kind of your own, or change the given parts of a kind */
  readonly putKind: {
    readonly names: { readonly kind: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: KindRequest | undefined;
    readonly answer: ItemKind;
  };
  /** Read a kind */
  readonly getKind: {
    readonly names: { readonly kind: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: ItemKind;
  };
  /** Delete a kind that was never used */
  readonly deleteKind: {
    readonly names: { readonly kind: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the kinds, built in and your own */
  readonly listKinds: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: KindList;
  };
  /** Create an executor, or change the given parts */
  readonly putExecutor: {
    readonly names: { readonly executor: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ExecutorRequest | undefined;
    readonly answer: Executor;
  };
  /** Read an executor */
  readonly getExecutor: {
    readonly names: { readonly executor: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: CountedExecutor;
  };
  /** Delete an executor that nothing names */
  readonly deleteExecutor: {
    readonly names: { readonly executor: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the executors */
  readonly listExecutors: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: ExecutorList;
  };
  /** Claim purge orders */
  readonly claimPurgeOrders: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: ClaimRequest;
    readonly answer: ClaimedPurgeOrders;
  };
  /** Keep an order for longer */
  readonly renewPurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: RenewRequest;
    readonly answer: PurgeOrder;
  };
  /** Say that it is destroyed */
  readonly completePurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: CompletePurgeRequest;
    readonly answer: PurgedByOrder;
  };
  /** Say that an attempt has failed */
  readonly failPurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: FailRequest;
    readonly answer: PurgeOrder;
  };
  /** Refuse to destroy it */
  readonly refusePurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: RefuseRequest;
    readonly answer: Item;
  };
  /** Take an order back */
  readonly recallPurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: RecallRequest;
    readonly answer: Item;
  };
  /** Have an order tried again, or close it by hand */
  readonly resolvePurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ResolveRequest;
    readonly answer: PurgeOrder | PurgedByOrder;
  };
  /** Read a purge order */
  readonly getPurgeOrder: {
    readonly names: { readonly order: OrderId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: PurgeOrder;
  };
  /** List the purge orders that live */
  readonly listPurgeOrders: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string; readonly executor?: Name; readonly vault?: Name; readonly state?: 'Open' | 'Leased' | 'Waiting' | 'Blocked' };
    readonly body: undefined;
    readonly answer: PurgeOrderList;
  };
  /** List the recovery points of an ordered item */
  readonly listPurgeOrderPoints: {
    readonly names: { readonly order: OrderId };
    readonly query: { readonly top?: number; readonly continuation?: string; readonly older?: 'true' };
    readonly body: undefined;
    readonly answer: OrderPointList;
  };
  /** Protect a source */
  readonly protectItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ProtectRequest;
    readonly answer: ProtectedItem;
  };
  /** Read an item */
  readonly getItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: { readonly includeSoftDeleted?: boolean };
    readonly body: undefined;
    readonly answer: Item;
  };
  /** List the items of a vault */
  readonly listItems: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string; readonly state?: ItemState; readonly workload?: Name; readonly server?: string; readonly includeSoftDeleted?: boolean };
    readonly body: undefined;
    readonly answer: ItemList;
  };
  /** Stop protecting an item */
  readonly stopItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: StopRequest;
    readonly answer: StoppedItem | Tombstone;
  };
  /** Undelete an item */
  readonly undeleteItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Item;
  };
  /** Resume protection under a policy */
  readonly resumeItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: { readonly preview?: boolean };
    readonly body: ResumeRequest | undefined;
    readonly answer: ResumedItem | ResumePreview;
  };
  /** Move an item to another policy */
  readonly changePolicy: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: ChangePolicyRequest;
    readonly answer: ResumedItem;
  };
  /** Why an item was or was not purged */
  readonly explainItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Explanation;
  };
  /** Keep an item from being purged */
  readonly putHold: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly hold: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: HoldRequest;
    readonly answer: Hold;
  };
  /** Read a hold */
  readonly getHold: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly hold: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Hold;
  };
  /** End a hold */
  readonly deleteHold: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly hold: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Start a backup job */
  readonly startBackup: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: BackupRequest | undefined;
    readonly answer: Job;
  };
  /** Start a restore job */
  readonly restoreItem: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: RestoreRequest;
    readonly answer: Job;
  };
  /** Read a job */
  readonly getJob: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly job: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Job;
  };
  /** Report the end of a job */
  readonly completeJob: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly job: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: CompleteRequest;
    readonly answer: Job;
  };
  /** Record a recovery point */
  readonly putRecoveryPoint: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly recoveryPoint: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: PointRequest;
    readonly answer: RecoveryPoint;
  };
  /** Read a recovery point */
  readonly getRecoveryPoint: {
    readonly names: { readonly vault: Name; readonly item: Name; readonly recoveryPoint: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: RecoveryPoint;
  };
  /** List the recovery points of an item */
  readonly listRecoveryPoints: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: RecoveryPointList;
  };
  /** Read an operation */
  readonly getOperation: {
    readonly names: { readonly operation: OperationId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Operation;
  };
  /** List what became of the items of an operation */
  readonly listOperationResults: {
    readonly names: { readonly operation: OperationId };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: OperationResultList;
  };
  /** List what happened to an item, newest first */
  readonly itemHistory: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: HistoryPage;
  };
  /** List what happened to a vault, newest first */
  readonly vaultHistory: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string; readonly scope?: 'all' };
    readonly body: undefined;
    readonly answer: HistoryPage;
  };
  /** List what happened to a guard, newest first */
  readonly guardHistory: {
    readonly names: { readonly guard: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: HistoryPage;
  };
  /** List what happened to the service as a whole, newest first */
  readonly serviceHistory: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: HistoryPage;
  };
  /** Prove a purge */
  readonly itemReceipt: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: { readonly generation?: number };
    readonly body: undefined;
    readonly answer: SealedReceipt;
  };
  /** Read an alert of a vault */
  readonly getVaultAlert: {
    readonly names: { readonly vault: Name; readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Alert;
  };
  /** Acknowledge an alert of a vault */
  readonly acknowledgeVaultAlert: {
    readonly names: { readonly vault: Name; readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Alert;
  };
  /** Close an alert of a vault */
  readonly closeVaultAlert: {
    readonly names: { readonly vault: Name; readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Alert;
  };
  /** Read an alert by its id */
  readonly getAlert: {
    readonly names: { readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Alert;
  };
  /** Acknowledge an alert by its id */
  readonly acknowledgeAlert: {
    readonly names: { readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Alert;
  };
  /** Close an alert by its id */
  readonly closeAlert: {
    readonly names: { readonly alert: AlertId };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: Alert;
  };
  /** List the alerts of a vault */
  readonly listVaultAlerts: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string; readonly state?: AlertState; readonly type?: AlertType };
    readonly body: undefined;
    readonly answer: AlertList;
  };
  /** List the alerts of all vaults and of the service */
  readonly listAlerts: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string; readonly state?: AlertState; readonly type?: AlertType };
    readonly body: undefined;
    readonly answer: AlertList;
  };
  /** Send no mail for a while */
  readonly putSilence: {
    readonly names: { readonly vault: Name; readonly silence: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: SilenceRequest;
    readonly answer: Silence;
  };
  /** Read a silence */
  readonly getSilence: {
    readonly names: { readonly vault: Name; readonly silence: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Silence;
  };
  /** End a silence */
  readonly deleteSilence: {
    readonly names: { readonly vault: Name; readonly silence: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List the silences of a vault */
  readonly listSilences: {
    readonly names: { readonly vault: Name };
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: SilenceList;
  };
  /** List the mails that the service gave up */
  readonly listDeadLetters: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: DeadLetterList;
  };
  /** Send a mail again that the service gave up */
  readonly redriveDeadLetter: {
    readonly names: { readonly id: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: DeadLetter;
  };
  /** Dismiss a mail that the service gave up */
  readonly dismissDeadLetter: {
    readonly names: { readonly id: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** Take the reports of the mail service */
  readonly takeDeliveryReports: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: GridEventsRequest;
    readonly answer: DeliveryTally | EventGridHandshake;
  };
  /** Run a sweep now */
  readonly runSweep: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: SweepRequest;
    readonly answer: Sweep;
  };
  /** List the recent sweeps, newest first */
  readonly listSweeps: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: SweepList;
  };
  /** What will be purged on which day, if nothing changes */
  readonly forecast: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: { readonly days?: number; readonly date?: string; readonly top?: number; readonly continuation?: string };
    readonly body: undefined;
    readonly answer: ForecastAnswer;
  };
  /** Pause purging */
  readonly putPause: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: PauseRequest;
    readonly answer: Pause;
  };
  /** Read the pause */
  readonly getPause: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Pause;
  };
  /** End the pause */
  readonly deletePause: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: undefined;
  };
  /** List what could not be dealt with, and is tried once a day */
  readonly getQuarantine: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Quarantine;
  };
  /** Try it again now, under every brake */
  readonly retryQuarantined: {
    readonly names: { readonly vault: Name; readonly item: Name };
    readonly query: Readonly<Record<never, never>>;
    readonly body: NothingRequest | undefined;
    readonly answer: QuarantineRetry;
  };
  /** Is the process alive */
  readonly live: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Liveness;
  };
  /** Can the service do its work */
  readonly ready: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Readiness;
  };
  /** Read the clock of a local run */
  readonly getLocalClock: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Clock;
  };
  /** Move the clock of a local run */
  readonly putLocalClock: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: ClockRequest;
    readonly answer: Clock;
  };
  /** Read this document */
  readonly getApiDocument: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: ApiDocument;
  };
  /** Read this document as a page */
  readonly getApiPage: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Page;
  };
  /** Read the style of the page */
  readonly getApiStyle: {
    readonly names: Readonly<Record<never, never>>;
    readonly query: Readonly<Record<never, never>>;
    readonly body: undefined;
    readonly answer: Page;
  };
}

/** `keyed`: done once under an Idempotency-Key. `text`: answers no JSON. `always`: answers the same shape when it fails. */
export type Kind = 'keyed' | 'text' | 'always';

/** Method and path of each operation, and its kind where it is not a plain read. */
export const OPERATIONS = {
  putVault: ['PUT', '/api/vaults/{vault}', 'keyed'],
  patchVault: ['PATCH', '/api/vaults/{vault}', 'keyed'],
  getVault: ['GET', '/api/vaults/{vault}'],
  deleteVault: ['DELETE', '/api/vaults/{vault}', 'keyed'],
  listVaults: ['GET', '/api/vaults'],
  cancelPendingChange: ['DELETE', '/api/vaults/{vault}/pendingChanges/{id}', 'keyed'],
  undeleteItems: ['POST', '/api/vaults/{vault}/undelete', 'keyed'],
  listDeletedVaults: ['GET', '/api/deletedVaults'],
  getDeletedVault: ['GET', '/api/deletedVaults/{vault}'],
  restoreVault: ['POST', '/api/deletedVaults/{vault}/restore', 'keyed'],
  putPolicy: ['PUT', '/api/vaults/{vault}/policies/{policy}', 'keyed'],
  getPolicy: ['GET', '/api/vaults/{vault}/policies/{policy}'],
  deletePolicy: ['DELETE', '/api/vaults/{vault}/policies/{policy}', 'keyed'],
  listPolicies: ['GET', '/api/vaults/{vault}/policies'],
  putServer: ['PUT', '/api/vaults/{vault}/servers/{server}', 'keyed'],
  getServer: ['GET', '/api/vaults/{vault}/servers/{server}'],
  deleteServer: ['DELETE', '/api/vaults/{vault}/servers/{server}', 'keyed'],
  listServers: ['GET', '/api/vaults/{vault}/servers'],
  changePassphrase: ['POST', '/api/vaults/{vault}/servers/{server}/changePassphrase', 'keyed'],
  issueSecurityPin: ['POST', '/api/vaults/{vault}/securityPin'],
  putGuard: ['PUT', '/api/guards/{guard}', 'keyed'],
  getGuard: ['GET', '/api/guards/{guard}'],
  deleteGuard: ['DELETE', '/api/guards/{guard}', 'keyed'],
  listGuards: ['GET', '/api/guards'],
  approveGuardChange: ['POST', '/api/guards/{guard}/pendingChanges/{id}/approve', 'keyed'],
  cancelGuardChange: ['DELETE', '/api/guards/{guard}/pendingChanges/{id}', 'keyed'],
  grantOperation: ['POST', '/api/guards/{guard}/grants', 'keyed'],
  listGrants: ['GET', '/api/guards/{guard}/grants'],
  getGrant: ['GET', '/api/guards/{guard}/grants/{grant}'],
  revokeGrant: ['DELETE', '/api/guards/{guard}/grants/{grant}', 'keyed'],
  approveGrant: ['POST', '/api/guards/{guard}/grants/{grant}/approve', 'keyed'],
  denyGrant: ['POST', '/api/guards/{guard}/grants/{grant}/deny', 'keyed'],
  linkGuard: ['PUT', '/api/vaults/{vault}/guard', 'keyed'],
  unlinkGuard: ['DELETE', '/api/vaults/{vault}/guard', 'keyed'],
  linkServiceGuard: ['PUT', '/api/service/guard', 'keyed'],
  getServiceGuard: ['GET', '/api/service/guard'],
  unlinkServiceGuard: ['DELETE', '/api/service/guard', 'keyed'],
  putKind: ['PUT', '/api/kinds/{kind}', 'keyed'],
  getKind: ['GET', '/api/kinds/{kind}'],
  deleteKind: ['DELETE', '/api/kinds/{kind}', 'keyed'],
  listKinds: ['GET', '/api/kinds'],
  putExecutor: ['PUT', '/api/executors/{executor}', 'keyed'],
  getExecutor: ['GET', '/api/executors/{executor}'],
  deleteExecutor: ['DELETE', '/api/executors/{executor}', 'keyed'],
  listExecutors: ['GET', '/api/executors'],
  claimPurgeOrders: ['POST', '/api/purgeOrders/claim', 'keyed'],
  renewPurgeOrder: ['POST', '/api/purgeOrders/{order}/renew', 'keyed'],
  completePurgeOrder: ['POST', '/api/purgeOrders/{order}/complete', 'keyed'],
  failPurgeOrder: ['POST', '/api/purgeOrders/{order}/fail', 'keyed'],
  refusePurgeOrder: ['POST', '/api/purgeOrders/{order}/refuse', 'keyed'],
  recallPurgeOrder: ['POST', '/api/purgeOrders/{order}/recall', 'keyed'],
  resolvePurgeOrder: ['POST', '/api/purgeOrders/{order}/resolve', 'keyed'],
  getPurgeOrder: ['GET', '/api/purgeOrders/{order}'],
  listPurgeOrders: ['GET', '/api/purgeOrders'],
  listPurgeOrderPoints: ['GET', '/api/purgeOrders/{order}/recoveryPoints'],
  protectItem: ['PUT', '/api/vaults/{vault}/items/{item}', 'keyed'],
  getItem: ['GET', '/api/vaults/{vault}/items/{item}'],
  listItems: ['GET', '/api/vaults/{vault}/items'],
  stopItem: ['POST', '/api/vaults/{vault}/items/{item}/stop', 'keyed'],
  undeleteItem: ['POST', '/api/vaults/{vault}/items/{item}/undelete', 'keyed'],
  resumeItem: ['POST', '/api/vaults/{vault}/items/{item}/resume', 'keyed'],
  changePolicy: ['POST', '/api/vaults/{vault}/items/{item}/changePolicy', 'keyed'],
  explainItem: ['GET', '/api/vaults/{vault}/items/{item}/explain'],
  putHold: ['PUT', '/api/vaults/{vault}/items/{item}/holds/{hold}', 'keyed'],
  getHold: ['GET', '/api/vaults/{vault}/items/{item}/holds/{hold}'],
  deleteHold: ['DELETE', '/api/vaults/{vault}/items/{item}/holds/{hold}', 'keyed'],
  startBackup: ['POST', '/api/vaults/{vault}/items/{item}/backup', 'keyed'],
  restoreItem: ['POST', '/api/vaults/{vault}/items/{item}/restore', 'keyed'],
  getJob: ['GET', '/api/vaults/{vault}/items/{item}/jobs/{job}'],
  completeJob: ['POST', '/api/vaults/{vault}/items/{item}/jobs/{job}/complete', 'keyed'],
  putRecoveryPoint: ['PUT', '/api/vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}', 'keyed'],
  getRecoveryPoint: ['GET', '/api/vaults/{vault}/items/{item}/recoveryPoints/{recoveryPoint}'],
  listRecoveryPoints: ['GET', '/api/vaults/{vault}/items/{item}/recoveryPoints'],
  getOperation: ['GET', '/api/operations/{operation}'],
  listOperationResults: ['GET', '/api/operations/{operation}/results'],
  itemHistory: ['GET', '/api/vaults/{vault}/items/{item}/history'],
  vaultHistory: ['GET', '/api/vaults/{vault}/history'],
  guardHistory: ['GET', '/api/guards/{guard}/history'],
  serviceHistory: ['GET', '/api/history'],
  itemReceipt: ['GET', '/api/vaults/{vault}/items/{item}/receipt'],
  getVaultAlert: ['GET', '/api/vaults/{vault}/alerts/{alert}'],
  acknowledgeVaultAlert: ['POST', '/api/vaults/{vault}/alerts/{alert}/acknowledge', 'keyed'],
  closeVaultAlert: ['POST', '/api/vaults/{vault}/alerts/{alert}/close', 'keyed'],
  getAlert: ['GET', '/api/alerts/{alert}'],
  acknowledgeAlert: ['POST', '/api/alerts/{alert}/acknowledge', 'keyed'],
  closeAlert: ['POST', '/api/alerts/{alert}/close', 'keyed'],
  listVaultAlerts: ['GET', '/api/vaults/{vault}/alerts'],
  listAlerts: ['GET', '/api/alerts'],
  putSilence: ['PUT', '/api/vaults/{vault}/silences/{silence}', 'keyed'],
  getSilence: ['GET', '/api/vaults/{vault}/silences/{silence}'],
  deleteSilence: ['DELETE', '/api/vaults/{vault}/silences/{silence}', 'keyed'],
  listSilences: ['GET', '/api/vaults/{vault}/silences'],
  listDeadLetters: ['GET', '/api/deadletters'],
  redriveDeadLetter: ['POST', '/api/deadletters/{id}/redrive', 'keyed'],
  dismissDeadLetter: ['DELETE', '/api/deadletters/{id}', 'keyed'],
  takeDeliveryReports: ['POST', '/api/alerts/deliveryReports'],
  runSweep: ['POST', '/api/sweeps', 'keyed'],
  listSweeps: ['GET', '/api/sweeps'],
  forecast: ['GET', '/api/forecast'],
  putPause: ['PUT', '/api/pause', 'keyed'],
  getPause: ['GET', '/api/pause'],
  deletePause: ['DELETE', '/api/pause', 'keyed'],
  getQuarantine: ['GET', '/api/quarantine'],
  retryQuarantined: ['POST', '/api/quarantine/{vault}/{item}/retry', 'keyed'],
  live: ['GET', '/api/health/live'],
  ready: ['GET', '/api/health/ready', 'always'],
  getLocalClock: ['GET', '/api/local/clock'],
  putLocalClock: ['PUT', '/api/local/clock'],
  getApiDocument: ['GET', '/api/openapi.json'],
  getApiPage: ['GET', '/api/docs', 'text'],
  getApiStyle: ['GET', '/api/docs/style.css', 'text'],
} as const satisfies Readonly<Record<keyof Operations, readonly [string, string, Kind?]>>;
