/** PURE. How a sweep is shared out, by the host's own rule for queues: how many instances work on so many messages, and how soon all is done. */
import host from '../../host.json' with { type: 'json' };
import { PAGE } from '../../src/flows/sweep/survey.ts';
import { SHARD_NAMES, shardOf } from '../../src/store/keys.ts';

/** As host.json says it, for every queue of an app. */
export interface QueueRule {
  readonly batchSize: number;
  readonly newBatchThreshold: number;
}

/** So many instances the platform starts for so many messages, those in work among them. */
export const instancesFor = (messages: number, { batchSize, newBatchThreshold }: QueueRule, most: number): number =>
  Math.min(most, Math.ceil(messages / (batchSize + newBatchThreshold)));

/** What is left of each message that an instance has in work. */
type Instance = number[];

/**
 * How many times as fast it goes as if one instance did it all. A message is so much work; an instance does one piece of work at a time, whatever
 * number of messages it has taken, because its requests in flight are limited. Instances stand ready: how long a start takes is left out.
 */
export function speedUp(messages: readonly number[], rule: QueueRule, most: number): number {
  const waiting = [...messages];
  const instances: Instance[] = [];
  let time = 0;
  for (;;) {
    const inWork = instances.flat().length;
    if (waiting.length + inWork === 0) return messages.reduce((sum, one) => sum + one, 0) / time;
    while (instances.length < instancesFor(waiting.length + inWork, rule, most)) instances.push([]);
    takeAll(waiting, instances, rule);
    time += workOn(instances);
  }
}

/** By turns each takes a batch, as long as it has few enough in work. */
function takeAll(waiting: number[], instances: readonly Instance[], { batchSize, newBatchThreshold }: QueueRule): void {
  const free = () => instances.filter((one) => one.length <= newBatchThreshold);
  while (waiting.length > 0 && free().length > 0) for (const one of free()) one.push(...waiting.splice(0, batchSize));
}

/** Until the next message is done. An instance shares its time out among those that it has. Answers how long that took. */
function workOn(instances: readonly Instance[]): number {
  const busy = instances.filter((one) => one.length > 0);
  const time = Math.min(...busy.map((one) => Math.min(...one) * one.length));
  for (const one of busy) {
    const share = time / one.length;
    one.splice(0, one.length, ...one.map((left) => left - share).filter((left) => left > 1e-6));
  }
  return time;
}

const VAULTS = 2000;
const HINTS_OF_A_VAULT = 10;
export const HINTS = VAULTS * HINTS_OF_A_VAULT;

/** How many of them lie in each shard, as the names of the vaults fall out. */
const byShard = Map.groupBy(
  Array.from({ length: VAULTS }, (_, index) => shardOf({ vault: `vault-${index}` })),
  (shard) => shard,
);
/** A message a shard: what the timer sent before it sent units. */
const shards = SHARD_NAMES.map((shard) => (byShard.get(shard)?.length ?? 0) * HINTS_OF_A_VAULT);
const units = shards.flatMap((hints) =>
  Array.from({ length: Math.ceil(hints / PAGE) }, (_, page) => Math.min(PAGE, hints - page * PAGE)),
);

/** What Azure does when host.json says nothing. */
const BATCHES: QueueRule = { batchSize: 16, newBatchThreshold: 8 };
const { queues } = host.extensions;

export const INSTANCES = [1, 2, 4, 8, 16] as const;
/** What went and what goes, with how many times as fast it is by the number of instances that there may be. */
export const WAYS = [
  { name: 'a message a shard, 16 + 8', messages: shards, rule: BATCHES },
  { name: 'units, 16 + 8', messages: units, rule: BATCHES },
  { name: `units, ${queues.batchSize} + ${queues.newBatchThreshold}, as it is`, messages: units, rule: queues },
].map((way) => ({ ...way, speedUps: INSTANCES.map((most) => speedUp(way.messages, way.rule, most)) }));
