/** How many requests of sweeps are on their way, and what makes them fewer. */
import { describe, expect, test } from 'vitest';
import { adaptiveGate, inFlight } from '../../src/store/inFlight.ts';

/** Work that ends when the test says so. */
function held() {
  const begun: ((busy: boolean) => void)[] = [];
  let begins = 0;
  const work = () =>
    new Promise<boolean>((end) => {
      begins += 1;
      begun.push(end);
    });
  const settle = async (busy: boolean, count = begun.length) => {
    for (const end of begun.splice(0, count)) end(busy);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { work, settle, begins: () => begins, inside: () => begun.length };
}

const isBusy = (busy: boolean) => busy;

describe('the gate', () => {
  test('lets in so many, and the next as one leaves', async () => {
    const gate = adaptiveGate(4);
    const { work, settle, inside, begins } = held();
    const all = Array.from({ length: 10 }, () => gate(work, isBusy));
    expect(inside()).toBe(4);
    await settle(false, 1);
    expect(inside()).toBe(4);
    while (inside() > 0) await settle(false);
    await Promise.all(all);
    expect(begins()).toBe(10);
  });

  test('is halved once by all that were inside when storage was busy, again by the next, and never shut', async () => {
    const gate = adaptiveGate(8);
    const { work, settle, inside } = held();
    const all = Array.from({ length: 40 }, () => gate(work, isBusy));
    const seen: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      seen.push(inside());
      await settle(true);
    }
    expect(seen).toEqual([8, 4, 2, 1, 1, 1]);
    while (inside() > 0) await settle(false);
    await Promise.all(all);
  });

  test('grows by one with each round that succeeds, up to what it was', async () => {
    const gate = adaptiveGate(4);
    const { work, settle, inside } = held();
    const all = Array.from({ length: 60 }, () => gate(work, isBusy));
    await settle(true);
    await settle(true);
    const seen: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      seen.push(inside());
      await settle(false);
    }
    expect(seen[0]).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(4);
    while (inside() > 0) await settle(false);
    await Promise.all(all);
  });

  test('counts a timeout like a refusal, and a fault of ours like a success', async () => {
    const gate = adaptiveGate(4);
    const fails = (error: Error) => gate(() => Promise.reject(error), isBusy).catch(() => undefined);
    const room = async () => {
      const { work, settle, inside } = held();
      const all = Array.from({ length: 8 }, () => gate(work, isBusy));
      const found = inside();
      while (inside() > 0) await settle(false);
      await Promise.all(all);
      return found;
    };
    await fails(new Error('a fault of ours'));
    expect(await room()).toBe(4);
    await fails(Object.assign(new Error('no answer'), { statusCode: undefined }));
    expect(await room()).toBe(2);
  });
});

test('only what is asked within a sweep waits', async () => {
  const { policy, within } = inFlight(1);
  const waits: (() => void)[] = [];
  const request = {} as Parameters<typeof policy.sendRequest>[0];
  const next: Parameters<typeof policy.sendRequest>[1] = () =>
    new Promise((answer) => void waits.push(() => answer({ status: 200 } as Awaited<ReturnType<typeof next>>)));
  const sweeps = within(async () => Promise.all([1, 2, 3].map(() => policy.sendRequest(request, next))));
  expect(waits).toHaveLength(1);
  const others = [1, 2].map(() => policy.sendRequest(request, next));
  expect(waits).toHaveLength(3);
  while (waits.length > 0) {
    waits.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all([sweeps, ...others]);
});
