import { beforeAll, describe, expect, test } from 'vitest';
import { read } from '../../../src/store/rows.ts';
import { scanAccount } from '../../../tools/check/scan.ts';
import { type FuzzReport, fuzz, ROUTE_NAMES } from '../../fuzz/drive.ts';
import { startService } from '../../support/service.ts';

/** Another one every time, so that the suite learns; the report names it, and `npm run fuzz -- --seed …` repeats it. */
const SEED = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const COUNT = 1600;

const service = await startService();

describe(`${COUNT} requests, valid, nearly valid and hostile (FUZZ_SEED=${SEED})`, () => {
  let report: FuzzReport;
  beforeAll(async () => {
    report = await fuzz(service, { seed: SEED, count: COUNT });
  });

  test('are all answered in the service’s own form, without a 5xx, and no secret is in an answer or in the output', () => {
    expect(report.findings.join('\n')).toBe('');
    expect(report.fired).toBe(COUNT);
  });

  test('hit every route of the table, and most of them do what they are for now and then', () => {
    expect(ROUTE_NAMES.filter((name) => !report.routes[name])).toEqual([]);
    const taken = ROUTE_NAMES.filter((name) => report.routes[name]?.taken);
    expect(taken.length).toBeGreaterThan(ROUTE_NAMES.length * 0.6);
  });

  test('leave a history in which every line says who it was', async () => {
    const signed: Record<string, number> = {};
    for await (const { row } of scanAccount(service.storage)('vaults')) {
      if (row.key.split('!')[1] !== 'audit') continue;
      const { caller, requestId, operation } = read.entry(row);
      signed[caller.channel] = (signed[caller.channel] ?? 0) + 1;
      expect(caller.oid, operation).not.toBe('');
      if (caller.channel === 'service') continue;
      expect(requestId, operation).not.toBe('');
      expect(caller.tid, operation).toBe('local');
      expect(caller.roles, operation).not.toEqual([]);
    }
    expect(signed).toMatchObject({ portal: expect.any(Number), agent: expect.any(Number) });
  });

  test('reach the service itself, not only the platform before it', () => {
    expect(report.byPlatform).toBeLessThan(COUNT * 0.08);
  });
});
