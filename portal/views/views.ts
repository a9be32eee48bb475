import type { View } from '../parts/context.ts';
import type { Place } from '../router.ts';
import { itemView } from './item/item.ts';
import { itemsView } from './items.ts';
import { alertsView } from './service/alerts.ts';
import { forecastView } from './service/forecast.ts';
import { operationsView } from './service/operations.ts';
import { vaultView } from './vault/vault.ts';
import { vaultsView } from './vaults.ts';

const SINGLE: Readonly<Record<string, View>> = {
  vaults: vaultsView,
  items: itemsView,
  forecast: forecastView,
  alerts: alertsView,
  operations: operationsView,
};

/** Which view an address means; an address of nothing means the vaults. */
export function viewOf({ path }: Place): View {
  const [first = 'vaults', second, third] = path;
  if (first === 'vaults' && third === 'items' && path.length === 4) return itemView;
  if (first === 'vaults' && second !== undefined) return vaultView;
  return (Object.hasOwn(SINGLE, first) ? SINGLE[first] : undefined) ?? vaultsView;
}
