/** What the parts of the contract have in common: handlers that end when a test says so, and one order in such hands. */
import { expect } from 'vitest';
import type { Handler, Hands, Order, Proof } from '../../../executor/types.ts';
import { callerOf, type DoorToTest } from '../support/door.ts';
import { held, staged } from '../support/staged.ts';

export type OpenDoor = () => DoorToTest | Promise<DoorToTest>;

export const PROOF: Proof = { objects: 3, bytes: 4711, method: 'delete' };
export const done: Handler = async () => PROOF;
export const busy = (more: Readonly<Record<string, string>> = {}, status = 503): Response =>
  new Response(JSON.stringify({ error: { code: 'Busy', message: 'Later.' } }), { status, headers: more });

/** Handlers that end when the test says so, and what they were given. */
export function atHand() {
  const begun: { order: Order; hands: Hands; end: ReturnType<typeof held<Proof>> }[] = [];
  const handle: Handler = (order, hands) => {
    const end = held<Proof>();
    begun.push({ order, hands, end });
    return end.promise;
  };
  const of = (nth: number) => begun[nth] ?? expect.fail(`handler ${nth} has not begun`);
  return { begun, handle, of };
}

export async function make(door: DoorToTest, count: number): Promise<readonly string[]> {
  const orders: string[] = [];
  for (let at = 0; at < count; at += 1) orders.push(await door.makeDue());
  return orders;
}

/** One order in the hands of a handler, with a lease of 300 seconds. */
export async function atWork(openDoor: OpenDoor, options: Partial<Parameters<typeof staged>[1]> = {}) {
  const door = await openDoor();
  const order = await door.makeDue();
  const hand = atHand();
  const stage = staged(door, { handle: hand.handle, ...options });
  await stage.quiet();
  const { hands, end } = hand.of(0);
  const caller = callerOf(door);
  return { door, order, hand, stage, hands, end, ...caller, see: () => caller.read(order) };
}
