import type { Client } from '../../client/client.ts';
import type { Role } from '../auth/roles.ts';
import type { Content } from '../dom/h.ts';
import type { Place } from '../router.ts';
import type { Stage } from './act.ts';

/** What a view has at hand. */
export interface Context extends Stage {
  readonly api: Client;
  readonly place: Place;
  /** A local run: its clock can be moved, and the person can be anybody. */
  readonly local: boolean;
  /** The time of the service. */
  readonly now: Date;
  /** How far the long list of this page was scrolled when the person left it. */
  readonly listTop: number;
  may(role: Role): boolean;
}

export interface Page {
  readonly title: string;
  /** The places above this one. */
  readonly trail?: readonly { readonly text: string; readonly href: string }[];
  readonly actions?: Content;
  readonly body: Content;
}

/** Rejects with the problem of the API if what the page needs cannot be read. */
export type View = (context: Context) => Promise<Page>;
