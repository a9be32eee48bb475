import * as z from 'zod';
import { ROLES } from '../../../core/caller.ts';
import { GUARDED_OPERATIONS } from '../../../core/guards.ts';
import { POLICY_RUNGS } from '../../../core/policy.ts';
import {
  ALERT_MODES,
  IMMUTABILITY_STATES,
  PORTAL_DELETE,
  RETENTION_SCOPES,
  SWITCH_STATES,
} from '../../../core/vault.ts';
import { HYBRID_KINDS, WORKLOAD_NAMES } from '../../../core/workloads.ts';
import { called, count, etag, instant, listOf } from './common.ts';

/** Lists of words that requests and answers share: each stands once in the document, and whoever uses one refers to it. */
export const VAULT_WORDS = {
  VaultKind: ['RecoveryServices', 'Backup'],
  SwitchState: SWITCH_STATES,
  RetentionScope: RETENTION_SCOPES,
  ImmutabilityState: IMMUTABILITY_STATES,
  PortalDelete: PORTAL_DELETE,
  AlertMode: ALERT_MODES,
  Workload: WORKLOAD_NAMES,
  HybridKind: HYBRID_KINDS,
  GuardedOperation: GUARDED_OPERATIONS,
  Role: ROLES,
} as const;

const vault = called(
  'Vault',
  z.object({
    name: z.string(),
    kind: z.enum(VAULT_WORDS.VaultKind),
    softDelete: called(
      'SoftDeleteSettings',
      z.object({
        state: z.enum(SWITCH_STATES),
        retentionDays: z.int().min(14).max(180),
        retentionScope: z.enum(RETENTION_SCOPES),
      }),
    ),
    hybrid: called(
      'HybridSettings',
      z.object({
        state: z.enum(SWITCH_STATES),
        portalDeleteUnderAlwaysOn: z.enum(PORTAL_DELETE),
        mfaRequired: z.boolean(),
        alertsEnabled: z.boolean(),
      }),
    ).nullable(),
    immutability: z.enum(IMMUTABILITY_STATES),
    alerts: called(
      'AlertSettings',
      z.object({
        recipients: z.array(z.string()),
        owners: z.array(z.string()),
        mode: z.enum(ALERT_MODES),
        onHardDelete: z.boolean(),
      }),
    ),
    guard: z.string().nullable(),
    counts: called('VaultCounts', z.object({ protected: count, stopped: count, softDeleted: count })),
    warnings: z.array(z.string()).min(1).optional(),
    etag,
  }),
);

const retention = called(
  'Retention',
  z.object(Object.fromEntries(POLICY_RUNGS.map((rung) => [rung, count.optional()]))),
);

const policy = called(
  'Policy',
  z.object({ name: z.string(), workloads: z.array(z.enum(WORKLOAD_NAMES)), schedule: z.string(), retention, etag }),
);

const server = called(
  'Server',
  z.object({
    name: z.string(),
    vault: z.string(),
    kind: z.enum(HYBRID_KINDS),
    agentVersion: z.string(),
    registration: called('Registration', z.enum(['Registered', 'SoftDeleted', 'Unregistered'])),
    registeredBy: z.string(),
    registeredAt: instant,
    passphraseChangedAt: instant.nullable(),
    etag,
  }),
);

const guard = called(
  'Guard',
  z.object({
    name: z.string(),
    excludedOperations: z.array(z.enum(GUARDED_OPERATIONS)),
    createdBy: z.string(),
    createdAt: instant,
    etag,
  }),
);

const grant = called(
  'Grant',
  z.object({
    grant: z.string(),
    guard: z.string(),
    vault: z.string(),
    operation: z.enum(GUARDED_OPERATIONS),
    grantee: z.string(),
    grantedBy: z.string(),
    grantedAt: instant,
    expiresAt: instant,
  }),
);

const securityPin = called('SecurityPin', z.object({ securityPin: z.string().regex(/^\d{8}$/), expiresAt: instant }));

export const vaultAnswers = {
  vault,
  vaults: listOf('VaultList', vault),
  policy,
  policies: listOf('PolicyList', policy),
  server,
  servers: listOf('ServerList', server),
  guard,
  grant,
  securityPin,
} as const;
