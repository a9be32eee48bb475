import type { Held } from '../../change.ts';
import type { Alert, Waiting } from '../../core/alerts.ts';
import { SERVICE } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import type { Vault } from '../../core/vault.ts';
import type { FlowPorts, Landed, Landing } from '../story/land.ts';

export interface NotifySettings {
  /** Who hears of what concerns the service as a whole. */
  readonly operators: readonly string[];
  /** So many mails a minute, by all instances together; undefined: as many as there are. */
  readonly perMinute: number | undefined;
  readonly resourceGroup: string | null;
}

/** One message of the queue in work. */
export interface Turn {
  readonly flow: FlowPorts;
  readonly settings: NotifySettings;
  readonly vault: Vault | undefined;
  readonly now: Instant;
}

interface Besides extends Pick<Landing, 'notices'> {
  readonly waiting?: readonly Waiting[];
}

/** Writes an alert with its ledger of mails. The ledger changes without a line in the history. */
export const writeAlert = (
  { flow, now }: Pick<Turn, 'flow' | 'now'>,
  was: Held<Alert>,
  after: Alert,
  { notices = [], waiting = [] }: Besides = {},
): Promise<Landed> =>
  flow.land({
    now,
    write: { vault: after.vault ?? SERVICE, id: flow.newId(), alerts: [{ was, now: after }], waiting },
    notices,
  });

/** Tells the queue and the agenda something without a change. It throws when the queue does not take it. */
export const announce = async ({ land }: FlowPorts, landing: Omit<Landing, 'write'>): Promise<void> =>
  (await land(landing)).told();
