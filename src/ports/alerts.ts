/** What is read of alerts, and what tells them: notices, mails, dead letters. */
import type { Held } from '../change.ts';
import type { Alert, Counted, Waiting } from '../core/alerts.ts';
import type { AlertType } from '../core/alertTypes.ts';
import type { Instant } from '../core/time.ts';
import type { Found, Stretch } from './stretch.ts';

/** A stretch of those who wait, not more than so many. */
export interface Between {
  readonly from: Instant;
  /** Itself not among them. */
  readonly until: { readonly at: Instant; readonly alert: string };
  readonly limit: number;
}

/** What was raised about one subject. */
export interface About {
  readonly found: readonly Held<Alert>[];
  /** The ids, in lower case, of those that cannot be read: that is all that is known of them. */
  readonly unreadable: readonly string[];
}

export const NOTHING_RAISED: About = { found: [], unreadable: [] };

/** The alerts of a vault, with the ledger of who was told; those of the service as a whole with `vault` null. */
export interface Alerts {
  get(vault: string | null, id: string): Promise<Held<Alert> | undefined>;
  /** Everything raised about one item, or (null) about the vault itself. */
  about(vault: string | null, item: string | null): Promise<About>;
  /**
   * The newest of one type about the same, the newest first, fifty at most: an open one that takes what happens again is among them. Where it
   * is told apart by caller, and fifty others came since, it is not.
   */
  newest(vault: string | null, item: string | null, type: AlertType): Promise<About>;
  /** Everything about several items, by their names in lower case. Neighbours share a read, and no item needs more than one of its own. */
  aboutAll(vault: string, items: readonly string[]): Promise<ReadonlyMap<string, About>>;
  /** In the order of their ids. */
  list(vault: string | null, stretch: Stretch): Promise<Found<Alert>>;
  /** Who waits for this, oldest first; only those between these two, if given. */
  waiting(vault: string, together: string, between?: Between): Promise<readonly Waiting[]>;
  /** The deletions of one caller between these two, oldest first. */
  counted(vault: string, caller: string, between: Between): Promise<readonly Counted[]>;
}

/** Alerts that somebody has to be told of, of whatever vaults, or what else is to be done at once: ids only, the rows are the truth. */
export interface Notice {
  /** null: the service itself, or the alerts are of several vaults. Each says itself where it lies. */
  readonly vault: string | null;
  readonly alerts?: readonly string[];
  /** It is time to tell those together who wait for this. */
  readonly together?: string;
  /** Instead of alerts: an operation of the vault, by its name, is to be carried on. */
  readonly operation?: string;
  /** Of the request that it began with, for whoever follows it through the log. Messages of before have none. */
  readonly requestId?: string | undefined;
  /** How often it failed before. */
  readonly tries?: number;
  /** Instead of alerts: a message that has to be set aside. */
  readonly unread?: Unread;
}

/** A message that nobody can make anything of. It is set aside as a dead letter. */
export interface Unread {
  readonly queue: string;
  readonly text: string;
  readonly why: string;
}

export interface Notices {
  /** At least once: whoever tells them must not mind hearing twice. */
  send(notice: Notice, delaySeconds?: number): Promise<void>;
}

/** Which alert a mail tells. */
export interface AboutMail {
  readonly vault: string | null;
  readonly alert: string;
}

/** `2026-03`; or all that the version before remembered, which knew no months. */
export type MailMonth = string | 'before';

/** One mail to one person. */
export interface Mail {
  /** Derived from alert and recipient: the mail service takes the same one only once. */
  readonly operationId: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export type Sent =
  | { readonly sent: true }
  | {
      readonly sent: false;
      /** Trying again is of no use. */
      readonly permanent: boolean;
      /** The service said when to come again. */
      readonly retryAfterSeconds: number | undefined;
      readonly code: string;
      readonly reason: string;
      /** There was nobody to try: it does not count as a try. Only local runs say so. */
      readonly away?: boolean;
    };

export interface Mailer {
  /** Never throws: whatever goes wrong is an answer. One request, no retries of its own. */
  send(mail: Mail): Promise<Sent>;
}

/** A mail that could not be sent, kept until somebody sends it again. */
export interface DeadLetter {
  readonly id: string;
  readonly vault: string | null;
  /** null: the message was not understood, so nobody knows. */
  readonly alert: string | null;
  readonly recipient: string | null;
  readonly reason: string;
  readonly code: string;
  readonly attempts: number;
  readonly firstFailedAt: Instant;
  readonly lastFailedAt: Instant;
}

/** What is known about mails across vaults. */
export interface MailLedger {
  bury(letter: DeadLetter): Promise<void>;
  dead(stretch: Stretch): Promise<Found<DeadLetter>>;
  deadLetter(id: string): Promise<DeadLetter | undefined>;
  exhume(id: string): Promise<void>;
  /** Removes the letters whose last failure lies before this, as long as it may. false: some may be left. */
  dropLetters(before: Instant, mayGoOn: () => boolean): Promise<boolean>;
  /** Which alert a mail was about: its delivery is reported by operation id only. */
  remember(operationId: string, of: AboutMail, now: Instant): Promise<void>;
  /** Looked for in the months since then, or since mails are remembered at all. */
  recall(operationId: string, now: Instant, since?: Instant): Promise<AboutMail | undefined>;
  /** Removes what is remembered of the mails of a month, as long as it may. false: some may be left. */
  dropMails(month: MailMonth, mayGoOn: () => boolean): Promise<boolean>;
  /**
   * Room for one mail, of so many a minute for all instances. Two fifths of it are kept for what comes first, and while such a mail
   * waits there is none for others. Answers `now`, or when to ask again: everyone is given another time, so that those who were
   * turned away do not all come back at once.
   */
  take(perMinute: number, isFirst: boolean, now: Instant): Promise<Instant>;
  /**
   * Whether addresses may get one more single mail each, in the order of the mails: no more than so many an hour, and one welcome a day.
   * Asking twice about one mail is asking once. What is admitted is remembered as well, where the mail says what it is about.
   */
  admit(mails: readonly SingleMail[], perHour: number, now: Instant): Promise<readonly Admission[]>;
}

/** The mail may go, its address is crowded, or was welcomed already; or when to ask again. */
export type Admission = 'admitted' | 'crowded' | 'welcomed' | Instant;

/** A mail that tells one alert to one address. */
export interface SingleMail {
  readonly recipient: string;
  readonly operationId: string;
  readonly isWelcome: boolean;
  /** Absent: nothing is remembered yet, for something else may keep it from going. */
  readonly about?: AboutMail | undefined;
}
