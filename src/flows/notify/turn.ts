import type { Instant } from '../../core/time.ts';
import type { Notice } from '../../ports.ts';
import type { FlowPorts, Landing } from '../story/land.ts';

export interface NotifySettings {
  /** So many mails a minute, by all instances together; undefined: as many as there are. */
  readonly perMinute: number | undefined;
  /** So many single mails an hour to one address; what is more is told to it in bundles. */
  readonly perRecipient: number;
  readonly resourceGroup: string | null;
  /** The address of the portal, if it is known. */
  readonly portal: string | null;
}

/** One message of the queue in work. */
export interface Turn {
  readonly flow: FlowPorts;
  readonly settings: NotifySettings;
  readonly now: Instant;
  /** What goes by one name is done one after the other: alerts that are told side by side write to one address, or begin to wait together. */
  readonly inLine: <T>(name: string, work: () => Promise<T>) => Promise<T>;
}

/** What a notice still has to tell, because something failed. */
export interface Untold {
  readonly notice: Notice;
  readonly why: string;
}

/** Tells the queue and the agenda something without a change. It throws when the queue does not take it. */
export const announce = async ({ land }: FlowPorts, landing: Omit<Landing, 'write'>): Promise<void> =>
  (await land(landing)).told();
