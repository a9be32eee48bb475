import { type MovableClock, realClock } from '../clock.ts';
import { refuse } from '../core/problems.ts';
import type { SweepLimits } from '../flows/sweep/begin.ts';
import { alertRoutes, mailRoutes } from './alerts/routes.ts';
import { executorRoutes } from './executors.ts';
import { guardRoutes } from './guards.ts';
import { historyRoutes } from './histories.ts';
import { backupRoutes } from './items/backups.ts';
import { itemRoutes } from './items/routes.ts';
import { kindRoutes } from './kinds.ts';
import { operationRoutes } from './operations.ts';
import { orderRoutes } from './orders/routes.ts';
import { receiptRoutes } from './receipts.ts';
import { chapter, type Route, route } from './route.ts';
import { serverRoutes } from './servers.ts';
import { clockRoutes, documentRoutes, healthRoutes, readinessLooks, sweepRoutes } from './service/routes.ts';
import { vaultRoutes } from './vaults/routes.ts';

/** Every door of the service, in one list. The doors of the clock are there only where there is a clock to move. */
export function routesOf(
  clock: MovableClock | undefined,
  limits: SweepLimits,
  deliveryKey?: string,
  unknownSettings: readonly string[] = [],
): readonly Route[] {
  const looks = readinessLooks();
  const doors: readonly Route[] = [
    ...vaultRoutes,
    ...serverRoutes,
    ...guardRoutes,
    ...kindRoutes,
    ...executorRoutes,
    ...orderRoutes,
    ...itemRoutes,
    ...backupRoutes,
    ...operationRoutes,
    ...historyRoutes,
    ...receiptRoutes,
    ...alertRoutes,
    ...mailRoutes(deliveryKey),
    ...sweepRoutes(limits, looks),
    ...healthRoutes({ bornAt: realClock.now(), unknownSettings }, looks),
    ...(clock ? clockRoutes(clock) : []),
    ...documentRoutes(clock !== undefined),
  ];
  return [...doors, ...lostRoute(doors)];
}

/**
 * Requests that no route takes: answered in the service's own words, with the methods that the path takes. Where several functions
 * fit, the platform tries them in the order of their names, hence this name.
 */
const lostRoute = (doors: readonly Route[]): readonly Route[] =>
  chapter('Service', [
    route({
      name: 'zNotFound',
      at: 'ANY {*rest}',
      who: 'anyone',
      anyQuery: true,
      summary: 'Say that there is nothing at this address, or which methods it takes',
      codes: ['InvalidName', 'RouteNotFound', 'MethodNotAllowed'],
      answers: {},
      run: async ({ url }) => {
        const given = segmentsOf(url.pathname);
        const allowed = doors.filter((door) => fits(door.path, given)).map((door) => door.method);
        if (allowed.length > 0 && given.includes(''))
          return refuse('InvalidName', 'There is nothing between two slashes of this address where a name should be.');
        if (allowed.length > 0)
          return refuse('MethodNotAllowed', `This address takes ${allowed.join(', ')}.`, { facts: { allowed } });
        return refuse(
          'RouteNotFound',
          'There is nothing at this address. Is the path right? It begins with /api/vaults.',
        );
      },
      view: (never: never) => never,
    }),
  ]);

const segmentsOf = (pathname: string): readonly string[] =>
  pathname
    .replace(/^\/api\//i, '')
    .replace(/\/$/, '')
    .split('/');

/** Segment by segment, with any name where a route has a name. */
function fits(path: string, given: readonly string[]): boolean {
  const wanted = path.split('/');
  return (
    wanted.length === given.length &&
    wanted.every((part, index) => part.startsWith('{') || part.toLowerCase() === given[index]?.toLowerCase())
  );
}
