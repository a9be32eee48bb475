import { h } from '../dom/h.ts';
import type { Context, View } from '../parts/context.ts';
import { notFound } from '../parts/messages.ts';
import { itemView } from './item/item.ts';
import { itemsView } from './items.ts';
import { orderView } from './orders/order.ts';
import { ordersView } from './orders/orders.ts';
import { alertsView } from './service/alerts.ts';
import { approvalsView } from './service/approvals.ts';
import { executorsView } from './service/executors.ts';
import { forecastView } from './service/forecast.ts';
import { kindsView } from './service/kinds.ts';
import { operationView } from './service/operation.ts';
import { operationsView } from './service/operations.ts';
import { vaultView } from './vault/vault.ts';
import { vaultsView } from './vaults.ts';

/** The shape of an address, step by step; `*` stands for any name. */
const VIEWS: readonly (readonly [path: string, View])[] = [
  ['', vaultsView],
  ['vaults', vaultsView],
  ['vaults/*', vaultView],
  ['vaults/*/items/*', itemView],
  ['items', itemsView],
  ['forecast', forecastView],
  ['alerts', alertsView],
  ['operations', operationsView],
  ['operations/*', operationView],
  ['approvals', approvalsView],
  ['executors', executorsView],
  ['orders', ordersView],
  ['orders/*', orderView],
  ['kinds', kindsView],
];

const fits = (shape: string, path: readonly string[]): boolean => {
  const steps = shape.split('/').filter(Boolean);
  return steps.length === path.length && steps.every((step, index) => step === '*' || step === path[index]);
};

const nowhere: View = async () => notFound('The portal has no page at this address.');

/** All other pages read vaults, so without the role Reader there is none of them to show. */
const unreadable: View = async () => ({
  title: 'Nothing to show',
  body: [
    h('p', {}, 'The pages of the portal need the role Reader, and your sign-in does not have it.'),
    h('p', {}, 'Guards and grants are managed with the API or its command line.'),
  ],
});

/** Who keeps guards and may read nothing else begins with what waits for an answer. */
const isForKeepers = ([first]: readonly string[]): boolean => first === undefined || first === 'approvals';

export function viewOf({ place: { path }, may }: Pick<Context, 'place' | 'may'>): View {
  if (may('Reader')) return VIEWS.find(([shape]) => fits(shape, path))?.[1] ?? nowhere;
  return may('GuardAdmin') && isForKeepers(path) ? approvalsView : unreadable;
}
