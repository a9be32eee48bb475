import type { Instant } from './time.ts';
import type { HybridKind } from './workloads.ts';

/** An on-premises machine whose agent backs up into the vault. */
export interface Server {
  readonly name: string;
  readonly vault: string;
  readonly kind: HybridKind;
  readonly agentVersion: string;
  readonly registration: 'Registered' | 'SoftDeleted' | 'Unregistered';
  readonly registeredBy: { readonly tid: string; readonly oid: string };
  readonly registeredAt: Instant;
  /** Absent when it has not changed since the server was registered. */
  readonly passphraseChangedAt?: Instant | undefined;
  readonly etag: string;
}
