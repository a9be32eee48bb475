/** One random run: things happen to a vault and its mails while everything fails; then calm, and time until all is quiet. */
import { isTold } from '../../src/core/alerts.ts';
import { type Instant, instantOf } from '../../src/core/time.ts';
import { buryNotice, takeNotice } from '../../src/flows/notify/queue.ts';
import { itemAlert } from '../../src/flows/story/raise.ts';
import type { Mailer } from '../../src/ports/alerts.ts';
import { noticesOver } from '../../src/store/azure.ts';
import { sweeperOver } from '../flows/sweep/sweeper.ts';
import type { MailFault, MailWorld } from '../mail/service.ts';
import { appOver } from '../support/app.ts';
import { anItem, NOON } from '../support/builders.ts';
import { type MemoryQueue, memoryQueue } from '../support/memoryQueue.ts';
import { memoryTables, type Tables } from '../support/tables.ts';
import { newId, portsOver } from '../support/world.ts';
import { CALM, type Life, newLife, type Rates, troublesOf } from './mailTroubles.ts';
import { type Random, randomOf } from './random.ts';

export const VAULT = 'contoso';
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;
const SWEEP_S = 300;
const MOST_TRIES = 60;

export interface Ended {
  readonly tables: Tables;
  readonly now: Instant;
  readonly queue: MemoryQueue;
  readonly deaths: number;
  /** Accepted, and the app never heard, or heard and could not write it down: it may believe that these did not go out. */
  readonly lost: ReadonlySet<string>;
  readonly silenced: readonly string[];
}

export async function runTown(seed: number, mail: MailWorld): Promise<Ended> {
  const random = randomOf(seed);
  const tables = memoryTables();
  const queue = memoryQueue({ times: random.pick([1, 1, 3]), order: (all) => random.shuffled(all) });
  const perMinute = random.chance(0.2) ? 5 : undefined;
  const settings = { perMinute, perRecipient: random.pick([3, 20, 1000]), resourceGroup: null, portal: null };
  const lost = new Set<string>();
  const accepted = new Set<string>();
  let now = NOON;
  let deaths = 0;
  let rates: Rates = CALM;
  let life: Life = newLife();
  let downUntil = NOON;

  const instance = () => {
    const troubles = troublesOf(random, () => rates, life);
    const ports = portsOver(troubles.tables(tables), {
      notices: troubles.notices(noticesOver(() => queue.wire(() => now))),
      mailer: troubles.mailer(mail.mailer, accepted, (id) => lost.add(id)),
      clock: { now: () => now },
    });
    return { ports, call: appOver(ports), tables: troubles.tables(tables) };
  };
  let app = instance();
  const revive = () => {
    if (!life.isDead()) return;
    deaths += 1;
    life = newLife();
    app = instance();
  };
  /** Whatever a process is asked to do; a dead one is replaced. undefined: it did not get through. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const done = await Promise.race([work(), life.died]).catch(() => undefined);
    revive();
    return done === 'died' ? undefined : (done as T | undefined);
  };
  const moveTo = async (at: Instant) => {
    now = at;
    mail.down(now < downUntil);
    await mail.limit(perMinute ?? null, now.toMillis());
  };
  const work = async () => {
    for (let more = true; more; revive()) {
      const { ports } = app;
      const mine = life;
      const take = async (message: unknown, poison: boolean) => {
        const heard: string[] = [];
        const listening = { ...ports, mailer: hearing(ports.mailer, heard) };
        const end = poison ? buryNotice(listening, settings, message) : takeNotice(listening, settings, message);
        // what is left goes back into the queue by itself, without what it heard
        const written = Promise.resolve(end).then((left) => left === undefined);
        const known = await Promise.race([written, mine.died.then(() => false)]).catch(() => false);
        // it heard that they went out, and could not write that down
        if (!known) for (const id of heard) lost.add(id);
        if (!known && !mine.isDead()) await end;
      };
      more = await queue.work(now, take, mine.isDead);
    }
  };
  const sweep = () =>
    attempt(() =>
      sweeperOver(app.tables, { notices: app.ports.notices, realNow: () => NOON, clock: { now: () => now } }).sweep(
        now,
      ),
    );
  /** Time goes by with what the queue brings, and a sweep now and then. */
  const pass = async (seconds: number, sweepEvery = SWEEP_S) => {
    const end = now.toMillis() + seconds * 1000;
    let nextSweep = now.toMillis() + sweepEvery * 1000;
    await work();
    while (now.toMillis() < end) {
      const nextAt = Math.max(queue.next()?.toMillis() ?? end, now.toMillis() + 1);
      await moveTo(instantOf(Math.min(end, nextSweep, nextAt)));
      if (now.toMillis() === nextSweep) {
        await sweep();
        nextSweep += sweepEvery * 1000;
      }
      await work();
    }
  };
  /** Somebody who wants this done asks until it is. */
  const ask = async (name: string, path: string, body: object = {}) => {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const reply = await attempt(() => app.call(name, path, { body }));
      if (reply && reply.status < 500) return;
      await moveTo(instantOf(now.toMillis() + 1000));
    }
    throw new Error(`${name} ${path} did not get through`);
  };

  const silenced = random.chance(0.15) ? ['PurgeComplete'] : [];
  await furnish(random, ask, silenced);
  rates = { fault: random.pick([0, 0.005, 0.02]), death: random.pick([0, 0.002, 0.008]) };
  let made = 0;
  const deleted: string[] = [];
  const failing = async (item: string) => {
    const about = anItem('Protected', { vault: VAULT, name: item });
    const alerts = [{ was: undefined, now: itemAlert('BackupFailure', about, now) }];
    await attempt(() => app.ports.land({ now, write: { vault: VAULT, id: newId(), alerts } }));
  };
  const EVENTS: readonly [() => Promise<void>, ...(() => Promise<void>)[]] = [
    async () => {
      for (let count = random.pick([1, 2, 4, 14]); count > 0; count -= 1) {
        const item = `vm-${made}`;
        made += 1;
        await ask('protectItem', `${VAULT}/${item}`, { workload: 'AzureVM', policy: 'daily', sourceId: item });
        await ask('stopItem', `${VAULT}/${item}`, { mode: 'delete', confirmName: item });
        deleted.push(item);
        if (random.chance(0.5)) await work();
      }
    },
    async () => {
      const [item] = deleted.splice(random.int(0, deleted.length), 1);
      if (item !== undefined) await ask('undeleteItem', `${VAULT}/${item}`);
    },
    () => failing(`job-${random.int(0, 3)}`),
    async () => mail.fault(faultOf(random)),
    async () => {
      if (random.chance(0.3)) downUntil = instantOf(now.toMillis() + HOUR_S * 1000);
    },
    () => pass(random.pick([1, 20, 40, 400, HOUR_S])),
    async () => pass(random.pick([2, 12, 13, 15]) * DAY_S, DAY_S / 2),
  ];
  for (let events = random.int(4, 12); events > 0; events -= 1) await random.pick(EVENTS)();

  rates = CALM;
  downUntil = NOON;
  await moveTo(now);
  await mail.fault({ mode: 'none' });
  const { alerts } = portsOver(tables);
  for (let hour = 0; hour < 60; hour += 1) {
    await pass(HOUR_S, hour < 3 ? SWEEP_S : HOUR_S / 2);
    const all = (await alerts.list(VAULT, { limit: 10_000 })).found;
    if (queue.size() === 0 && all.every(isTold)) break;
  }
  return { tables, now, queue, deaths, lost, silenced };
}

const hearing = (mailer: Mailer, heard: string[]): Mailer => ({
  send: async (mail) => {
    const sent = await mailer.send(mail);
    if (sent.sent) heard.push(mail.operationId);
    return sent;
  },
});

type Asker = (name: string, path: string, body?: object) => Promise<void>;

async function furnish(random: Random, ask: Asker, silenced: readonly string[]): Promise<void> {
  const recipients = random.pick([['a@example.com'], ['a@example.com', 'b@example.com'], []]);
  const owners = random.pick([['o@example.com'], ['A@example.com'], []]);
  const mode = random.pick(['PerAlert', 'HourlyDigest']);
  await ask('putVault', VAULT, { kind: 'RecoveryServices', alerts: { recipients, owners, mode } });
  const policy = { workloads: ['AzureVM'], schedule: '0 0 2 * * *', retention: { daily: 30 } };
  await ask('putPolicy', `${VAULT}/daily`, policy);
  if (silenced.length === 0) return;
  const until = NOON.plus({ days: 29 }).toISO();
  await ask('putSilence', `${VAULT}/all`, { from: NOON.toISO(), until, types: silenced, reason: 'a test' });
}

const faultOf = (random: Random): MailFault => {
  const count = random.int(1, 7);
  return random.pick<MailFault>([
    { mode: 'throttle', count, retryAfterSeconds: random.int(1, 100) },
    { mode: 'error', count },
    { mode: 'drop', count },
    { mode: 'reject', count: random.int(1, 2) },
    { mode: 'failLater', count },
  ]);
};
