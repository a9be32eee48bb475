import { type MovableClock, realClock } from '../clock.ts';
import type { SweepLimits } from '../flows/sweep/sweep.ts';
import { mailRoutes } from './alerts/mailRoutes.ts';
import { alertRoutes } from './alerts/routes.ts';
import { guardRoutes } from './guards/routes.ts';
import { backupRoutes } from './items/backupRoutes.ts';
import { itemRoutes } from './items/routes.ts';
import type { Route } from './route.ts';
import { serverRoutes } from './servers/routes.ts';
import { documentRoutes } from './service/documentRoutes.ts';
import { lostRoute } from './service/lostRoute.ts';
import { clockRoutes, healthRoutes, sweepRoutes } from './service/routes.ts';
import { vaultRoutes } from './vaults/routes.ts';

/** Every door of the service, in one list. The doors of the clock are there only where there is a clock to move. */
export function routesOf(clock: MovableClock | undefined, limits: SweepLimits, deliveryKey?: string): readonly Route[] {
  const doors: readonly Route[] = [
    ...vaultRoutes,
    ...serverRoutes,
    ...guardRoutes,
    ...itemRoutes,
    ...backupRoutes,
    ...alertRoutes,
    ...mailRoutes(deliveryKey),
    ...sweepRoutes(limits),
    ...healthRoutes(realClock.now()),
    ...(clock ? clockRoutes(clock) : []),
    ...documentRoutes(clock !== undefined),
  ];
  return [...doors, lostRoute(doors)];
}
