import { randomUUID } from 'node:crypto';
import { Cron } from 'croner';
import { movableClock, realClock } from './clock.ts';
import type { Config } from './config.ts';
import { type Instant, instantOf } from './core/time.ts';
import { sweepShare, turn } from './flows/sweep/spread.ts';
import { verifyTokens } from './http/identity.ts';
import { pipeline } from './http/pipeline.ts';
import { routesOf } from './http/routes.ts';
import type { Ports } from './ports.ts';
import { tableAgenda } from './store/agenda.ts';
import { connect } from './store/azure.ts';
import { tableControl } from './store/control.ts';
import { queueNotices } from './store/notices.ts';
import { tableRegistry } from './store/registry.ts';
import { tableVaults } from './store/vaults.ts';

/** Picks the real things: which tables, which clock, which identity provider; and the routes over them. */
export function makeApp(config: Config) {
  const movable = config.local ? movableClock() : undefined;
  const tables = connect(config.storage);
  const ports: Ports = {
    vaults: tableVaults(tables.vaults),
    agenda: tableAgenda(tables.agenda),
    control: tableControl(tables.registry),
    registry: tableRegistry(tables.registry),
    notices: queueNotices(config.storage),
    storage: tables.storage,
    clock: movable ?? realClock,
    newId: randomUUID,
    realNow: () => realClock.now(),
    nextSweep: nextRunOf(config.sweep.schedule),
  };
  const identify = verifyTokens(config, () => new Date());
  const handle = pipeline({ ports, identify, stepUpContext: config.identity.stepUpContext });
  return {
    routes: routesOf(movable, config.sweep),
    handle,
    sweepTurn: () => turn(ports, config.sweep),
    sweepShare: (message: unknown) => sweepShare(ports, config.sweep, message),
  };
}

function nextRunOf(schedule: string): (after: Instant) => Instant {
  const cron = new Cron(schedule, { paused: true, timezone: 'UTC', domAndDow: true });
  return (after) => {
    const next = cron.nextRun(after.toJSDate());
    return next ? instantOf(next.getTime()) : after;
  };
}
