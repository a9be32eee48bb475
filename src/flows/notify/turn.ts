import type { Raised } from '../../change.ts';
import type { Hint } from '../../core/hints.ts';
import type { Instant } from '../../core/time.ts';
import type { Admission, Notice, SingleMail } from '../../ports/alerts.ts';
import type { FlowPorts, Landed, Landing } from '../story/land.ts';
import type { Post } from '../story/notices.ts';
import type { Reading } from './read.ts';

export interface NotifySettings {
  /** So many mails a minute, by all instances together; undefined: as many as there are. */
  readonly perMinute: number | undefined;
  /** So many single mails an hour to one address; what is more is told to it in bundles. */
  readonly perRecipient: number;
  readonly resourceGroup: string | null;
  /** The address of the portal, if it is known. */
  readonly portal: string | null;
}

/** What its row says when an alert is told, and when it is told again. */
export interface Told {
  readonly written: Raised;
  readonly notices: readonly Post[];
}

/** One message of the queue in work. */
export interface Turn {
  readonly flow: FlowPorts;
  readonly settings: NotifySettings;
  readonly now: Instant;
  readonly reading: Reading;
  readonly admit: (mails: readonly SingleMail[]) => Promise<readonly Admission[]>;
  readonly land: (told: Told) => Promise<Landed>;
  /** Hints without which nobody misses anything: they are written when all is told. */
  readonly later: (hints: readonly Hint[]) => void;
  /** What goes by one name is done one after the other: alerts that are told side by side take turns, or begin to wait together. */
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
