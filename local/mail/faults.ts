import { z } from 'zod';
import { type Answer, problem, tooMany } from './answer.ts';

const count = z.int().min(1).optional();
const seconds = z.int().min(0).max(86_400);
const status = (from: number) =>
  z
    .int()
    .min(from)
    .max(from + 99);

/** What may be made to go wrong with a send, each with the members that mean something to it. */
export const Fault = z.discriminatedUnion('mode', [
  z.strictObject({ mode: z.literal('none') }),
  z.strictObject({ mode: z.literal('throttle'), count, retryAfterSeconds: seconds.default(1) }),
  z.strictObject({
    mode: z.literal('error'),
    count,
    status: status(500).default(500),
    retryAfterSeconds: seconds.optional(),
  }),
  z.strictObject({ mode: z.literal('drop'), count }),
  z.strictObject({ mode: z.literal('reject'), count, status: status(400).default(400) }),
  z.strictObject({ mode: z.literal('failLater'), count }),
]);

export type Fault = z.output<typeof Fault>;

export interface Faults {
  show(): Fault;
  set(fault: Fault): void;
  /** The fault for one send, which uses up one of `count`. */
  take(): Fault;
}

const NONE: Fault = { mode: 'none' };

export function memoryFaults(): Faults {
  let fault = NONE;
  return {
    show: () => fault,
    set(next) {
      fault = next;
    },
    take() {
      const taken = fault;
      if (taken.mode !== 'none' && taken.count !== undefined)
        fault = taken.count > 1 ? { ...taken, count: taken.count - 1 } : NONE;
      return taken;
    },
  };
}

/** The answer to a send that the fault keeps from being accepted. */
export function refusalBy(fault: Fault): Answer | undefined {
  if (fault.mode === 'throttle') return tooMany(fault.retryAfterSeconds);
  if (fault.mode === 'reject') return problem(fault.status, 'Rejected', 'Rejected, as PUT /faults wished.');
  if (fault.mode !== 'error') return undefined;
  const { status, retryAfterSeconds: wait } = fault;
  const headers = wait === undefined ? {} : { 'retry-after': String(wait) };
  return problem(status, 'InternalServerError', 'Failed, as PUT /faults wished.', headers);
}
