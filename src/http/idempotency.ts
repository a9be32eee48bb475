import { createHash } from 'node:crypto';
import type { Answer, Held, RecordedAnswer } from '../change.ts';
import type { Caller } from '../core/caller.ts';
import { answerEndsOn } from '../core/ends.ts';
import { type Code, type Outcome, ok, type Refused, refuse } from '../core/problems.ts';
import { HOUR_MS, type Instant } from '../core/time.ts';
import type { FlowPorts } from '../flows/story/land.ts';
import type { Reply } from './reply.ts';

const KEPT_MS = 24 * HOUR_MS;
/** An answer longer than this, as it lies in its row, is not kept; asked again, the call is decided again, and says what is then true. */
const LONGEST = 200_000;

const PRINTABLE = /^[\x20-\x7e]{1,128}$/;
export const isPrintable = (text: string): boolean => PRINTABLE.test(text);

export interface Keyed {
  /** Which vault's partition keeps the answer. */
  readonly vault: string;
  readonly key: string;
  readonly caller: Caller;
  readonly method: string;
  readonly path: string;
  readonly body: Uint8Array;
  readonly now: Instant;
}

export type Keep = (reply: Reply) => RecordedAnswer | undefined;

const digest = (...parts: readonly (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part).update('\0'), createHash('sha256')).digest('hex');

/** Runs a call at most once per Idempotency-Key. What ran already answers again with its first answer. */
export function idempotency(flow: Pick<FlowPorts, 'vaults' | 'land' | 'newId'>) {
  const { vaults } = flow;
  /** An answer that no change went with. false when another answer came first. */
  const keepAnswer = async (vault: string, recorded: RecordedAnswer): Promise<boolean> => {
    const write = { vault, id: flow.newId(), answer: () => recorded };
    return (await flow.land({ now: recorded.answer.at, write })).done;
  };

  const running = new Set<string>();

  return async (keyed: Keyed, run: (keep: Keep) => Promise<Reply>): Promise<Outcome<Reply>> => {
    const { caller, vault, now } = keyed;
    const key = digest(caller.tid, caller.oid, keyed.method, keyed.path, keyed.key);
    const bodyHash = digest(keyed.body);
    if (running.has(key))
      return refuse(
        'RequestInProgress',
        'The first call with this Idempotency-Key is still running. Repeat it in a moment.',
        { retryAfterSeconds: 1 },
      );
    running.add(key);
    try {
      const found = await vaults.answer(vault, key);
      const living = found && now.toMillis() - found.value.at.toMillis() < KEPT_MS ? found : undefined;
      if (living) return replay(living, bodyHash);
      let inTransaction: Reply | undefined;
      const record = (reply: Reply): RecordedAnswer | undefined => {
        const body = reply.body === undefined ? '' : JSON.stringify(reply.body);
        if (JSON.stringify(body).length > LONGEST) return undefined;
        return {
          answer: {
            ...{ key, bodyHash, status: reply.status, headers: { ...reply.headers }, body, at: now },
            endsOn: answerEndsOn(now),
          },
          was: found,
        };
      };
      const reply = await run((kept) => {
        inTransaction = kept;
        return record(kept);
      });
      if (isPassing(reply) || sameReply(reply, inTransaction)) return ok(reply);
      const recorded = record(reply);
      // What is done is done, and who called hears it, whether it can be kept or not.
      if (!recorded || (await keepAnswer(vault, recorded).catch(() => true))) return ok(reply);
      // Another instance ran the same call at the same time and was first.
      const first = await vaults.answer(vault, key);
      return first ? replay(first, bodyHash) : ok(reply);
    } finally {
      running.delete(key);
    }
  };
}

/** What a caller can mend without another body: a second factor, a PIN, an approval, patience. */
const MENDABLE: ReadonlySet<string> = new Set([
  'SecurityPinRequired',
  'SecurityPinInvalid',
  'GuardApprovalRequired',
  'TooManyAttempts',
] satisfies Code[]);

/** A challenge to sign in again is not the call's answer, nor is a fault of ours: the same key may be used once more. */
const isPassing = ({ status, headers }: Reply): boolean =>
  status === 401 || status >= 500 || MENDABLE.has(headers?.['x-ms-error-code'] ?? '');

/** The view of one result may be made twice; its etag tells whether it is the one that was written. */
const sameReply = (reply: Reply, kept: Reply | undefined): boolean =>
  kept !== undefined && reply.status === kept.status && JSON.stringify(reply.body) === JSON.stringify(kept.body);

function replay({ value }: Held<Answer>, bodyHash: string): Outcome<Reply> | Refused {
  if (value.bodyHash !== bodyHash)
    return refuse(
      'IdempotencyKeyReused',
      'This Idempotency-Key was used with another body. Use a new key for a new request.',
    );
  const body = value.body === '' ? undefined : (JSON.parse(value.body) as object);
  return ok({ status: value.status, body, headers: { ...value.headers, 'idempotency-replayed': 'true' } });
}
