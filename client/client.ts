import { ReprieveError } from './problem.ts';
import { type AnyWish, prepare, type Settings, searchOf, send } from './request.ts';
import { pauseBefore, realSleep } from './retry.ts';
import type { Answer, Asked, ClientOptions, Element, Following, ListOperation, Operation, Value } from './types.ts';

export { type Problem, ReprieveError } from './problem.ts';
export type * from './types.ts';

export interface Client {
  /** Answers the value, or throws a `ReprieveError`. */
  call<O extends Operation>(operation: O, ...asked: Asked<O>): Promise<Value<O>>;
  /** The same, but a problem is an answer too; the status and the headers are at hand. */
  ask<O extends Operation>(operation: O, ...asked: Asked<O>): Promise<Answer<O>>;
  /** A list page by page. A page may be empty and still not be the last. Throws as `call` does. */
  pages<O extends ListOperation>(operation: O, ...asked: Asked<O>): AsyncGenerator<Value<O>, void, undefined>;
  /** A list element by element, to its end or as far as it is read. */
  each<O extends ListOperation>(operation: O, ...asked: Asked<O>): AsyncGenerator<Element<O>, void, undefined>;
  /** All elements of a list that is known to be short enough. */
  all<O extends ListOperation>(operation: O, ...asked: Asked<O>): Promise<readonly Element<O>[]>;
  /** Asks after long work until it has ended, as often as the service says that it is worth it. Throws as `call` does. */
  follow(id: string, following?: Following): Promise<Value<'getOperation'>>;
}

/** The id of the operation that a call has begun, or found running; undefined: there is none. */
export const operationIn = (headers: Headers): string | undefined =>
  /\/operations\/([^/?]+)$/.exec(headers.get('operation-location') ?? '')?.[1];

/** What every page of a list is. */
interface List<O extends ListOperation> {
  readonly value: readonly Element<O>[];
  readonly nextLink?: string;
}

/** The most elements that the service puts into one page. */
const MOST_AT_ONCE = 200;

/** Where the service does not say when to ask again. */
const AGAIN_SECONDS = 10;

const DEFAULTS = {
  token: undefined,
  fetch: (url: string, init: RequestInit) => fetch(url, init),
  stepUp: async () => false,
  tries: 4,
  longestWaitMs: 20_000,
  timeoutMs: 120_000,
  newKey: () => crypto.randomUUID(),
  sleep: realSleep,
  now: () => Date.now(),
  random: () => Math.random(),
};

export function createClient(options: ClientOptions): Client {
  const settings: Settings = { ...DEFAULTS, ...options, url: options.url.replace(/\/+$/, '') };
  const ask = askWith(settings);

  async function call<O extends Operation>(operation: O, wish: AnyWish, search?: string): Promise<Value<O>> {
    const answer = await ask(operation, wish, search);
    if (answer.ok) return answer.value;
    throw answer.problem;
  }

  /** Of a link only the query is used: a gateway may have another name and path than the service knows of. */
  async function* pages<O extends ListOperation>(operation: O, wish: AnyWish) {
    const seen = new Set<string>();
    let search = searchOf(wish.query);
    while (!seen.has(search)) {
      seen.add(search);
      const page = await call(operation, wish, search);
      yield page;
      const { nextLink } = page as List<O>;
      if (!nextLink) return;
      search = new URL(nextLink, 'http://any').search;
    }
  }

  async function* each<O extends ListOperation>(operation: O, wish: AnyWish) {
    const query = { top: MOST_AT_ONCE, ...wish.query };
    for await (const page of pages(operation, { ...wish, query })) yield* (page as List<O>).value;
  }

  async function all<O extends ListOperation>(operation: O, wish: AnyWish) {
    const found: Element<O>[] = [];
    for await (const one of each(operation, wish)) found.push(one);
    return found;
  }

  async function follow(id: string, { told, signal }: Following = {}) {
    for (;;) {
      const answer = await ask('getOperation', { names: { operation: id }, signal });
      if (!answer.ok) throw answer.problem;
      if (answer.value.status !== 'Running') return answer.value;
      told?.(answer.value);
      await settings.sleep(1000 * (Number(answer.headers.get('retry-after')) || AGAIN_SECONDS), signal);
    }
  }

  return {
    follow,
    call: (operation, ...[wish = {}]) => call(operation, wish as AnyWish),
    ask: (operation, ...[wish = {}]) => ask(operation, wish as AnyWish),
    pages: (operation, ...[wish = {}]) => pages(operation, wish as AnyWish),
    each: (operation, ...[wish = {}]) => each(operation, wish as AnyWish),
    all: (operation, ...[wish = {}]) => all(operation, wish as AnyWish),
  };
}

/** One call with its tries: again after a sign-in with the second factor, and again where the service or the network may be better then. */
const askWith =
  (settings: Settings) =>
  async <O extends Operation>(operation: O, wish: AnyWish, search?: string): Promise<Answer<O>> => {
    const { signal } = wish;
    const request = prepare(settings, operation, wish, search);
    if (request instanceof ReprieveError) return { ok: false, problem: request };
    let waited = 0;
    let mayStepUp = true;
    for (let tries = 1; ; tries += 1) {
      const answer = (await send(settings, request, signal)) as Answer<O>;
      if (answer.ok) return answer;
      if (mayStepUp && answer.problem.code === 'StepUpRequired' && (await settings.stepUp())) {
        mayStepUp = false;
        continue;
      }
      const pause = pauseBefore(answer.problem, tries, request.isRepeatable, settings.random);
      if (pause === undefined || tries >= settings.tries || waited + pause > settings.longestWaitMs) return answer;
      waited += pause;
      await settings.sleep(pause, signal);
    }
  };
