import { ReprieveError } from '../client/problem.ts';
import type { Call, Limits } from './door.ts';
import { ExecutorStopped, holdLease } from './lease.ts';
import type { Settings } from './settings.ts';
import { type Destroyed, type Failure, type Happening, type Order, Refuse } from './types.ts';

type Verb = 'complete' | 'refuse' | 'fail';

/** How an attempt ended, as the service is told. */
interface Outcome {
  readonly verb: Verb;
  readonly body: object;
  readonly error?: unknown;
}

const TOLD = { complete: 'completed', refuse: 'refused', fail: 'failed' } as const satisfies Record<Verb, string>;

/** One order, from the claim at `since` to the last word about it. Never rejects; ends when the handler has ended. */
export async function work(call: Call, settings: Settings, order: Order, since: number): Promise<void> {
  const tell = teller(settings, order);
  tell('claimed');
  const lease = holdLease(call, settings, order, since, (why) => tell('lost', why));
  const outcome = await outcomeOf(async () => settings.handle(order, lease.hands));
  if (lease.isLost()) return; // another may hold the order: nothing we say of it would be true
  await say(call, settings, order, outcome, await lease.release());
}

/** An order that the stop overtook: nobody has begun with it. */
export const giveBack = (call: Call, settings: Settings, order: Order, since: number): Promise<void> =>
  say(call, settings, order, failed(new ExecutorStopped(), 'nothing'), { until: since + settings.leaseSeconds * 1000 });

async function say(call: Call, settings: Settings, order: Order, outcome: Outcome, limits: Limits): Promise<void> {
  const tell = teller(settings, order);
  try {
    await call(`${order.order}/${outcome.verb}`, { token: order.token, ...outcome.body }, limits);
    tell(TOLD[outcome.verb], outcome.error);
  } catch (error) {
    const instead = insteadOf(outcome, error);
    if (instead) await say(call, settings, order, instead, limits);
    else tell('lost', error);
  }
}

const teller =
  ({ report }: Settings, { order, vault, item }: Order) =>
  (what: Happening['what'], error?: unknown): void =>
    report({ what, order, vault, item, ...(error === undefined ? {} : { error }) });

const outcomeOf = (attempt: () => Promise<unknown>): Promise<Outcome> =>
  attempt().then(
    (proof) => ({ verb: 'complete', body: { proof } }),
    (error) =>
      error instanceof Refuse
        ? { verb: 'refuse', body: { reason: text(error.message, 'Refused.') }, error }
        : failed(error),
  );

/** What was said did not fit. An order that nobody speaks of any more would only lose its lease: nobody would learn why. */
function insteadOf({ verb, error: first }: Outcome, error: unknown): Outcome | undefined {
  if (verb === 'fail') return undefined;
  const { status, code }: { status?: number; code?: string } = error instanceof ReprieveError ? error : { status: 400 };
  if (code === 'DestructionPossible')
    return failed(Object.assign(new Error(text(messageOf(first), 'Refused.')), { code, permanent: true }), 'nothing');
  return status === 400 || status === 413 ? failed(error, verb === 'refuse' ? 'nothing' : 'unknown') : undefined;
}

function failed(error: unknown, destroyed = destroyedIn(error)): Outcome {
  const { code, permanent, retryAfterSeconds } = saidBy(error);
  const wait = Math.min(Math.max(Math.ceil(Number(retryAfterSeconds)), 0), 86_400);
  const name = text(error instanceof Error && error.name, 'Error', WORD);
  return {
    verb: 'fail',
    body: {
      code: text(code, name, WORD),
      message: text(messageOf(error), name),
      destroyed,
      ...(permanent === true ? { permanent } : {}),
      ...(retryAfterSeconds === undefined || Number.isNaN(wait) ? {} : { retryAfterSeconds: wait }),
    },
    error,
  };
}

const destroyedIn = (error: unknown): Destroyed => {
  const { destroyed } = saidBy(error);
  return destroyed === 'nothing' || destroyed === 'some' ? destroyed : 'unknown';
};

/** Anything can be thrown. */
const saidBy = (error: unknown): Failure => (typeof error === 'object' && error !== null ? error : {});

const messageOf = (error: unknown): unknown => (error instanceof Error ? error.message : error);

/** The most characters that the service takes. */
const [WORD, WORDS] = [64, 1024];

/** Without what controls a terminal or is half a character: the service takes neither. */
const text = (value: unknown, otherwise: string, most = WORDS): string => {
  const said = typeof value === 'string' ? value : '';
  return said.slice(0, most).replace(/(?![\t\n\r])[\p{Cc}\p{Cs}]/gu, ' ') || otherwise;
};
