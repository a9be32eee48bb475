/** `runExecutor` before a door, in a time that moves only when a test moves it, over a wire that a test can spoil. */
import { setImmediate as turn } from 'node:timers/promises';
import { runExecutor } from '../../../executor/executor.ts';
import type { ExecutorOptions, Happening } from '../../../executor/types.ts';
import type { DoorToTest } from './door.ts';

/** `unreached`: it never comes to the service. `lost`: its answer does not come back. `hangs`: nothing comes, ever. */
type Spoiled = 'unreached' | 'lost' | 'hangs' | Response | undefined;

interface Sent {
  readonly verb: string;
  /** Milliseconds since the beginning. */
  readonly at: number;
  readonly key: string | null;
  readonly authorization: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: each test looks at what it expects
  readonly body: any;
}

interface Timer {
  readonly at: number;
  readonly fire: () => void;
}

const broken = () => new TypeError('fetch failed', { cause: new Error('read ECONNRESET') });

export function staged(door: DoorToTest, options: Partial<ExecutorOptions> & Pick<ExecutorOptions, 'handle'>) {
  const timers = new Set<Timer>();
  const [sent, told]: [Sent[], Happening[]] = [[], []];
  const stop = new AbortController();
  let elapsed = 0;
  let setBackBy = 0;
  let underWay = 0;
  let spoil: (verb: string, nth: number) => Spoiled = () => undefined;

  /** Nothing is on the wire any more, and all that followed from it has happened. */
  async function quiet(): Promise<void> {
    for (let calm = 0; calm < 3; calm = underWay === 0 ? calm + 1 : 0) await turn();
  }

  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const timer = { at: elapsed + Math.max(ms, 0), fire: resolve };
      timers.add(timer);
      signal?.addEventListener('abort', () => timers.delete(timer) && reject(signal.reason), { once: true });
    });

  async function moveTo(at: number): Promise<void> {
    await door.advance(at - elapsed);
    elapsed = at;
  }

  /** What falls due on the way happens at its time. */
  async function pass(seconds: number): Promise<void> {
    const goal = elapsed + seconds * 1000;
    for (;;) {
      await quiet();
      const [next] = [...timers].filter(({ at }) => at <= goal).toSorted((a, b) => a.at - b.at);
      if (!next) break;
      timers.delete(next);
      await moveTo(Math.max(next.at, elapsed));
      next.fire();
    }
    await moveTo(goal);
  }

  async function fetch(url: string, init: RequestInit): Promise<Response> {
    const verb = url.split('/').at(-1) ?? '';
    const headers = new Headers(init.headers);
    const [key, authorization] = [headers.get('idempotency-key'), headers.get('authorization')];
    const nth = sent.filter((one) => one.verb === verb).length;
    sent.push({ verb, at: elapsed, key, authorization, body: JSON.parse(String(init.body)) });
    const how = spoil(verb, nth);
    if (how instanceof Response) return how.clone();
    if (how === 'unreached') throw broken();
    if (how === 'hangs') return hangs(init.signal);
    underWay += 1;
    try {
      const answer = await door.fetch(url, init);
      if (how === 'lost') throw broken();
      return answer;
    } finally {
      underWay -= 1;
    }
  }

  const running = runExecutor({
    door: { url: door.url, token: () => door.token('executor') },
    executor: door.executor,
    signal: stop.signal,
    report: (happening) => told.push(happening),
    fetch,
    clock: { now: () => door.now() - setBackBy, monotonic: () => elapsed },
    sleep,
    random: () => 0,
    ...options,
  });
  let isOver = false;
  const over = running.finally(() => {
    isOver = true;
  });

  return {
    running,
    told,
    /** What was told, without what was told to be claimed. */
    ends: () => told.filter(({ what }) => what !== 'claimed').map(({ what }) => what),
    sent: (verb?: string) => (verb ? sent.filter((one) => one.verb === verb) : sent),
    pass,
    quiet,
    /** Only the service's time, as if all clocks of the process stood still. */
    freeze: (seconds: number) => door.advance(seconds * 1000),
    /** The process stands still: what fell due in the meantime happens when it goes on, with `pass`. */
    standStill: (seconds: number) => moveTo(elapsed + seconds * 1000),
    setBack: (seconds: number) => {
      setBackBy += seconds * 1000;
    },
    spoil(how: typeof spoil) {
      spoil = how;
    },
    stop: () => stop.abort(),
    isOver: () => isOver,
    over,
  };
}

const hangs = (signal: AbortSignal | null | undefined): Promise<Response> =>
  new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

/** A promise that a test keeps when it wants to. */
export function held<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { promise, resolve, reject };
}
