import { type BlobLeaseClient, BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { hasStatus, messageOf, type Print, stamp } from '../output.ts';
import { pause } from '../work.ts';

/** The real host's container for its own affairs. */
export const hostContainer = (connection: string): ContainerClient =>
  BlobServiceClient.fromConnectionString(connection, {
    retryOptions: { maxTries: 2, retryDelayInMs: 200 },
  }).getContainerClient('azure-webjobs-hosts');

interface Singleton {
  readonly container: ContainerClient;
  readonly hostId: string;
  readonly print: Print;
  readonly gained: () => void;
  readonly lost: () => void;
}

const LEASE_SECONDS = 15; // the shortest Azure grants: so long do timers wait after a host was killed
const LEASE = LEASE_SECONDS * 1_000;
export const RENEW_EVERY = 7_000; // twice before it ends
const ASK_EVERY = 2_000;

/**
 * One instance fires the timers: the one that holds this lease. Azure leases per function, which lets instances
 * share the timers out; one lease for all says the same ("never two") with one renewal.
 */
export function singleton({ container, hostId, print, gained, lost }: Singleton) {
  const blob = container.getBlockBlobClient(`locks/${hostId}/timers`);
  const rest = pause();
  let stopping = false;
  let lease: BlobLeaseClient | undefined;
  let goodUntil = 0;

  const acquire = async (): Promise<void> => {
    await container.createIfNotExists();
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } }).catch(unless(409, 412));
    const candidate = blob.getBlobLeaseClient();
    await candidate.acquireLease(LEASE_SECONDS);
    lease = candidate;
    goodUntil = Date.now() + LEASE;
    gained();
  };

  const renew = async (held: BlobLeaseClient): Promise<void> => {
    const asked = Date.now();
    await held.renewLease().then(
      () => {
        goodUntil = asked + LEASE;
      },
      (error: unknown) => {
        // a hiccup with time left for another try: the lease is still ours
        if (Date.now() + RENEW_EVERY < goodUntil && !hasStatus(error, 404, 409, 412)) return;
        lease = undefined;
        lost();
        throw error;
      },
    );
  };

  const loop = async (): Promise<void> => {
    let said = '';
    while (!stopping) {
      await (lease ? renew(lease) : acquire()).then(
        () => {
          said = '';
        },
        (error: unknown) => {
          const line = hasStatus(error, 409)
            ? 'Timers wait: another instance of this host has them.'
            : `Timers wait: storage does not answer (${messageOf(error)}).`;
          if (line !== said) print(stamp(line));
          said = line;
        },
      );
      await rest.until(lease ? RENEW_EVERY : ASK_EVERY);
    }
  };

  const done = loop();
  return {
    stop() {
      stopping = true;
      rest.wake();
    },
    /** Once nothing runs any more: the next host need not wait for the lease to end. */
    async release(): Promise<void> {
      await done;
      await lease?.releaseLease().catch(() => undefined);
    },
  };
}

const unless =
  (...statuses: number[]) =>
  (error: unknown): undefined => {
    if (hasStatus(error, ...statuses)) return undefined;
    throw error;
  };
