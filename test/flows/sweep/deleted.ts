/** An item that was deleted at noon, its people, and the sweep, while time passes as a test says. */
import { DAY_MS, type Instant } from '../../../src/core/time.ts';
import type { AlertSettings, Vault } from '../../../src/core/vault.ts';
import type { Workload } from '../../../src/core/workloads.ts';
import { explainItem } from '../../../src/flows/items/explain.ts';
import { recordPoint } from '../../../src/flows/items/points.ts';
import { fakeMail, type MailWorld } from '../../mail/service.ts';
import { appOver } from '../../support/app.ts';
import { aPolicy, later } from '../../support/builders.ts';
import { historyIn } from '../../support/stores.ts';
import { memoryTables, type Tables } from '../../support/tables.ts';
import { aRequest, done, headOf, must, newHead } from '../../support/world.ts';
import { anOffice, VAULT } from '../notify/office.ts';

export const DAY = { noticeMs: DAY_MS, untoldMaxMs: 30 * DAY_MS };
export const ITEM = 'sql-01';
export const PLACE = { vault: VAULT, item: ITEM };
export const DUE = later(14);
const A_POINT = { rung: 'daily', expiresAt: null } as const;

export interface Wish {
  readonly terms?: typeof DAY;
  readonly alerts?: Partial<AlertSettings>;
  readonly tables?: Tables;
  readonly mail?: MailWorld;
  readonly vault?: Partial<Vault>;
  readonly workload?: Workload;
  /** How many recovery points it has, a day apart. */
  readonly points?: number;
}

/** An item that was deleted at noon; its people are told as soon as `work` is called. */
export async function deleted(wish: Wish = {}) {
  const {
    terms = DAY,
    alerts = {},
    tables = memoryTables(),
    mail = fakeMail(),
    vault = {},
    workload = 'AzureVM',
    points = 0,
  } = wish;
  const office = await anOffice({ purgeTerms: terms, alerts, tables, mail, vault });
  const { ports } = office;
  const head = await headOf(ports.vaults);
  await ports.commit({ line: 'vault', vault: VAULT, id: 'made' });
  await ports.commit(newHead(head.vault, head, { ...aPolicy('daily'), workloads: [workload] }));
  const ask = async (name: string, body: object = {}) => {
    const reply = await appOver(ports)(name, `${VAULT}/${ITEM}`, { body });
    return reply.status;
  };
  await ask('protectItem', { workload, policy: 'daily', sourceId: '/vm' });
  for (let age = 1; age <= points; age += 1)
    await done(recordPoint(ports, aRequest(), PLACE, { name: `p${age}`, createdAt: later(-age), ...A_POINT }));
  await ask('stopItem', { mode: 'delete', confirmName: ITEM });
  const marked = async () => (await ports.vaults.dueTrash(VAULT, later(1000))).marks;
  return {
    ...office,
    ask,
    at: async (at: Instant) => {
      await office.moveTo(at);
      const report = await office.sweep();
      await office.work();
      return report;
    },
    state: async () => (await ports.vaults.item(VAULT, ITEM))?.value.state,
    marks: async () => (await marked()).length,
    marked,
    history: async () => (await historyIn(ports, VAULT, ITEM)).map(({ operation }) => operation),
    entry: async (operation: string) =>
      must((await historyIn(ports, VAULT, ITEM)).find((one) => one.operation === operation)),
    blockers: async () => {
      const why = await done(explainItem(ports, office.now(), PLACE));
      return why.blockers.map(({ code }) => code);
    },
    why: () => done(explainItem(ports, office.now(), PLACE)),
  };
}

export type Deleted = Awaited<ReturnType<typeof deleted>>;
