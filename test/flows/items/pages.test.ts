/** Items with thousands of points: what a change of them costs, and that each fits in one transaction. */
import { describe, expect, test } from 'vitest';
import { completeJob, startJob } from '../../../src/flows/items/jobs.ts';
import { recordPoint } from '../../../src/flows/items/points.ts';
import { pageOfPoints } from '../../../src/flows/items/read.ts';
import { resume } from '../../../src/flows/items/resume.ts';
import { stop } from '../../../src/flows/items/stop.ts';
import { undelete } from '../../../src/flows/items/undelete.ts';
import { putVault } from '../../../src/flows/vaults/putVault.ts';
import { aPoint, later, NOON } from '../../support/builders.ts';
import type { Tables } from '../../support/tables.ts';
import { heaviest, type Request, read, weighed } from '../../support/weighed.ts';
import { aRequest, done, portsOver, type World } from '../../support/world.ts';
import { sweeperOver } from '../sweep/sweeper.ts';
import { findingsIn, ground, itemIn, layBefore, layRecorded, namesIn, PLACE, somePoints, VAULT } from './paged.ts';

const KIB = 1024;
const MOST_OPERATIONS = 60;
const MOST_WRITTEN = 3 * KIB * KIB;
const MOST_READ = 128 * KIB;

/** A process that knows the head of the vault, and what it asks of storage. Mails are no matter here. */
async function warm(
  tables: Tables,
): Promise<{ ports: World; during: (work: (ports: World) => Promise<unknown>) => Promise<Request[]> }> {
  const seen: Request[] = [];
  const ports = portsOver(weighed(tables, seen), { notices: { send: async () => undefined } });
  await ports.vaults.head(VAULT, 'fresh');
  const during = async (work: (ports: World) => Promise<unknown>) => {
    seen.length = 0;
    await work(ports);
    return [...seen];
  };
  return { ports, during };
}

/** Without the hints in the agenda. */
const inVault = (seen: readonly Request[]) => seen.filter(({ table }) => table === 'vaults').map(({ does }) => does);

const fits = (seen: readonly Request[]): void => {
  expect(heaviest(seen, 'rows', 'write')).toBeLessThanOrEqual(MOST_OPERATIONS);
  expect(heaviest(seen, 'bytes', 'write')).toBeLessThanOrEqual(MOST_WRITTEN);
};

describe('an item of 98 pages of before', () => {
  const young = (points: ReturnType<typeof somePoints>) =>
    points
      .filter((_, at) => at % 2 === 1)
      .map(({ name }) => name)
      .toSorted();

  test('is resumed: three transactions merge its pages, then one changes it', async () => {
    const tables = await ground();
    const points = await layBefore(tables, 98);
    await done(stop(portsOver(tables), aRequest(), PLACE, { mode: 'retain' }));
    const { during } = await warm(tables);

    const seen = await during((ports) => done(resume(ports, aRequest(), PLACE, { verb: 'resume', policy: 'longer' })));

    // the item, its pages, three merges, the hint of its next expiry, the change; and the hint that tells of it
    const inVaults = seen.filter(({ table }) => table === 'vaults');
    expect(inVaults.map(({ does }) => does).join(' ')).toBe('read read write write write write');
    fits(seen);
    expect(await namesIn(tables)).toEqual(young(points));
    expect(await findingsIn(tables, later(0, 1))).toEqual([]);
  });

  test('is resumed as a preview, which writes nothing', async () => {
    const tables = await ground();
    await layBefore(tables, 98);
    await done(stop(portsOver(tables), aRequest(), PLACE, { mode: 'retain' }));
    const { during } = await warm(tables);
    const preview = { verb: 'resume', policy: 'longer', preview: true } as const;
    const seen = await during((ports) => done(resume(ports, aRequest(), PLACE, preview)));
    expect(seen.map(({ does }) => does)).toEqual(['read', 'read']);
  });

  test('comes under another policy', async () => {
    const tables = await ground();
    const points = await layBefore(tables, 98);
    const { during } = await warm(tables);
    const seen = await during((ports) =>
      done(resume(ports, aRequest(), PLACE, { verb: 'changePolicy', policy: 'longer' })),
    );
    fits(seen);
    expect(await itemIn(portsOver(tables))).toMatchObject({ state: 'Protected', policy: 'longer' });
    expect(await namesIn(tables)).toEqual(points.map(({ name }) => name).toSorted());
  });

  test('is deleted, undeleted in two requests, deleted again, and purged in one transaction of its own', async () => {
    const tables = await ground();
    const points = await layBefore(tables, 98);
    const remove = { mode: 'delete', confirmName: 'vm' } as const;
    await done(stop(portsOver(tables), aRequest(), PLACE, remove));
    const { during, ports } = await warm(tables);
    expect(await during((ports) => done(undelete(ports, aRequest(later(1)), PLACE)))).toHaveLength(2);
    expect(await namesIn(tables)).toEqual(points.map(({ name }) => name).toSorted());

    await done(stop(portsOver(tables), aRequest(later(2)), PLACE, remove));
    const seen: Request[] = [];
    const { sweep } = sweeperOver(weighed(tables, seen));
    expect(await sweep(later(16))).toMatchObject({ purged: 1, failed: 0 });
    fits(seen);
    expect(await ports.vaults.pages(VAULT, 'vm')).toEqual([]);
    const { found } = await ports.vaults.history(VAULT, { item: 'vm' }, { limit: 100 });
    const purges = found.filter(({ entry }) => entry?.operation === 'Purge').map(({ entry }) => entry);
    expect(purges).toMatchObject([{ from: 'SoftDeleted', to: 'Purged', facts: { points: points.length } }]);
    expect(await findingsIn(tables, later(16))).toEqual([]);
  });

  test('is deleted for good where soft delete does not apply, in one transaction of its own', async () => {
    const tables = await ground();
    await layBefore(tables, 98);
    const patch = { softDelete: { state: 'Disabled' } } as const;
    await done(putVault(portsOver(tables), aRequest(), { vault: VAULT }, { patch, mustExist: true }));
    const { during, ports } = await warm(tables);
    const seen = await during((ports) => done(stop(ports, aRequest(), PLACE, { mode: 'delete', confirmName: 'vm' })));
    fits(seen);
    expect(await ports.vaults.item(VAULT, 'vm')).toMatchObject({ value: { state: 'Purged' } });
    expect(await ports.vaults.pages(VAULT, 'vm')).toEqual([]);
  });

  test('gets a point: its pages are merged once, and from then on it costs three requests', async () => {
    const tables = await ground();
    const points = await layBefore(tables, 97);
    const { during, ports } = await warm(tables);
    const record = (name: string) => (ports: World) =>
      done(recordPoint(ports, aRequest(), PLACE, { ...aPoint(name, 0), expiresAt: null }));
    const first = await during(record('new'));
    expect(inVault(first)).toEqual(['read', 'read', 'read', 'write', 'write', 'write', 'write']);
    fits(first);
    const next = await during(record('newer'));
    expect(inVault(next)).toEqual(['read', 'read', 'write']);
    expect(read(next)).toBeLessThanOrEqual(MOST_READ);
    const sizes = (await ports.vaults.pages(VAULT, 'vm')).map((page) => page.points.length);
    expect(sizes).toEqual([...Array.from({ length: 19 }, () => 500), 200]);
    const names = [...points.map(({ name }) => name), 'new', 'newer'];
    expect(await namesIn(tables)).toEqual(names.toSorted());
    expect(await findingsIn(tables, NOON)).toEqual([]);
  });
});

describe('an item of 9,999 points', () => {
  const usual = (at: number) => `recovery-point-${at}`;
  /** The longest names that there are. */
  const longest = (at: number) => `point-${String(at).padStart(57, '0')}`;
  const record = (point: ReturnType<typeof aPoint>) => (ports: World) =>
    recordPoint(ports, aRequest(), PLACE, { ...point, expiresAt: null });

  async function full(points: number, nameOf = usual) {
    const tables = await ground();
    const all = somePoints(points, nameOf);
    await layRecorded(tables, all);
    return { tables, all, ...(await warm(tables)) };
  }

  test('got the last of them with three requests and 128 KiB read, also when a page is written', async () => {
    // 9,850 points: 150 of them in the item, so the next moves a hundred of them
    for (const [count, nameOf] of [
      [9_850, usual],
      [9_850, longest],
      [9_998, longest],
    ] as const) {
      const { tables, during, ports } = await full(count, nameOf);
      const seen = await during((world) => record(aPoint('last', 0))(world).then((one) => expect(one.ok).toBe(true)));
      expect(inVault(seen)).toEqual(['read', 'read', 'write']);
      expect(read(seen)).toBeLessThanOrEqual(MOST_READ);
      const { points, pagedPoints } = await itemIn(ports);
      expect(points.length + pagedPoints).toBe(count + 1);
      const sizes = (await ports.vaults.pages(VAULT, 'vm')).map((page) => page.points.length);
      expect(sizes).toEqual([...Array.from({ length: 19 }, () => 500), pagedPoints - 9_500]);
      expect(await findingsIn(tables, NOON)).toEqual([]);
    }
  });

  test('takes no more', async () => {
    const { ports } = await full(9_999);
    expect(await record(aPoint('one', 0))(ports)).toMatchObject({ refusal: { code: 'RecoveryPointLimit' } });
  });

  test('knows a name in any page, and reads that page only', async () => {
    const { all, during, ports } = await full(9_998);
    for (const at of [0, 499, 500, 4_000, 9_800]) {
      const known = all[at] ?? aPoint('none', 0);
      let answer: unknown;
      const seen = await during(async (world) => {
        answer = await record({ ...known, name: known.name.toUpperCase() })(world);
      });
      expect(answer).toMatchObject({ ok: true, value: { created: false, point: { name: known.name } } });
      expect(seen.map(({ does }) => does)).toEqual(['read', 'read', 'read']);
      expect(read(seen)).toBeLessThanOrEqual(MOST_READ);
    }
    const other = { ...aPoint(usual(17), 3) };
    expect(await record(other)(ports)).toMatchObject({ refusal: { code: 'RecoveryPointExists' } });
  });

  test('ends a backup that names one of them with a refusal, and one with a new name', async () => {
    const { ports } = await full(9_998);
    const { id } = await done(startJob(ports, aRequest(), PLACE, { operation: 'Backup', expiresAt: null }));
    const end = (name?: string) =>
      completeJob(ports, aRequest(), PLACE, { job: id, status: 'Completed', recoveryPoint: { name, expiresAt: null } });
    expect(await end(usual(3))).toMatchObject({ refusal: { code: 'RecoveryPointExists' } });
    expect(await end()).toMatchObject({ ok: true });
    expect(await itemIn(ports)).toMatchObject({ pagedPoints: 9_900 });
  });

  test('is listed with three requests', async () => {
    const { during } = await full(9_998);
    const seen = await during((ports) => done(pageOfPoints(ports, NOON, PLACE, { top: 100, after: undefined })));
    expect(seen).toHaveLength(3);
  });

  test('is resumed, and loses points in every page, in one transaction, however long their names are', async () => {
    const { tables, all, during } = await full(9_998, longest);
    await done(stop(portsOver(tables), aRequest(), PLACE, { mode: 'retain' }));
    const seen = await during((ports) => done(resume(ports, aRequest(), PLACE, { verb: 'resume', policy: 'longer' })));
    expect(inVault(seen)).toEqual(['read', 'read', 'write']);
    fits(seen);
    expect(await namesIn(tables)).toEqual(all.filter((_, at) => at % 2 === 1).map(({ name }) => name));
    expect(await findingsIn(tables, later(0, 1))).toEqual([]);
  });
});
