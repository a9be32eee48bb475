import type { Identity } from './caller.ts';
import { type Refused, refuse } from './problems.ts';
import type { Instant } from './time.ts';
import type { HybridKind } from './workloads.ts';

/** An on-premises machine whose agent backs up into the vault. */
export interface Server {
  readonly name: string;
  readonly vault: string;
  readonly kind: HybridKind;
  readonly agentVersion: string;
  readonly registration: 'Registered' | 'SoftDeleted' | 'Unregistered';
  readonly registeredBy: Identity;
  readonly registeredAt: Instant;
  /** Absent when it has not changed since the server was registered. */
  readonly passphraseChangedAt?: Instant | undefined;
  /** Another vault took its registration over. Absent in rows of before: there only the claim tells. */
  readonly superseded?: boolean | undefined;
  /** It is not registered: on this day it is over. Absent in rows of before. */
  readonly endsOn?: string | undefined;
  readonly etag: string;
}

/** The oldest agent versions that may do critical operations (DOMAIN §4.2). */
const OLDEST: { readonly [K in HybridKind]: string } = {
  MARS: '2.0.9052',
  DPM: '10.22.148.0',
  MABS: '13.0.415.0',
};

const partsOf = (version: string): readonly number[] => version.split('.').map(Number);

/** Compares number by number. A missing number counts as 0. */
export function isOlder(version: string, than: string): boolean {
  const [given, wanted] = [partsOf(version), partsOf(than)];
  const at = wanted.findIndex((part, index) => part !== (given[index] ?? 0));
  return at >= 0 && (given[at] ?? 0) < (wanted[at] ?? 0);
}

export function agentTooOld({ name, kind, agentVersion }: Server): Refused | undefined {
  const minimum = OLDEST[kind];
  if (!isOlder(agentVersion, minimum)) return undefined;
  return refuse(
    'AgentTooOld',
    `The ${kind} agent of ${name} is ${agentVersion}; critical operations need ${minimum} or later. Update the agent first.`,
    { facts: { kind, agentVersion, minimum, azureCode: '120002' } },
  );
}
