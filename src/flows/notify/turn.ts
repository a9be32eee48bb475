import type { Instant } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import type { Ports } from '../../ports.ts';

export type NotifyPorts = Pick<Ports, 'vaults' | 'agenda' | 'alerts' | 'notices' | 'ledger' | 'mailer' | 'newId'>;

export interface NotifySettings {
  /** Who hears of what concerns the service as a whole. */
  readonly operators: readonly string[];
  /** So many mails a minute, by all instances together; undefined: as many as there are. */
  readonly perMinute: number | undefined;
  readonly resourceGroup: string | null;
}

export interface Turn {
  readonly ports: NotifyPorts;
  readonly settings: NotifySettings;
  readonly vault: Vault | undefined;
  readonly now: Instant;
}
