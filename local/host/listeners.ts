import type { HostedFunction } from './app/functions.ts';
import type { Invoke } from './app/invoke.ts';
import type { QueueOptions } from './hostJson.ts';
import { fatal, type Print } from './output.ts';
import { listenToQueue } from './queues/listener.ts';
import { type Connection, connectionOf, type Environment } from './settings.ts';
import { timerListener } from './timers/listener.ts';
import { hostContainer, singleton } from './timers/singleton.ts';
import { timerStatuses } from './timers/status.ts';
import { type Pause, pause, type Work } from './work.ts';

interface Listening {
  readonly functions: readonly HostedFunction[];
  readonly env: Environment;
  readonly hostId: string;
  readonly queues: QueueOptions;
  readonly invoke: Invoke;
  readonly work: Work;
  readonly print: Print;
  readonly pauses: Pauses;
}

export interface Listeners {
  /** Takes on nothing new. */
  stop(): void;
  abandon(): Promise<void>;
  /** After the last piece of work. */
  release(): Promise<void>;
}

/** One pause for each queue listened to, so that whoever writes to a queue can wake its listener. */
export interface Pauses {
  of(queueName: string, connection: Connection): Pause;
  wake(queueName: string, connection: Connection): void;
}

export function pauses(): Pauses {
  const known: Array<{ readonly key: string; readonly pause: Pause }> = [];
  const keyOf = (queueName: string, { text }: Connection): string => `${queueName} ${text}`;
  return {
    of(queueName, connection) {
      const made = pause();
      known.push({ key: keyOf(queueName, connection), pause: made });
      return made;
    },
    wake(queueName, connection) {
      for (const { key, pause: one } of known) if (key === keyOf(queueName, connection)) one.wake();
    },
  };
}

export function startListeners(listening: Listening): Listeners {
  const queues = startQueues(listening);
  const timers = startTimers(listening);
  return {
    stop() {
      for (const queue of queues) queue.stop();
      timers?.stop();
    },
    abandon: async () => {
      await Promise.all(queues.map((queue) => queue.abandon()));
    },
    release: async () => {
      await timers?.release();
    },
  };
}

const startQueues = ({ functions, queues, pauses: known, invoke, work, print }: Listening) =>
  functions.flatMap((called) => {
    if (called.trigger.kind !== 'queue' || called.disabled) return [];
    const { queueName, connection } = called.trigger;
    const rest = known.of(queueName, connection);
    return [listenToQueue({ called, queueName, connection, options: queues, invoke, work, print, pause: rest })];
  });

/** Storage is asked for only when there is a timer: an app of HTTP functions runs without any. */
function startTimers({ functions, env, hostId, invoke, work, print }: Listening) {
  const timed = functions.flatMap((called) =>
    called.trigger.kind === 'timer' && !called.disabled ? [{ called, trigger: called.trigger }] : [],
  );
  if (timed.length === 0) return undefined;
  const connection = connectionOf('AzureWebJobsStorage', env);
  if ('problem' in connection) throw fatal(`${connection.problem} The timer functions of this app need it.`);
  const container = hostContainer(connection.text);
  const statuses = timerStatuses(container, hostId);
  const timers = timed.map((each) => timerListener({ ...each, statuses, invoke, work, print }));
  const stopAll = (): void => {
    for (const timer of timers) timer.stop();
  };
  const one = singleton({
    container,
    hostId,
    print,
    gained: () => {
      for (const timer of timers) timer.start();
    },
    lost: stopAll,
  });
  return {
    stop() {
      stopAll();
      one.stop();
    },
    release: one.release,
  };
}
