import { item, oid, policy, SOURCE, vault } from './estate.ts';

export const REQUESTS: Readonly<Record<string, unknown>> = {
  VaultRequest: {
    kind: 'RecoveryServices',
    softDelete: { retentionDays: 14 },
    alerts: { recipients: ['ops@contoso.com'], owners: ['owner@contoso.com'] },
  },
  PolicyRequest: {
    workloads: ['AzureVM'],
    schedule: '0 0 2 * * *',
    retention: { daily: 30, weekly: 12, monthly: 12, yearly: 1 },
  },
  ServerRequest: { kind: 'MARS', agentVersion: '2.0.9260' },
  ProtectRequest: { workload: 'AzureVM', policy, sourceId: SOURCE },
  StopRequest: { mode: 'delete', confirmName: item, reason: 'decommissioned' },
  NothingRequest: {},
  ResumeRequest: { policy },
  ChangePolicyRequest: { policy },
  BackupRequest: { expiresAt: '2027-11-21T00:00:00Z' },
  RestoreRequest: { recoveryPoint: 'rp-2026-11-20' },
  PointRequest: { createdAt: '2026-11-20T02:00:00Z', rung: 'daily' },
  CompleteRequest: { status: 'Completed', recoveryPoint: { name: 'rp-2026-11-20', rung: 'daily' } },
  HoldRequest: { reason: 'Needed as evidence until the case is closed', until: '2027-01-31T00:00:00Z' },
  GuardRequest: { excludedOperations: ['getSecurityPin'] },
  GrantRequest: { operation: 'deleteProtection', vault, grantee: oid, expiresAt: '2026-11-21T17:00:00Z' },
  GuardLinkRequest: { guard: 'security-team' },
  BulkUndeleteRequest: { deletedBy: oid, from: '2026-11-21T08:00:00Z', to: '2026-11-21T10:00:00Z', dryRun: true },
  SweepRequest: { dryRun: true },
  PauseRequest: { reason: 'Storage is being migrated', until: '2026-11-24T18:00:00Z' },
  SilenceRequest: {
    from: '2026-11-21T22:00:00Z',
    until: '2026-11-22T06:00:00Z',
    types: ['BackupFailure'],
    reason: 'The storage is being moved',
  },
  GridEventsRequest: [
    {
      eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
      data: {
        messageId: 'c0ffee00-1234-4567-89ab-0123456789ab',
        recipient: 'ops@contoso.com',
        status: 'Delivered',
        deliveryStatusDetails: { statusMessage: 'No error.' },
      },
    },
  ],
  ClockRequest: { offset: 'P15D' },
};
