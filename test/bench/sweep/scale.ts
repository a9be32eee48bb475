/** Section: one sweep by many processes of the built app under the local host, with storage as far away as a network makes it. */
import { startAzurite } from '../../../local/azurite/start.ts';
import { readHostJson } from '../../../local/host/hostJson.ts';
import { startMail } from '../../../local/mail/start.ts';
import { inParallel } from '../../../src/flows/story/rounds.ts';
import { keyedSeals } from '../../../src/secrets.ts';
import { instancesFor } from '../../../tools/scale/spread.ts';
import { ROOT } from '../../support/launch.ts';
import { eventsIn } from '../../support/lines.ts';
import { type OwnHost, startHostOver } from '../../support/ownHost.ts';
import { azureTables } from '../../support/tables.ts';
import { table } from '../figures.ts';
import type { Tables } from '../tables.ts';
import { build, vaultName } from './estate.ts';
import { startSlowProxy } from './slowProxy.ts';

const LATENCY_MS = 60;
const IN_FLIGHT = 4;
const DUE_PER_VAULT = 4;
/** The store is made here and swept by the app: with another key its tickets would be none. */
const KEY = 'a key for the store of this benchmark';

/** What is run. A machine with few processors shows more with fewer: `BENCH_INSTANCES=1,2,4 BENCH_DUE=800`. */
const INSTANCES = (process.env['BENCH_INSTANCES'] ?? '1,2,4,8,16').split(',').map(Number);
const DUE = Number(process.env['BENCH_DUE'] ?? 8000);

const SETTINGS = {
  // Nothing but this sweep: it is begun by hand, and nobody is told of it.
  SWEEP_SCHEDULE: '0 0 0 1 1 *',
  'AzureWebJobs.sweep.Disabled': 'false',
  'AzureWebJobs.notify.Disabled': 'true',
  'AzureWebJobs.notifyUrgent.Disabled': 'true',
  SWEEP_SPREAD_ABOVE: '1',
  SWEEP_MAX_PURGES: '1000000',
  SWEEP_MAX_PERCENT: '100',
  SWEEP_IN_FLIGHT: String(IN_FLIGHT),
  EVIDENCE_KEY: KEY,
};

interface Run {
  readonly processes: number;
  readonly seconds: number;
  readonly requests: number;
  readonly units: number;
}

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis));

/** How many items of these vaults are purged, by their rows and by the entries of their histories. */
async function purgedIn(tables: Tables, vaults: number) {
  const names = Array.from({ length: vaults }, (_, index) => vaultName(index));
  const counts = await inParallel(names, async (vault) => {
    const items = await tables.vaults.range(vault, { prefix: `${vault}!item!`, only: ['state'] });
    const alerts = await tables.vaults.range(vault, { prefix: `${vault}!alert!`, only: ['v'] });
    return [items.filter(({ cells }) => cells['state'] === 'Purged').length, alerts.length] as const;
  });
  const sum = (side: 0 | 1) => counts.reduce((all, one) => all + one[side], 0);
  return { items: sum(0), alerts: sum(1) };
}

/** What the shares of the sweep said when they had ended. */
const shares = (hosts: readonly OwnHost[]) =>
  hosts.flatMap(({ output }) => eventsIn(output())).filter(({ event }) => event === 'share.finished');
const purgedBy = (hosts: readonly OwnHost[]): number =>
  shares(hosts).reduce((all, share) => all + Number(share['purged']), 0);

const LONGEST_SILENCE_MS = 90_000;

/** A unit that a brake holds purges nothing, and its rest waits for the next turn: then this run says nothing. */
async function allPurged(hosts: readonly OwnHost[]): Promise<void> {
  for (let ended = 0, since = performance.now(); purgedBy(hosts) < DUE; await pause(50)) {
    const all = shares(hosts);
    if (all.length > ended) [ended, since] = [all.length, performance.now()];
    if (performance.now() - since < LONGEST_SILENCE_MS) continue;
    const held = all.flatMap((share) => (share['held'] ? [String(share['held'])] : []));
    throw new Error(
      `of ${DUE} ${purgedBy(hosts)} were purged by ${ended} units; held were ${held.join(', ') || 'none'}`,
    );
  }
}

/** What a process loads at its first requests is no part of a sweep: sixteen that do it at once on few processors find no queue in time. */
async function warm(host: OwnHost): Promise<OwnHost> {
  await (await fetch(`${host.api}/api/health/ready`)).text();
  return host;
}

async function runWith(most: number): Promise<Run> {
  const vaults = DUE / DUE_PER_VAULT;
  const azurite = await startAzurite({ port: 0 });
  const mail = await startMail(0);
  const proxy = await startSlowProxy(azurite.connectionString, LATENCY_MS);
  const hosts: OwnHost[] = [];
  try {
    const tables = azureTables(azurite.connectionString);
    await build(tables, { vaults, duePerVault: DUE_PER_VAULT, others: 0, seal: keyedSeals([KEY]).seal });
    // So many instances the platform would start for at least a unit a shard.
    const processes = instancesFor(Math.max(16, DUE / 250), readHostJson(ROOT, {}).queues, most);
    const env = { ...SETTINGS, MAIL_CONNECTION_STRING: mail.connectionString };
    while (hosts.length < processes) hosts.push(await warm(await startHostOver(proxy.connectionString, env)));
    const before = proxy.tableRequests();
    const began = performance.now();
    const [first] = hosts;
    const asked = await fetch(`${first?.api}/admin/functions/sweep`, {
      method: 'POST',
      headers: { 'x-functions-key': 'local', 'content-type': 'application/json' },
      body: '{"input":""}',
    });
    if (asked.status !== 202) throw new Error(`the sweep did not begin: ${asked.status}`);
    await allPurged(hosts);
    const seconds = (performance.now() - began) / 1000;
    const requests = proxy.tableRequests() - before;
    const purged = await purgedIn(tables, vaults);
    if (purgedBy(hosts) !== DUE || purged.items !== DUE || purged.alerts !== DUE)
      throw new Error(`of ${DUE} ${purgedBy(hosts)} were purged: ${JSON.stringify(purged)}`);
    return { processes, seconds, requests, units: shares(hosts).length };
  } finally {
    await Promise.all(hosts.map((host) => host.end()));
    await Promise.all([proxy.stop(), mail.stop()]);
    await azurite.stop();
  }
}

export async function sweepScale(say: (line: string) => void): Promise<string> {
  const rows: string[][] = [];
  let one: Run | undefined;
  for (const most of INSTANCES) {
    say(`${most} processes`);
    const run = await runWith(most);
    one ??= run;
    const row = [
      `${most}`,
      `${run.processes}`,
      `${run.units}`,
      `${run.seconds.toFixed(1)} s`,
      `${(one.seconds / run.seconds).toFixed(1)} ×`,
      `${run.requests}`,
      `${(run.requests / one.requests).toFixed(2)} ×`,
    ];
    rows.push(row);
    // The whole takes long: who ends it early has seen what was run.
    say(row.join(' | '));
  }
  return [
    '## One sweep by many processes',
    `${DUE} due in ${DUE / DUE_PER_VAULT} vaults, in one Azurite behind a proxy that adds ${LATENCY_MS} ms to every request to tables and queues; \`SWEEP_IN_FLIGHT=${IN_FLIGHT}\`. Each process is the built app under the local host, and there are as many as the platform would start by host.json. Every item was purged exactly once in each run: by its row, by its alert, and by what the units said. Processes, proxy and Azurite share the processors of this machine with whatever else runs there, so believe the counts first. The ceilings: 0.8 a process up to eight, and at sixteen 1.1 × the requests of one.`,
    table(
      ['instances at most', 'processes', 'units', 'took', 'speed-up', 'table requests', 'of those of one'],
      rows.toSorted(([one], [other]) => Number(one) - Number(other)),
    ),
  ].join('\n\n');
}
