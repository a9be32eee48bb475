import { describe, expect, test } from 'vitest';
import { turn } from '../../../src/flows/sweep/turn.ts';
import { inMemory } from '../../bench/sweep/counts.ts';
import { build, type Estate, NOW } from '../../bench/sweep/estate.ts';
import { portsOver } from '../../bench/sweep/run.ts';
import { counted, nothingSeen } from '../../bench/sweep/tables.ts';

/** What a turn of the timer asks of storage, and how much it purged. */
async function costOf(estate: Estate) {
  const tables = inMemory();
  await build(tables, estate);
  const seen = nothingSeen();
  let sends = 0;
  const outside = {
    send: async () => {
      sends += 1;
    },
    ping: async () => {
      seen.requests += 1;
    },
  };
  const ports = portsOver(counted(tables, seen), outside, () => NOW);
  const { report } = await turn(ports, { maxPurges: 10_000, budgetSeconds: 3600, spreadAbove: 100_000 });
  return { ...seen, sends, purged: report?.purged ?? 0, ordered: report?.ordered ?? 0 };
}

/** One look at all kinds says whom a purge asks. */
const KINDS = 1;
const NOTHING = { vaults: 16, duePerVault: 0, others: 0 };

describe('a turn of the timer', () => {
  test('with nothing due sends twenty requests at most', async () => {
    const { requests, purged } = await costOf({ vaults: 5, duePerVault: 0, others: 100 });
    expect(purged).toBe(0);
    expect(requests).toBeLessThanOrEqual(20);
  });

  test('costs a service with nothing to do the same, however many items wait in it', async () => {
    const among = (others: number) => costOf({ vaults: 10, duePerVault: 0, others });
    expect(await among(20_000)).toEqual(await among(0));
  });

  const ONE_EACH = { vaults: 1000, duePerVault: 1, others: 0 };
  const FIFTY_EACH = { vaults: 20, duePerVault: 50, others: 0 };
  test.each([
    ['one a vault, tickets good', ONE_EACH, 'good', 1.2, 13],
    ['one a vault, tickets stale', ONE_EACH, 'stale', 2.2, 13],
    ['one a vault, no tickets, as before', ONE_EACH, 'none', 2.1, 13],
    ['fifty a vault, tickets good', FIFTY_EACH, 'good', 0.15, 10],
    ['fifty a vault, tickets stale', FIFTY_EACH, 'stale', 0.2, 10],
    ['fifty a vault, no tickets, as before', FIFTY_EACH, 'none', 0.2, 10],
  ] as const)(
    'over a thousand due, %s, sends no more requests and writes no more rows a purge than that',
    async (_, estate, tickets, mostRequests, mostRows) => {
      const { requests, rowsWritten, sends, purged } = await costOf({ ...estate, tickets });
      expect(purged).toBe(1000);
      expect(requests / purged).toBeLessThanOrEqual(mostRequests);
      expect(rowsWritten / purged).toBeLessThanOrEqual(mostRows);
      expect(sends / purged).toBeLessThanOrEqual(0.05);
    },
  );

  test.each([
    ['one a vault', ONE_EACH, 2.2],
    ['fifty a vault', FIFTY_EACH, 0.3],
  ] as const)(
    'that has an executor asked for a thousand, %s, sends no more requests an order than that, and no message',
    async (_, estate, most) => {
      const { requests, sends, ordered, purged } = await costOf({ ...estate, executor: 'blobs' });
      expect([ordered, purged, sends]).toEqual([1000, 0, 0]);
      expect(requests / ordered).toBeLessThanOrEqual(most);
    },
  );

  test('orders for the same whatever else is in the store', async () => {
    const among = (others: number) => costOf({ vaults: 10, duePerVault: 5, others, executor: 'blobs' });
    const few = await among(100);
    expect(few.ordered).toBe(50);
    expect(await among(10_000)).toEqual(few);
  });

  test('asks for three more where one item is due, and for two an item where sixteen are, a vault each: with the message that tells it, and beside one look at all kinds', async () => {
    const nothing = await costOf(NOTHING);
    const empty = { ...nothing, requests: nothing.requests + KINDS };
    const more = async (vaults: number) => {
      const { requests, sends, purged } = await costOf({ vaults, duePerVault: 1, others: 0 });
      return { purged, sends, each: (requests - empty.requests + sends) / purged };
    };
    expect(await more(1)).toEqual({ purged: 1, sends: 1, each: 3 });
    const sixteen = await more(16);
    expect(sixteen).toMatchObject({ purged: 16, sends: 1 });
    expect(sixteen.each).toBeLessThanOrEqual(2);
  });

  test('strikes what stands for the points of what it purges, with a request for fifty at the most', async () => {
    const [plain, ageing] = [await costOf(FIFTY_EACH), await costOf({ ...FIFTY_EACH, ageing: true })];
    expect(ageing.purged).toBe(1000);
    expect(ageing.requests - plain.requests).toBeLessThanOrEqual(1000 / 50);
    expect(ageing.requests / ageing.purged).toBeLessThanOrEqual(0.15);
    expect(ageing.rowsWritten).toBe(plain.rowsWritten + 1000);
  });

  test('costs the same whatever else is in the store', async () => {
    const among = (others: number) => costOf({ vaults: 10, duePerVault: 5, others });
    const few = await among(100);
    expect(few.purged).toBe(50);
    expect(await among(20_000)).toEqual(few);
  });
});
