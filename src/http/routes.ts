import { type MovableClock, realClock } from '../clock.ts';
import type { SweepLimits } from '../flows/sweep/sweep.ts';
import type { Route } from './route.ts';
import { alertRoutes } from './routes/alerts.ts';
import { backupRoutes } from './routes/backups.ts';
import { describedRoutes } from './routes/described.ts';
import { guardRoutes } from './routes/guards.ts';
import { itemRoutes } from './routes/items.ts';
import { lostRoute } from './routes/lost.ts';
import { mailRoutes } from './routes/mails.ts';
import { clockRoutes, healthRoutes } from './routes/running.ts';
import { securityRoutes } from './routes/security.ts';
import { settingRoutes } from './routes/settings.ts';
import { sweepRoutes } from './routes/sweeps.ts';
import { vaultRoutes } from './routes/vaults.ts';

/** Every door of the service, in one list. The clock's exists only where there is a clock to move. */
export function routesOf(clock: MovableClock | undefined, limits: SweepLimits, deliveryKey?: string): readonly Route[] {
  const doors: readonly Route[] = [
    ...vaultRoutes,
    ...settingRoutes,
    ...securityRoutes,
    ...guardRoutes,
    ...itemRoutes,
    ...backupRoutes,
    ...alertRoutes,
    ...mailRoutes(deliveryKey),
    ...sweepRoutes(limits),
    ...healthRoutes(realClock.now()),
    ...(clock ? clockRoutes(clock) : []),
    ...describedRoutes(() => doors),
  ];
  return [...doors, lostRoute(doors)];
}
