/** PURE. What a service with nothing to do asks of storage. */
import host from '../../host.json' with { type: 'json' };
import { COUNTED } from './counted.ts';

/** Each looks at a queue of its own. */
export const QUEUE_FUNCTIONS = 6;
/** As seldom as `host.json` allows, by at least one instance. */
export const POLL_SECONDS = Number(host.extensions.queues.maxPollingInterval.split(':').at(-1));
export const SWEEP_MINUTES = 5;

const looks = (QUEUE_FUNCTIONS * 60) / POLL_SECONDS;
export const QUIET_MINUTE = looks + COUNTED.emptySweep.requests / SWEEP_MINUTES;
