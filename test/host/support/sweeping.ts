/** Sweeps that a caller asks for, the clock they go by, and a look past the API at what they left in the store. */
import { setTimeout } from 'node:timers/promises';
import { QueueServiceClient } from '@azure/storage-queue';
import { expect } from 'vitest';
import { factIn, isTold } from '../../../src/core/alerts.ts';
import { instantOf } from '../../../src/core/time.ts';
import { tableAlerts } from '../../../src/store/alerts.ts';
import { keys } from '../../../src/store/keys.ts';
import { scanAccount, scanTables } from '../../../tools/check/scan.ts';
import { call, type Reply } from '../../support/call.ts';
import { clockOf, type Estate, ok } from '../../support/estate.ts';
import type { Service } from '../../support/launch.ts';
import { ADA, pass } from '../../support/secured.ts';
import { lastingFindings } from '../../support/sound.ts';
import { DEAF } from '../../support/stores.ts';
import { azureTables, type Tables } from '../../support/tables.ts';

/** What a sweep answers (API §10). */
export interface Sweep {
  readonly id: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly dryRun: boolean;
  readonly complete: boolean;
  readonly due: number;
  readonly waiting: number;
  readonly purged: number;
  readonly warned: number;
  readonly expired: number;
  readonly retold: number;
  readonly skipped: number;
  readonly failed: number;
  readonly oldestOverdue: { readonly item: string; readonly purgeAt: string; readonly lateSeconds: number } | null;
  readonly held?: {
    readonly reason: string;
    readonly detail: string;
    readonly limit?: string;
    readonly count?: number;
    readonly token?: string;
    readonly vaults?: readonly string[];
  };
  readonly items?: readonly { readonly vault: string; readonly item: string; readonly action: string }[];
}

export interface Check {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
}

export interface Explanation {
  readonly state: string;
  readonly notBefore: string | null;
  readonly expectedBy: string | null;
  readonly blockers: readonly { readonly code: string; readonly message: string; readonly until?: string }[];
}

/** A running service with its account, or one in this process with its tables: who is told there is told at once. */
export type Where = Pick<Service, 'api'> &
  Partial<Pick<Service, 'token'>> &
  (Pick<Service, 'storage'> | { readonly tables: Tables });

export const tablesAt = (where: Where): Tables => ('tables' in where ? where.tables : azureTables(where.storage));

export interface Sweeping {
  /** Moves the service's clock, and only ever forward, so that tests of one file cannot undo each other's time. */
  at(instant: string): Promise<void>;
  now(): Promise<string>;
  try(ask?: object): Promise<Reply<Sweep>>;
  sweep(ask?: object): Promise<Sweep>;
  /** At that instant. */
  sweepAt(instant: string, ask?: object): Promise<Sweep>;
  /** Everybody was told of what happened in these vaults; of a mass deletion too, which waits for a lull. */
  told(...vaults: readonly Pick<Estate, 'name'>[]): Promise<void>;
  explain(vault: Estate, item: string): Promise<Explanation>;
  ready(): Promise<{ readonly status: number; readonly checks: Readonly<Record<string, Check>> }>;
  /** The alerts that sweeps raised in a vault, by item. */
  alerts(vault: Estate): Promise<readonly string[]>;
  /** Everything that is stored, as it is stored. */
  store(): Promise<readonly string[]>;
  /** Proves the invariants over the whole store. */
  check(): Promise<void>;
}

const TABLES = ['vaults', 'agenda', 'registry'] as const;
const QUEUES = ['notifications', 'notifications-urgent'] as const;
const LOOKS = 40;

/** A sweep asks storage a hundred times as much as a look into the queues. Some mails stay there for long: who waits goes on then all the same. */
function mailsOf(storage: string): { readonly out: () => Promise<void> } {
  const account = QueueServiceClient.fromConnectionString(storage);
  const waiting = async (name: string): Promise<number> => {
    const { approximateMessagesCount = 0 } = await account
      .getQueueClient(name)
      .getProperties()
      .catch(() => ({ approximateMessagesCount: 0 }));
    return approximateMessagesCount;
  };
  const areOut = async () => (await Promise.all(QUEUES.map(waiting))).every((count) => count === 0);
  return {
    out: async () => {
      for (let look = 0; look < LOOKS && !(await areOut()); look += 1) await setTimeout(50);
    },
  };
}

export function sweepingOf({ api, token, ...where }: Where): Sweeping {
  const clock = clockOf({ api });
  const tables = tablesAt({ api, ...where });
  const { scan, mails } =
    'tables' in where
      ? { scan: scanTables(where.tables), mails: { out: async () => {} } }
      : { scan: scanAccount(where.storage), mails: mailsOf(where.storage) };
  const alerts = tableAlerts(tables.vaults, DEAF);
  // Giving a token of the belt takes a person with a second factor.
  const asked = async (ask: object) =>
    call<Sweep>(api, 'POST', '/api/sweeps', {
      body: ask,
      ...('acknowledgeBelt' in ask && token ? { token: await token(ADA) } : {}),
    });
  const now = async () => ok(await call<{ now: string }>(api, 'GET', '/api/local/clock')).now;
  const sweeping: Sweeping = {
    now,
    at: async (instant) => {
      if (instant <= (await now())) return;
      await clock.moveTo(instant);
    },
    try: (ask = {}) => asked(ask),
    sweep: (ask = {}) => untilTold(async (more) => ok(await asked(more)), mails.out, ask),
    sweepAt: async (instant, ask) => {
      await sweeping.at(instant);
      return sweeping.sweep(ask);
    },
    told: async (...vaults) => {
      await pass({ api }, 60);
      const untold = async () =>
        (await Promise.all(vaults.map(({ name }) => alerts.list(name, { limit: 1000 })))).some(({ found }) =>
          found.some((one) => !isTold(one)),
        );
      while (await untold()) {
        await mails.out();
        ok(await asked({}));
        // whoever gets too many single mails is told the rest every five minutes
        await pass({ api }, 60);
      }
    },
    explain: async (vault, item) => ok(await vault.send<Explanation>('GET', `items/${item}/explain`)),
    ready: async () => {
      // within five seconds the same would be told again
      await pass({ api }, 5);
      const { status, body } = await call<{ checks: readonly Check[] }>(api, 'GET', '/api/health/ready');
      return { status, checks: Object.fromEntries(body.checks.map((check) => [check.name, check])) };
    },
    alerts: async (vault) => {
      const rows = await tables.vaults.range(vault.name, { prefix: keys.alert(vault.name, '') });
      const alerts = rows.map(({ key }) => key.split('!').slice(2).join('!')).map(shortAlert);
      return alerts.filter((alert) => /^(upcomingpurge|purgecomplete) /.test(alert)).toSorted();
    },
    store: async () => {
      const rows: string[] = [];
      for (const table of TABLES)
        for await (const { partition, row } of scan(table)) rows.push(JSON.stringify([table, partition, row]));
      return rows.toSorted();
    },
    check: async () => {
      expect(await lastingFindings(scan, instantOf(Date.parse(await now())))).toEqual([]);
    },
  };
  return sweeping;
}

const SUMMED = ['purged', 'warned', 'expired', 'retold', 'failed'] as const;
const MOST_SWEEPS = 200;

/** A purge waits for the mails about its deletion, which are on their way: a few sweeps are counted as one. */
async function untilTold(
  sweep: (ask: object) => Promise<Sweep>,
  mailsAreOut: () => Promise<void>,
  ask: object,
): Promise<Sweep> {
  const first = await sweep(ask);
  if (first.dryRun) return first;
  let all = first;
  for (let more = 0; all.waiting > 0 && more < MOST_SWEEPS; more += 1) {
    await mailsAreOut();
    const next = await sweep({});
    const sums = Object.fromEntries(SUMMED.map((name) => [name, all[name] + next[name]]));
    all = { ...next, due: first.due, oldestOverdue: first.oldestOverdue ?? next.oldestOverdue, ...sums };
  }
  return all;
}

/** `vault-1~vm~purgecomplete~2.<id of the vault>` → `purgecomplete vm 2`. */
function shortAlert(id: string): string {
  const [, item, type, generation] = factIn(id).split('~');
  return `${type} ${item} ${generation}`;
}
