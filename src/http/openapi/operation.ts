import type * as z from 'zod';
import type { Code } from '../../core/problems.ts';

export const TAGS = {
  Vaults: 'A vault holds items, and decides whether what is deleted comes back, and for how long.',
  Policies: 'When backups run and how long their recovery points are kept.',
  Servers: 'On-premises machines whose agents back up into a vault, and the PIN they bring for critical operations.',
  Guards: 'Critical operations need the approval of somebody else where a guard is linked.',
  Items: 'What is protected: stop, undelete, resume, and why something is (not) purged.',
  Holds: 'Keep an item from being purged, never from being undeleted.',
  Backups: 'Jobs and recovery points, as the backup engine reports them.',
  Alerts: 'What happened that somebody should know, and who was told.',
  Silences: 'No mail about some things for a while; the alerts exist all the same.',
  Mail: 'Mails that could not be sent, and what the mail service reports.',
  Purging: 'Sweeps, what they will purge, and the pause.',
  Service: 'Health, the API document, and the clock of a local run.',
} as const;
export type Tag = keyof typeof TAGS;

/** What no schema and no route can say of an operation. Keyed by the name of its route. */
export interface Operation {
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** By status; several where the request decides which. null: no body. */
  readonly answers: { readonly [status: number]: z.ZodType | readonly z.ZodType[] | null };
  /** What its own story refuses. What every operation of its kind refuses is added by `refusals.ts`. */
  readonly codes: readonly Code[];
  /** The body of its example, where that of the schema does not fit. */
  readonly example?: object;
}

export type Operations = { readonly [name: string]: Operation };

const ITEM = ['VaultNotFound', 'ItemNotFound', 'ItemPurged'] as const satisfies readonly Code[];
const CHANGED = ['PreconditionFailed', 'Busy'] as const satisfies readonly Code[];

/** Codes that come together, by what a story does. */
export const REFUSED = {
  /** It reads an item. */
  item: ITEM,
  /** It writes what has an etag. */
  change: CHANGED,
  /** It changes an item. */
  itemChange: [...ITEM, ...CHANGED],
  /** It asks for a second factor, in the token or as a PIN. */
  factor: ['StepUpRequired', 'SecurityPinRequired', 'SecurityPinInvalid', 'TooManyAttempts'],
} as const satisfies Readonly<Record<string, readonly Code[]>>;
