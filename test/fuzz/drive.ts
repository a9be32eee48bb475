/** Fires shots at a running service, and keeps account of what came back. */
import { movableClock } from '../../src/clock.ts';
import { routesOf } from '../../src/http/routes.ts';
import type { Service } from '../support/launch.ts';
import { mintAll } from './callers.ts';
import { faultsOf, isPlatforms } from './judge.ts';
import { randomOfShot } from './random.ts';
import { type Secrets, secretsOf } from './secrets.ts';
import { type Shot, shotOf } from './shots.ts';
import { type Answer, fire, hangUp } from './wire.ts';
import { build, type World } from './world.ts';

export interface FuzzWish {
  readonly seed: number;
  readonly count: number;
  /** Only this shot, to look at it again. */
  readonly only?: number;
  readonly tell?: (line: string) => void;
}

export interface FuzzReport {
  readonly seed: number;
  readonly fired: number;
  /** Refused by the platform before the service saw it. */
  readonly byPlatform: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** How often each route was hit, and how often it did what it is for. */
  readonly routes: Readonly<Record<string, { readonly fired: number; readonly taken: number }>>;
  readonly findings: readonly string[];
}

const ROUTES = routesOf(movableClock(), { maxPurges: 1000, budgetSeconds: 60 }, 'local');
export const ROUTE_NAMES: readonly string[] = ROUTES.map(({ name }) => name);

/** So many shots hit one world; then a new one is built. */
const WORLD_LASTS = 400;
const AT_ONCE = 6;
/** A service that is broken at its root is found a hundred times over. */
const ENOUGH = 40;

export async function fuzz(service: Service, wish: FuzzWish): Promise<FuzzReport> {
  const secrets = secretsOf(service);
  const tally = newTally(wish.seed);
  for (let first = wish.only ?? 0; first < wish.count && tally.findings.length < ENOUGH; first += WORLD_LASTS) {
    const tokens = await mintAll(service);
    secrets.addTokens(tokens.values());
    const world = await build(service, first, tokens);
    await volley(service, wish, world, secrets, tally, first);
    wish.tell?.(`${tally.fired} of ${wish.count}, ${tally.findings.length} findings`);
    if (wish.only !== undefined) break;
  }
  hangUp();
  const said = service
    .output()
    .split('\n')
    // the one line that tells how to reach the storage
    .filter((line) => !line.startsWith('{"ready":true'))
    .join('\n');
  for (const name of secrets.foundIn(said)) tally.findings.push(`the service printed ${name}`);
  return tally;
}

interface Tally extends FuzzReport {
  fired: number;
  byPlatform: number;
  readonly statuses: Record<string, number>;
  readonly routes: Record<string, { readonly fired: number; readonly taken: number }>;
  readonly findings: string[];
}

const newTally = (seed: number): Tally => ({ seed, fired: 0, byPlatform: 0, statuses: {}, routes: {}, findings: [] });

async function volley(
  service: Service,
  { seed, count, only }: FuzzWish,
  world: World,
  secrets: Secrets,
  tally: Tally,
  first: number,
): Promise<void> {
  const end = only === undefined ? Math.min(first + WORLD_LASTS, count) : first + 1;
  let next = first;
  const gunner = async () => {
    while (next < end) {
      const number = next;
      next += 1;
      const shot = shotOf(ROUTES, world, randomOfShot(seed, number));
      const answer = await fire(service.api, shot).catch((error: Error) => error);
      enter(tally, shot, answer);
      const faults = answer instanceof Error ? [`no answer: ${answer.message}`] : judged(shot, answer, world, secrets);
      if (faults.length > 0) tally.findings.push(finding(number, shot, answer, faults));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, gunner));
}

function enter(tally: Tally, { route }: Shot, answer: Answer | Error): void {
  const status = answer instanceof Error ? 0 : answer.status;
  tally.fired += 1;
  tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
  if (!(answer instanceof Error) && isPlatforms(answer)) tally.byPlatform += 1;
  const { fired, taken } = tally.routes[route] ?? { fired: 0, taken: 0 };
  tally.routes[route] = { fired: fired + 1, taken: taken + (status >= 200 && status < 300 ? 1 : 0) };
}

function judged(shot: Shot, answer: Answer, world: World, secrets: Secrets): readonly string[] {
  const pin = /^\{"securityPin":"(\d{8})"/.exec(answer.body)?.[1];
  const isIssued = pin !== undefined && shot.route === 'issueSecurityPin';
  const shown = isIssued ? answer.body.replace(pin, '') : answer.body;
  const found = secrets.foundIn(`${shown} ${Object.values(answer.headers).join(' ')}`);
  if (isIssued) {
    secrets.addPin(pin);
    world.pins.push(pin);
  }
  remember(shot, answer, world);
  return [...faultsOf(shot, answer), ...found.map((name) => `it shows ${name}`)];
}

/** What later shots may name: jobs that run, orders that were made or claimed, etags that are current. */
function remember({ route }: Shot, { body, headers }: Answer, world: World): void {
  const job = route === 'startBackup' || route === 'restoreItem' ? /"id":"([\w-]+)"/.exec(body)?.[1] : undefined;
  if (job) world.jobs.push(job);
  const grant = route === 'grantOperation' ? /"grant":"([\w-]+)"/.exec(body)?.[1] : undefined;
  if (grant) world.grants.push(grant);
  const letters = route === 'listDeadLetters' ? [...body.matchAll(/"id":"([\w-]+)"/g)] : [];
  world.letters.push(...letters.map(([, id = '']) => id));
  for (const [, order = ''] of body.matchAll(/"purgeOrder":\{"order":"([^"]+)"/g)) world.orders.push(order);
  if (route === 'claimPurgeOrders')
    for (const [, order = '', lease] of body.matchAll(/\{"order":"([^"]+)".*?"token":(\d+)/g))
      world.leases.set(order, Number(lease));
  if (headers['etag']) world.etags.push(headers['etag']);
}

const finding = (number: number, shot: Shot, answer: Answer | Error, faults: readonly string[]): string =>
  [
    `shot ${number} (${shot.route}, ${shot.mood}, ${shot.caller}): ${faults.join('; ')}`,
    `  ${shot.method} ${shot.target.slice(0, 300)}`,
    `  ${JSON.stringify({ ...shot.headers, authorization: undefined, lines: shot.lines }).slice(0, 600)}`,
    `  ${shot.body?.toString('latin1').slice(0, 400) ?? ''}`,
    `  ${answer instanceof Error ? answer.stack : `${answer.status} ${answer.body.slice(0, 500)}`}`,
  ].join('\n');
