import type { MovableClock } from '../clock.ts';
import type { Route } from './route.ts';
import { backupRoutes } from './routes/backups.ts';
import { itemRoutes } from './routes/items.ts';
import { lostRoute } from './routes/lost.ts';
import { clockRoutes, healthRoutes } from './routes/running.ts';
import { settingRoutes } from './routes/settings.ts';
import { vaultRoutes } from './routes/vaults.ts';

/** Every door of the service, in one list. The clock's exists only where there is a clock to move. */
export function routesOf(clock: MovableClock | undefined): readonly Route[] {
  const doors = [
    ...vaultRoutes,
    ...settingRoutes,
    ...itemRoutes,
    ...backupRoutes,
    ...healthRoutes,
    ...(clock ? clockRoutes(clock) : []),
  ];
  return [...doors, lostRoute(doors)];
}
