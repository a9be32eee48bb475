import type { Facts } from './history.ts';
import type { Instant } from './time.ts';

/** The alerts that the sweep raises. A new type is one row here. */
export const ALERTS = {
  UpcomingPurge: {
    severity: 'Sev0',
    category: 'Security',
    recommendedAction: 'Undelete the item before it is purged, if it should live.',
  },
  MassPurgeHeld: {
    severity: 'Sev0',
    category: 'Security',
    recommendedAction: 'Look at what is due. If it is right, run a sweep with the token.',
  },
  PurgeComplete: {
    severity: 'Sev0',
    category: 'Security',
    recommendedAction: 'None: the item is gone for good. Its history remains.',
  },
} as const;

export type AlertType = keyof typeof ALERTS;

export interface Alert {
  readonly id: string;
  readonly type: AlertType;
  readonly vault: string;
  readonly item: string;
  readonly generation: number;
  readonly firedAt: Instant;
  readonly state: 'New' | 'Acknowledged' | 'Closed';
  readonly facts: Facts;
}

/** The same fact has the same identity, so telling it twice is telling it once. */
export const alertId = (type: AlertType, vault: string, item: string, generation: number): string =>
  `${type}!${vault.toLowerCase()}!${item.toLowerCase()}!${generation}`;

export const alert = (
  type: AlertType,
  of: { vault: string; name: string; generation: number },
  firedAt: Instant,
  facts: Facts,
): Alert => ({
  id: alertId(type, of.vault, of.name, of.generation),
  type,
  vault: of.vault,
  item: of.name,
  generation: of.generation,
  firedAt,
  state: 'New',
  facts,
});
