/**
 * PURE. Storage and the instances that work on it, in virtual time. It knows none of the sums of the model: it sends the requests that the
 * real verbs and the real sweep made, one by one, to partitions and accounts that let through so many rows a second and answer 503 to the
 * rest. A step is a millisecond.
 */
import { SHARD_NAMES } from '../../../src/store/keys.ts';
import { LIMITS } from '../../../tools/scale/limits.ts';
import { type Random, randomOf } from '../../faults/random.ts';
import type { Request } from './tape.ts';
import type { Done } from './works.ts';

export interface Setting {
  readonly done: Done;
  /** All work in one vault, or in as many as there are. */
  readonly vaults: 'one' | 'many';
  readonly accounts: number;
  readonly instances: number;
  /** Requests that an instance has under way. */
  readonly inFlight: number;
  readonly latencyMs: number;
  readonly seed: number;
}

/** As `src/app.ts` tells the SDK: the first pause, and the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** An answer comes so much earlier or later. */
const SPREAD = 0.2;
/** What a bucket holds: so much of a second's rows may come at once. */
const BURST = 0.1;
/** What happens before is not counted. */
const STEADY_MS = 1500;
const LEAST_MS = 2000;
/** The requests are sent at least so often, */
const PLAYS = 8;
/** each time to other vaults, of so many times those that the work was done in. */
const OTHERS = 16;
/** Longer than any pause and answer together. */
const RING = 2048;

interface Bucket {
  readonly aSecond: number;
  rows: number;
  at: number;
}

const full = (aSecond: number): Bucket => ({ aSecond, rows: aSecond * BURST, at: 0 });

/** It lets a request through while it holds anything, and then owes what was too much. */
function hasRows(bucket: Bucket, now: number): boolean {
  const more = ((now - bucket.at) * bucket.aSecond) / 1000;
  bucket.rows = Math.min(bucket.aSecond * BURST, bucket.rows + more);
  bucket.at = now;
  return bucket.rows > 0;
}

interface Call {
  readonly rows: number;
  readonly account: Bucket;
  readonly partition: Bucket;
  tries: number;
}

function shuffled(requests: readonly Request[], random: Random): readonly Request[] {
  return requests
    .map((request) => ({ request, at: random.next() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ request }) => request);
}

/** The requests in a random order, again and again. */
function calls({ done, vaults, accounts }: Setting, random: Random): () => Call {
  const order = shuffled(done.requests, random);
  const ofAccounts = Array.from({ length: accounts }, () => full(LIMITS.account.is));
  const named = new Map<string, Bucket>();
  const bucket = (name: string, aSecond: number) => {
    const found = named.get(name) ?? full(aSecond);
    named.set(name, found);
    return found;
  };
  /** Vaults lie in all accounts, each with its part of the agenda; what all vaults share lies in the first. */
  const target = ({ place, partition }: Request, at: number, play: number): Omit<Call, 'tries' | 'rows'> => {
    const account = (at + play) % accounts;
    const among = (name: string) => ({
      account: ofAccounts[account] ?? full(0),
      partition: bucket(`${account} ${name}`, LIMITS.partition.is),
    });
    const shard = SHARD_NAMES.findIndex((name) => partition.endsWith(name)) + play;
    if (place === 'vault') return among(vaults === 'one' ? 'the vault' : `${partition} ${play % OTHERS}`);
    if (place === 'agenda') return among(vaults === 'one' ? 'its shard' : `shard ${shard % SHARD_NAMES.length}`);
    if (place === 'scattered') return among(`${partition} ${play % OTHERS}`);
    const most = place === 'queue' ? LIMITS.queue.is : LIMITS.partition.is;
    return { account: ofAccounts[0] ?? full(0), partition: bucket(place, most) };
  };
  const period = OTHERS * SHARD_NAMES.length * accounts;
  const targets: ReturnType<typeof target>[] = [];
  let sent = 0;
  return () => {
    const at = sent % order.length;
    const request = order[at];
    if (!request) throw new Error('there is nothing to send');
    const play = Math.floor(sent / order.length);
    const slot = (play % period) * order.length + at;
    targets[slot] ??= target(request, at, play);
    sent += 1;
    return { ...(targets[slot] as ReturnType<typeof target>), rows: request.read + request.written, tries: 0 };
  };
}

/** Units a second, once everything runs. */
export function simulate(setting: Setting): number {
  const { done, instances, inFlight, latencyMs, seed } = setting;
  const random = randomOf(seed);
  const nextCall = calls(setting, random);
  const ring: Call[][] = Array.from({ length: RING }, () => []);
  const arrive = (at: number, call: Call) => ring[Math.round(at) % RING]?.push(call);
  const latency = () => Math.max(1, latencyMs * (1 - SPREAD + 2 * SPREAD * random.next()));
  for (let slot = 0; slot < instances * inFlight; slot += 1) arrive(random.int(0, latencyMs), nextCall());

  let answered = 0;
  let now = 0;
  for (; now < STEADY_MS + LEAST_MS || answered < PLAYS * done.requests.length; now += 1) {
    for (const call of ring[now % RING]?.splice(0) ?? []) {
      if (hasRows(call.account, now) && hasRows(call.partition, now)) {
        call.account.rows -= call.rows;
        call.partition.rows -= call.rows;
        if (now >= STEADY_MS) answered += 1;
        arrive(now + latency(), nextCall());
      } else {
        // 503: the client waits longer each time, and never as long as another does
        call.tries += 1;
        const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (call.tries - 1));
        arrive(now + latency() + pause * (0.5 + random.next() / 2), call);
      }
    }
  }
  const plays = answered / done.requests.length;
  return (plays * done.units * 1000) / (now - STEADY_MS);
}
