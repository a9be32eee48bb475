import { setTimeout as pause } from 'node:timers/promises';
import type { ContainerClient } from '@azure/storage-blob';
import type { Failure, Hands, Json, Order, Proof } from 'reprieve/executor';
import { blobHandler } from '../../../examples/blob-executor/purge.ts';
import { VAULT } from './tenants.ts';

const AT = '2026-11-27T12:00:00.000Z';

type Wish = Partial<Order> & Pick<Order, 'item' | 'sourceId'>;

const NEVER = new AbortController().signal;
let lastToken = Date.now();

/** An order as it is claimed: each has a greater token than those before. */
export function anOrder(wish: Wish): Order {
  lastToken += 1;
  return {
    order: `o-${lastToken}`,
    token: lastToken,
    state: 'Leased',
    executor: 'blobs',
    vault: VAULT,
    generation: 1,
    kind: 'tenant',
    class: 'Cloud',
    represents: 'Original',
    tier: 'Vault',
    server: null,
    superseded: false,
    deletedAt: AT,
    deletedBy: 'someone',
    deletedByTenant: 'local',
    channel: 'api',
    reason: null,
    comment: null,
    softDeleteApplied: true,
    retentionDays: 14,
    purgeAt: AT,
    approvals: [],
    secondFactor: null,
    recoveryPoints: { count: 0, value: [] },
    parameters: {},
    orderedAt: AT,
    confirmBy: AT,
    availableAt: null,
    attempts: 0,
    untouched: true,
    checkpoint: null,
    lease: null,
    lastFailure: null,
    etag: 'e',
    ...wish,
  };
}

export interface Work {
  readonly container: ContainerClient;
  readonly roots?: readonly string[];
  readonly pageSize?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  readonly signal?: AbortSignal;
  /** Hears of what is stored. */
  readonly onStore?: () => Promise<unknown>;
}

export interface Attempt {
  readonly proof?: Proof;
  readonly error?: Error & Failure;
  /** What was stored, the last last. */
  readonly stored: readonly Json[];
}

/** What the handler makes of an order, without a service. */
export async function attempt(order: Order, work: Work): Promise<Attempt> {
  const stored: Json[] = [];
  const { container, roots = [''], pageSize = 500, wait = (ms: number) => pause(ms), onStore, signal = NEVER } = work;
  const hands: Hands = {
    signal,
    async checkpoint(value) {
      stored.push(structuredClone(value));
      await onStore?.();
    },
  };
  try {
    return { proof: await blobHandler({ container, roots, pageSize, wait })(order, hands), stored };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { error, stored };
  }
}
